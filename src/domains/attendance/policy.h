// Policy: the attendance rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include <daybook/time_zone.h>

#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstdint>
#include <memory>
#include <span>

namespace daybook::attendance {

constexpr std::int32_t late_days_limit = 31;          // of the setting attendance.late_days_max
constexpr std::int64_t future_ms_limit = 86'400'000;  // of attendance.future_ms_max: one day
constexpr std::int64_t people_limit = 1'000'000'000;  // of attendance.people_max
constexpr std::int64_t schools_limit = 1'000'000;     // of attendance.schools_max

struct Policy {
  std::shared_ptr<const TimeZone> default_zone = TimeZone::utc();  // never null
  std::int32_t late_days_max = 7;
  std::int64_t future_ms_max = 300'000;
  std::uint64_t people_max = 50'000'000;
  std::uint64_t schools_max = 100'000;

  // How many days of marks the state keeps. At one moment the acceptable events' local days, over
  // all zones (UTC-12..UTC+14), daylight saving and one day of future, span late_days_max + 4 days;
  // two more, so that a few events written under a wrong clock cannot push a day out that is still
  // needed.
  [[nodiscard]] std::uint32_t days_kept() const {
    return static_cast<std::uint32_t>(late_days_max) + 6;
  }
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);

}  // namespace daybook::attendance
