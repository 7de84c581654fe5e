// Clean-up rules: what is done to the top-level fields of a body before it is checked. Pure.
#pragma once

#include "domains/forms/node.h"
#include "domains/forms/schema.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::forms {

constexpr std::size_t clean_steps_max = 8;  // of one field

enum class CleanStep : std::uint8_t {
  trim,             // no white space at either end
  lowercase,        // A to Z
  normalize_email,  // see formats.h
  text,             // a number becomes its text
  drop_empty,       // an empty text is as if not sent
};
std::optional<CleanStep> find_clean_step(std::string_view name);

// One top-level field: what the schema says of it, and its clean-up.
struct FieldRule {
  std::string name;
  Types types = type_any;       // that its schema takes
  Types item_types = type_any;  // that its items take, when it is an array
  bool required = false;
  std::vector<CleanStep> steps;         // in the order given
  const Node* default_value = nullptr;  // for one that is missing, null or an empty text
};

struct FieldRules {
  std::vector<FieldRule> fields;       // those of the root object, in the order of the definition
  std::vector<std::uint32_t> by_name;  // into fields, sorted by name
  std::string honeypot;                // left out; empty: none

  // Into fields, or fields.size(). `hint`: where it probably is.
  [[nodiscard]] std::size_t find(std::string_view name, std::size_t hint) const;
};

// The cleaned body, sharing what did not change. REQUIRES: `body` is an object.
Node clean(const FieldRules& rules, const Node& body, bool from_form, Arena& arena);

// The value after `steps`, without the ones that concern absence; apart for its tests.
Node clean_value(const FieldRule& rule, const Node& value, bool from_form, Arena& arena);

}  // namespace daybook::forms
