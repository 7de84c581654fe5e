#include "domains/hits/policy.h"

#include <algorithm>
#include <array>

namespace daybook::hits {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 6> specs{{
      {"hits.late_days_max", SettingType::integer, "3", "days", 0, late_days_limit,
       "How old a hit may be when it arrives; it counts for its own time."},
      {"hits.future_seconds_max", SettingType::integer, "60", "seconds", 0, future_s_limit,
       "How far a hit's time may be ahead of the server's clock; it counts when its time comes."},
      {"hits.hours_kept_days", SettingType::integer, "31", "days", hours_kept_days_least,
       days_limit, "How far back counts are kept by the hour; beyond, by the day."},
      {"hits.raw_kept_days", SettingType::integer, "7", "days", 0, days_limit,
       "How long raw hits stay in the log after their day was rolled up."},
      {"hits.ids_max", SettingType::integer, "50000000", "ids", 1, ids_limit,
       "Ids known at once (about 60 bytes of memory each); new ones beyond are refused."},
      {"hits.durability", SettingType::text, "synced", "", 0, 0,
       "synced: a hit is on the disk before its answer; interval: at most log.sync_interval_ms "
       "later."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  Policy policy;
  policy.late_days_max = static_cast<std::int32_t>(settings.integer("hits.late_days_max"));
  policy.future_ms_max = settings.integer("hits.future_seconds_max") * 1000;
  policy.hours_kept_days = static_cast<std::int32_t>(settings.integer("hits.hours_kept_days"));
  policy.raw_kept_days = static_cast<std::int32_t>(settings.integer("hits.raw_kept_days"));
  policy.ids_max = static_cast<std::uint64_t>(settings.integer("hits.ids_max"));
  const std::string durability = settings.text("hits.durability");
  if (durability != "synced" && durability != "interval")
    return Error::field("hits.durability", "unknown_word", "must be synced or interval");
  policy.durability = durability == "synced" ? Durability::synced : Durability::interval;
  return policy;
}

UnixUs roll_up_due(Day day, const Policy& policy) {
  const std::int32_t days = day.value + 1 + std::max(policy.late_days_max, window_days);
  return {days * (day_s * second_us) + roll_up_margin_us};
}

}  // namespace daybook::hits
