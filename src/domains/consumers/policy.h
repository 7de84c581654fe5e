// Policy: the consumers rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstdint>
#include <span>

namespace daybook::consumers {

constexpr std::int64_t consumers_limit = 100'000;  // of the setting consumers.consumers_max

struct Policy {
  std::uint64_t consumers_max = 1000;
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);

}  // namespace daybook::consumers
