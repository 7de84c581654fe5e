// Policy: the forms rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstdint>
#include <span>

namespace daybook::forms {

constexpr std::int64_t forms_limit = 1'000'000;   // of the setting forms.forms_max
constexpr std::int64_t versions_limit = 100'000;  // of forms.versions_max

struct Policy {
  std::uint64_t forms_max = 10'000;
  std::uint32_t versions_max = 1'000;  // of one form
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);

}  // namespace daybook::forms
