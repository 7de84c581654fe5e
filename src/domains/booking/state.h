// State: what decide and due need to know - the Book, who has what at which station, when holds run
// out, and where places are free while people wait.
// Thread: the sequencer's. decide and due only read it, apply alone changes it; replay of the same
// events gives the same state.
#pragma once

#include "domains/booking/book.h"
#include "domains/booking/people.h"
#include "domains/booking/policy.h"

#include <daybook/zone_set.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace daybook::booking {

class State {
 public:
  explicit State(const Policy& policy) : book_(policy) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void apply(const Event& event);

  [[nodiscard]] const Book& book() const { return book_; }
  [[nodiscard]] const People& people() const { return people_; }
  // When each hold runs out, and its booking; the first to run out in front.
  using Expiries = std::set<std::pair<std::int64_t, std::uint32_t>>;
  [[nodiscard]] const Expiries& expiries() const { return expiries_; }
  // Dates with a free place and somebody waiting: their promotion is due at once. Only a capacity
  // raised by more than one command may promote leaves such dates behind.
  [[nodiscard]] const std::set<std::uint32_t>& promotable() const { return promotable_; }
  // Today at the station.
  [[nodiscard]] Day today(std::uint32_t station, UnixUs now) const {
    return zones_[station]->day_of(to_ms(now));
  }

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  void note_station(std::uint32_t station);
  void note_date(std::uint32_t date);

  Book book_;
  People people_;
  Expiries expiries_;
  std::set<std::uint32_t> promotable_;
  ZoneSet zone_set_{TimeZone::utc()};
  std::vector<const TimeZone*> zones_;  // by station
};

}  // namespace daybook::booking
