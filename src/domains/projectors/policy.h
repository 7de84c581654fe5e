// Policy: the projectors rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace daybook::projectors {

constexpr std::size_t projectors_max = 1000;              // ever named; none is forgotten
constexpr std::int64_t dead_letters_limit = 100'000'000;  // of projectors.dead_letters_max

struct Policy {
  std::uint64_t dead_letters_max = 1'000'000;  // open ones, of all projectors
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);

}  // namespace daybook::projectors
