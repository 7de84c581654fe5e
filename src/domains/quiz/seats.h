// Seats: the players of one room, by number (from 1, in order of joining): whose token is whose,
// which names are taken, who was put out, and who has answered the newest question. About 60 bytes
// a player; asking and answering are O(1).
//
// A nickname is kept as a 64-bit hash seeded with the host's token: two names that collide (nobody
// can seek them) would only mean that the second is refused.
// Thread: the sequencer's.
#pragma once

#include "domains/quiz/number_table.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace daybook::quiz {

class Seats {
 public:
  explicit Seats(std::uint64_t seed) : seed_(seed) {}

  // All who ever joined, and those who were not put out.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(tokens_.size()); }
  [[nodiscard]] std::uint32_t seated() const { return size() - kicked_count_; }
  // Of the seated ones, how many have answered the newest question.
  [[nodiscard]] std::uint32_t answered() const { return answered_count_; }

  // 0: nobody's token
  [[nodiscard]] std::uint32_t find(const Id128& token) const;
  // Whether anybody, put out or not, has the name.
  [[nodiscard]] bool is_taken(std::string_view name_key) const;
  // False for a number nobody has.
  [[nodiscard]] bool is_kicked(std::uint32_t player) const;
  [[nodiscard]] bool has_answered(std::uint32_t player) const;

  void add(const Id128& token, std::string_view name_key);
  void kick(std::uint32_t player);           // nothing for a number nobody has, or done before
  void mark_answered(std::uint32_t player);  // the same
  void begin_question();                     // nobody has answered

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  [[nodiscard]] bool has(std::uint32_t player) const { return player >= 1 && player <= size(); }
  void add_hashed(const Id128& token, std::uint64_t name);

  std::uint64_t seed_;
  std::vector<Id128> tokens_;
  NumberTable by_token_;
  std::vector<std::uint64_t> names_;  // hashes
  NumberTable by_name_;
  std::vector<bool> kicked_;
  std::vector<bool> answered_;
  std::uint32_t kicked_count_ = 0;
  std::uint32_t answered_count_ = 0;
};

}  // namespace daybook::quiz
