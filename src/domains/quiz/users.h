// Users: everybody who may answer open quizzes, by number (from 0, in order of arrival), and their
// tokens. About 80 bytes a user: the username is kept as a hash only, to tell whether it changes.
// Thread: the sequencer's.
#pragma once

#include "domains/quiz/number_table.h"

#include <daybook/arena.h>
#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace daybook::quiz {

class Users {
 public:
  // none: not known
  [[nodiscard]] std::uint32_t find(std::string_view id) const;
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(users_.size()); }
  // The rest REQUIRES a number of a user.
  [[nodiscard]] const Id128& token(std::uint32_t n) const { return users_[n].token; }
  [[nodiscard]] bool is_called(std::uint32_t n, std::string_view name) const;

  // Adds the user, or gives the known one another name; a known one's token stays.
  void define(std::string_view id, std::string_view name, const Id128& token);

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  struct User {
    std::string_view id;  // in ids_
    Id128 token{};
    std::uint64_t name_hash = 0;  // seeded with the token, so that no two can be sought
  };
  void add(std::string_view id, const Id128& token, std::uint64_t name_hash);

  Arena ids_;
  std::deque<User> users_;
  NumberTable by_id_;
};

}  // namespace daybook::quiz
