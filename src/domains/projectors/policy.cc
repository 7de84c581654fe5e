#include "domains/projectors/policy.h"

#include <array>

namespace daybook::projectors {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 1> specs{{
      {"projectors.dead_letters_max", SettingType::integer, "1000000", "events", 1,
       dead_letters_limit,
       "Open dead letters of all projectors; beyond, a projector waits instead of making more."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  Policy policy;
  policy.dead_letters_max =
      static_cast<std::uint64_t>(settings.integer("projectors.dead_letters_max"));
  return policy;
}

}  // namespace daybook::projectors
