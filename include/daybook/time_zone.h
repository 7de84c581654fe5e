// TimeZone: from an instant to a calendar day of one IANA zone, cheaply.
//
// All offsets of the zone from 1970 to the end of the system's rules are copied once into a sorted
// table; a look-up is a binary search over it (the same few branches for all instants of a season),
// an add and a divide. Immutable after make(), so any thread may use it. Bytes come from the
// system's tzdata.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

constexpr std::size_t zone_name_chars_max = 64;

// A calendar day: days since 1970-01-01.
struct Day {
  std::int32_t value = 0;
  friend auto operator<=>(const Day&, const Day&) = default;
};
constexpr Day operator+(Day day, std::int32_t days) { return {day.value + days}; }
constexpr Day operator-(Day day, std::int32_t days) { return {day.value - days}; }

// "2026-03-29", and back (a real date of the years 1970..9999, exactly in that form).
std::string to_string(Day day);
std::optional<Day> parse_day(std::string_view text);

class TimeZone {
 public:
  // Errc::invalid: the system's tzdata has no such zone. "UTC" needs no tzdata.
  static Result<std::shared_ptr<const TimeZone>> make(std::string_view name);
  static std::shared_ptr<const TimeZone> utc();
  [[nodiscard]] static bool exists(std::string_view name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Day day_of(UnixMs at) const;

 private:
  explicit TimeZone(std::string_view name) : name_(name) {}

  std::string name_;
  // From begins_ms_[i] on, local time = UTC + offsets_ms_[i]. Ascending; never empty.
  std::vector<std::int64_t> begins_ms_;
  std::vector<std::int64_t> offsets_ms_;
};

}  // namespace daybook
