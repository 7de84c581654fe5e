// Policy: the booking rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstdint>
#include <span>
#include <string>

namespace daybook::booking {

constexpr std::uint32_t capacity_max = 10'000'000;      // places of one date
constexpr std::uint32_t per_person_max = 1'000'000;     // of bookings_per_person
constexpr std::int64_t hold_seconds_limit = 604'800;    // of booking.hold_seconds_max: a week
constexpr std::int64_t waiting_limit = 10'000'000;      // of booking.waiting_list_max
constexpr std::int64_t stations_limit = 100'000;        // of booking.stations_max
constexpr std::int64_t dates_limit = 10'000;            // of booking.dates_per_station_max
constexpr std::int64_t bookings_limit = 1'000'000'000;  // of booking.bookings_max, finished_max
constexpr std::uint32_t per_person_default = 1;

struct Policy {
  std::string time_zone = "UTC";
  std::uint32_t hold_seconds = 300;
  std::uint32_t hold_seconds_max = 3600;
  std::uint32_t waiting_list_max = 100'000;
  std::uint32_t stations_max = 10'000;
  std::uint32_t dates_per_station_max = 1000;
  std::uint32_t bookings_max = 50'000'000;
  std::uint32_t finished_max = 1'000'000;
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);

}  // namespace daybook::booking
