// Busy: an id with many hits, in arrays, so that a hit is a few additions. Seconds and minutes are
// short lists at first and rings when these get long: at most 16 and 17 KiB.
//
// Thread: the owner's. Invariant: the hours hold every hit of the days not rolled up; minutes and
// seconds those of them that still matter.
#pragma once

#include "domains/hits/content.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::hits {

// Counts by second or minute, of the newest `ring_size` of them at least as far back as `kept`.
class RecentCounts {
 public:
  explicit RecentCounts(std::uint32_t ring_size) : ring_size_(ring_size) {}

  // `floor`: the last time no longer kept. REQUIRES: at > floor
  void add(std::uint32_t at, std::uint32_t count, std::uint32_t floor);
  // The sum over [from, until].
  [[nodiscard]] std::uint64_t sum(std::uint32_t from, std::uint32_t until) const;
  // Appends what is in [from, until], ascending.
  void append(std::uint32_t from, std::uint32_t until, std::vector<Count>& out) const;
  [[nodiscard]] std::uint32_t newest() const { return newest_; }
  [[nodiscard]] std::size_t heap_bytes() const {
    return list_.capacity() * sizeof(Count) + ring_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::size_t list_max = 1024;

  void add_to_ring(std::uint32_t at, std::uint32_t count);
  // The part of [from, until] the ring can hold something of.
  [[nodiscard]] std::uint32_t first_of(std::uint32_t from) const;

  std::uint32_t ring_size_;
  std::uint32_t newest_ = 0;
  std::vector<Count> list_;          // ascending
  std::vector<std::uint32_t> ring_;  // not empty: instead of the list; time t at t % ring_size_
};

class Busy {
 public:
  // `content` coarsened at now_s.
  Busy(const Content& content, std::uint32_t now_s);

  void add(std::uint32_t second, std::uint64_t visitor, std::uint32_t now_s);
  [[nodiscard]] std::uint64_t count_window(std::uint32_t now_s, std::uint32_t length) const;
  // Like Content::day.
  bool day(Day day, Entry& entry) const;
  // Coarsened at now_s. `out` is cleared first.
  void collect(std::uint32_t now_s, std::int32_t hours_kept_days, Content& out) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  void count(std::uint32_t second, std::uint32_t count, std::uint32_t now_s);

  RecentCounts seconds_;
  RecentCounts minutes_;
  std::vector<Count> open_hours_;  // of days not rolled up
  std::vector<Count> hours_;       // of days rolled up
  std::vector<DayTotal> days_;
  std::vector<DaySketch> sketches_;
};

}  // namespace daybook::hits
