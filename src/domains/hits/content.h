// Content: all that is known of one id, in its one plain form. A small id is kept as these bytes
// (pack), a busy one in arrays (busy.h); both turn into the same Content, and that is what series,
// roll-ups and snapshots work on. So how an id is kept shows nowhere.
//
// Hits of days not rolled up yet are (second, count), exact only as long as it matters: behind the
// time of the last event, older than seconds_kept to their minute, older than minutes_kept to their
// hour (coarsen). Days rolled up are hours, as long as they are kept, and one total.
//
// Thread: the owner's. Invariant: every list strictly ascending, no count 0; a day rolled up has
// all its hours, which add up to its total, or none any more.
#pragma once

#include "domains/hits/events.h"
#include "domains/hits/sketch.h"
#include "domains/hits/times.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::hits {

struct Count {
  std::uint32_t at = 0;  // second, minute or hour since 1970
  std::uint32_t count = 0;
  friend bool operator==(const Count&, const Count&) = default;
};

struct DayTotal {  // of a day rolled up
  Day day{};
  std::uint32_t visitors = 0;  // estimate
  std::uint64_t count = 0;
};

struct DaySketch {  // of a day not rolled up
  Day day{};
  Sketch visitors;
};

// Counts stop at 2^32 - 1.
constexpr std::uint32_t add_counts(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t sum = std::uint64_t{a} + b;
  return sum > 0xFFFF'FFFF ? 0xFFFF'FFFF : static_cast<std::uint32_t>(sum);
}
// Adds to the entry of `at` in a list ascending by `at`; nearly always the last.
void add_count(std::vector<Count>& list, std::uint32_t at, std::uint32_t count);
// The sketch of the day, added when missing.
Sketch& open_sketch(std::vector<DaySketch>& list, Day day);

struct Content {
  std::vector<Count> hits;   // seconds
  std::vector<Count> hours;  // of days rolled up
  std::vector<DayTotal> days;
  std::vector<DaySketch> sketches;

  void clear();
  // Gives up the exactness and the hours that are no longer kept at `now`.
  void coarsen(std::uint32_t now_s, std::int32_t hours_kept_days);
  // What a roll-up of the day would say; false: no hits.
  bool day(Day day, Entry& entry) const;
  // Replaces the day's hits.
  void roll_up(Day day, const Entry& entry);
};

// `out` is cleared first.
void pack(const Content& content, std::string& out);
// False when the bytes are not what pack wrote. `used`: how many of them were; nullptr: all must
// be.
bool unpack(std::string_view bytes, Content& content, std::size_t* used = nullptr);

// The windows of an answer, as lengths in seconds.
constexpr std::array<std::uint32_t, 5> windows{3 * day_s, 2 * day_s, day_s, hour_s, 300};
// The first second a window has: up to an hour it has the seconds (now - length, now], beyond the
// minutes (now - length, now]. Hits ahead of now are left out of all.
constexpr std::uint32_t window_begin(std::uint32_t now_s, std::uint32_t length) {
  if (length <= hour_s) return floor_of(now_s, length) + 1;
  return (floor_of(now_s / minute_s, length / minute_s) + 1) * minute_s;
}
std::uint64_t count_window(const Content& content, std::uint32_t now_s, std::uint32_t length);

}  // namespace daybook::hits
