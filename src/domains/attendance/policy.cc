#include "domains/attendance/policy.h"

#include <array>

namespace daybook::attendance {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 5> specs{{
      {"attendance.time_zone", SettingType::text, "UTC", "", 0, 0,
       "IANA time zone of schools that have none of their own; their days begin at its midnight."},
      {"attendance.late_days_max", SettingType::integer, "7", "days", 0, late_days_limit,
       "How old an event may be when it arrives; it counts for its own day."},
      {"attendance.future_ms_max", SettingType::integer, "300000", "ms", 0, future_ms_limit,
       "How far an event's time may be ahead of the server's clock."},
      {"attendance.people_max", SettingType::integer, "50000000", "people", 1, people_limit,
       "People known at once (about 21 bytes of memory each); new ones beyond are refused."},
      {"attendance.schools_max", SettingType::integer, "100000", "schools", 1, schools_limit,
       "Schools known at once; new ones beyond are refused."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  const std::string zone = settings.text("attendance.time_zone");
  auto found = TimeZone::make(zone);
  if (!found.ok())
    return Error::field("attendance.time_zone", "unknown_zone", found.error().message);
  Policy policy;
  policy.default_zone = std::move(found).value();
  policy.late_days_max = static_cast<std::int32_t>(settings.integer("attendance.late_days_max"));
  policy.future_ms_max = settings.integer("attendance.future_ms_max");
  policy.people_max = static_cast<std::uint64_t>(settings.integer("attendance.people_max"));
  policy.schools_max = static_cast<std::uint64_t>(settings.integer("attendance.schools_max"));
  return policy;
}

}  // namespace daybook::attendance
