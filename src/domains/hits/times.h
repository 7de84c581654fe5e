// Times as the counts keep them: whole seconds, minutes and hours since 1970 in UTC (32 bits reach
// to the year 2106), and how long each is kept.
#pragma once

#include <daybook/ids.h>
#include <daybook/time_zone.h>

#include <cstdint>
#include <limits>

namespace daybook::hits {

constexpr std::uint32_t minute_s = 60;
constexpr std::uint32_t hour_s = 3600;
constexpr std::uint32_t day_s = 86'400;
constexpr std::uint32_t day_minutes = 1440;
constexpr std::uint32_t day_hours = 24;
constexpr std::int64_t second_us = 1'000'000;

constexpr std::int64_t at_ms_max = std::int64_t{std::numeric_limits<std::uint32_t>::max()} * 1000;

// How far ahead of the server's clock a hit may ever be: limit of hits.future_seconds_max.
constexpr std::uint32_t future_s_limit = 300;
// A clock that steps back by at most this much is held by the sequencer.
constexpr std::uint32_t held_s_max = 5;

// Behind the time of the last event, seconds matter for one hour and minutes for three days; the
// rest is slack for a reader who came a moment before that event.
constexpr std::uint32_t seconds_kept = hour_s + 60;
constexpr std::uint32_t minutes_kept = 3 * day_minutes + 2;

constexpr std::uint32_t to_second(UnixUs at) {
  if (at.value < 0) return 0;
  const std::int64_t second = at.value / second_us;
  constexpr std::int64_t max = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(second < max ? second : max);
}
// REQUIRES: 0 <= at <= at_ms_max
constexpr std::uint32_t to_second(UnixMs at) { return static_cast<std::uint32_t>(at.value / 1000); }
constexpr Day day_of(UnixMs at) { return {static_cast<std::int32_t>(at.value / (day_s * 1000LL))}; }
constexpr Day day_of_second(std::uint32_t second) {
  return {static_cast<std::int32_t>(second / day_s)};
}
constexpr Day day_of_hour(std::uint32_t hour) {
  return {static_cast<std::int32_t>(hour / day_hours)};
}
// The last time that is no longer kept.
constexpr std::uint32_t floor_of(std::uint32_t now, std::uint32_t kept) {
  return now > kept ? now - kept : 0;
}

}  // namespace daybook::hits
