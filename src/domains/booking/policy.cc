#include "domains/booking/policy.h"

#include <daybook/time_zone.h>

#include <array>

namespace daybook::booking {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 8> specs{{
      {"booking.time_zone", SettingType::text, "UTC", "", 0, 0,
       "IANA time zone of stations that are defined without one; says which of their dates are "
       "past."},
      {"booking.hold_seconds", SettingType::integer, "300", "s", 1, hold_seconds_limit,
       "How long a hold keeps a place at stations that are defined without hold_seconds."},
      {"booking.hold_seconds_max", SettingType::integer, "3600", "s", 1, hold_seconds_limit,
       "The longest hold_seconds a station may be given."},
      {"booking.waiting_list_max", SettingType::integer, "100000", "people", 0, waiting_limit,
       "People in line for one date of a station; more are refused."},
      {"booking.stations_max", SettingType::integer, "10000", "stations", 1, stations_limit,
       "Stations that may be defined."},
      {"booking.dates_per_station_max", SettingType::integer, "1000", "dates", 1, dates_limit,
       "Dates one station may have."},
      {"booking.bookings_max", SettingType::integer, "50000000", "bookings", 1, bookings_limit,
       "Bookings, holds and places in line known at once, without finished ones (about 140 bytes "
       "of memory each)."},
      {"booking.finished_max", SettingType::integer, "1000000", "bookings", 0, bookings_limit,
       "Cancelled bookings and expired holds that can still be asked for; the oldest go first."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  const auto number = [&](std::string_view key) {
    return static_cast<std::uint32_t>(settings.integer(key));
  };
  Policy policy;
  policy.time_zone = settings.text("booking.time_zone");
  policy.hold_seconds = number("booking.hold_seconds");
  policy.hold_seconds_max = number("booking.hold_seconds_max");
  policy.waiting_list_max = number("booking.waiting_list_max");
  policy.stations_max = number("booking.stations_max");
  policy.dates_per_station_max = number("booking.dates_per_station_max");
  policy.bookings_max = number("booking.bookings_max");
  policy.finished_max = number("booking.finished_max");
  if (!TimeZone::exists(policy.time_zone))
    return Error::field("booking.time_zone", "unknown_zone",
                        "must be an IANA time zone, not " + policy.time_zone);
  if (policy.hold_seconds > policy.hold_seconds_max)
    return Error::field("booking.hold_seconds", "too_large",
                        "must be at most booking.hold_seconds_max");
  return policy;
}

}  // namespace daybook::booking
