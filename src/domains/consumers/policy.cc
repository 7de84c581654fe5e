#include "domains/consumers/policy.h"

#include <array>

namespace daybook::consumers {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 1> specs{{
      {"consumers.consumers_max", SettingType::integer, "1000", "consumers", 1, consumers_limit,
       "Named consumers at once; new ones beyond are refused."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  Policy policy;
  policy.consumers_max = static_cast<std::uint64_t>(settings.integer("consumers.consumers_max"));
  return policy;
}

}  // namespace daybook::consumers
