// State: what decide and due need to know - which ids there are (32 bits of hash each, only to
// count them), the days that hits may still come for with their salts, and how far the roll-up is.
// Thread: the sequencer's. apply alone changes it; replay gives the same state, with or without the
// raw hits of days rolled up.
#pragma once

#include "domains/hits/events.h"
#include "domains/hits/hash_shards.h"
#include "domains/hits/policy.h"

#include <daybook/bytes.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace daybook::hits {

// The set of ids by 44 bits of their hash. Of two ids that share them the second counts as known.
class IdSet {
 public:
  [[nodiscard]] bool has(std::uint64_t hash) const {
    return table_.find(hash, [](const Slot&) { return true; }) != nullptr;
  }
  // False: it was there.
  bool add(std::uint64_t hash) {
    if (has(hash)) return false;
    table_.add(hash);
    return true;
  }
  [[nodiscard]] std::uint64_t size() const { return table_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const { return table_.memory_bytes(); }
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  struct Slot {
    std::uint32_t bits = 0;
  };
  HashShards<Slot> table_;
};

struct DaySalt {
  Day day{};
  Id128 salt{};
};

struct RollUp {  // under way
  Day day{};
  std::uint32_t next_part = 0;
};

class State {
 public:
  explicit State(const Policy&) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void apply(const Event& event);

  [[nodiscard]] const Id128* salt_of(Day day) const;  // nullptr: not drawn yet
  // No day up to this one takes hits any more.
  [[nodiscard]] Day closed_through() const { return closed_through_; }
  [[nodiscard]] std::optional<Day> oldest_open_day() const;  // of those with hits
  [[nodiscard]] const std::optional<RollUp>& roll_up() const { return roll_up_; }
  [[nodiscard]] const IdSet& ids() const { return ids_; }
  [[nodiscard]] std::uint64_t id_bytes() const { return id_bytes_; }

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  void add_id(std::string_view id);
  void close(Day day);

  IdSet ids_;
  std::uint64_t id_bytes_ = 0;
  std::vector<Day> open_days_;  // with hits, ascending, after closed_through_
  std::vector<DaySalt> salts_;  // ascending, after closed_through_
  Day closed_through_{-1};
  std::optional<RollUp> roll_up_;
};

}  // namespace daybook::hits
