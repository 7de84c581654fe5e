// Policy: the hits rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include "domains/hits/times.h"

#include <daybook/domain.h>

#include <cstdint>
#include <span>

namespace daybook::hits {

constexpr std::int32_t late_days_limit = 7;          // of hits.late_days_max
constexpr std::int32_t hours_kept_days_least = 10;   // no day that is still open may fall out
constexpr std::int32_t days_limit = 366;             // of hits.hours_kept_days and raw_kept_days
constexpr std::int64_t ids_limit = 50'000'000;       // of hits.ids_max
constexpr std::uint64_t ids_bytes_max = 4ull << 30;  // all ids together

// A day is rolled up when its last hit can have come and no window of three days can reach it any
// more, and this much later.
constexpr std::int32_t window_days = 3;
constexpr std::int64_t roll_up_margin_us = 600 * second_us;

struct Policy {
  std::int32_t late_days_max = 3;
  std::int64_t future_ms_max = 60'000;
  std::int32_t hours_kept_days = 31;
  std::int32_t raw_kept_days = 7;
  std::uint64_t ids_max = 50'000'000;
  Durability durability = Durability::synced;
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);
// When the day is closed and its roll-up begins.
UnixUs roll_up_due(Day day, const Policy& policy);

}  // namespace daybook::hits
