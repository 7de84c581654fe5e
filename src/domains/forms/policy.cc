#include "domains/forms/policy.h"

#include <array>

namespace daybook::forms {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 2> specs{{
      {"forms.forms_max", SettingType::integer, "10000", "forms", 1, forms_limit,
       "Forms that may be defined; new ones beyond are refused."},
      {"forms.versions_max", SettingType::integer, "1000", "versions", 1, versions_limit,
       "Versions one form may have; a changed definition beyond is refused."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  Policy policy;
  policy.forms_max = static_cast<std::uint64_t>(settings.integer("forms.forms_max"));
  policy.versions_max = static_cast<std::uint32_t>(settings.integer("forms.versions_max"));
  return policy;
}

}  // namespace daybook::forms
