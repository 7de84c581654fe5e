// What the tests of form definitions share: building one, checking a body against it.
#pragma once

#include "domains/forms/definition.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace daybook::forms {

using DefinitionPtr = std::shared_ptr<const Definition>;

inline DefinitionPtr definition_of(std::string_view json) {
  auto compiled = Definition::compile(json);
  INFO(json);
  if (!compiled.ok()) INFO(compiled.error().message);
  REQUIRE(compiled.ok());
  return *compiled;
}

// A definition of nothing but a schema.
inline DefinitionPtr schema_form(std::string_view schema) {
  return definition_of("{\"schema\":" + std::string(schema) + "}");
}

// The faults of a definition as "pointer code" lines, or "fine".
inline std::string faults_of(std::string_view json) {
  const auto compiled = Definition::compile(json);
  if (compiled.ok()) return "fine";
  std::string text;
  for (const auto& fault : compiled.error().fields)
    text += (text.empty() ? "" : "\n") + fault.field + " " + fault.code;
  return text;
}

// The cleaned body, or "field: message" lines.
inline std::string check_text(const Definition& form, std::string_view body,
                              bool from_form = false) {
  json::Parser parser;
  Arena arena;
  const auto parsed = parser.parse(body, false);
  REQUIRE(parsed.ok());
  const auto cleaned = form.check(*copy_node(*parsed, arena), from_form, arena);
  if (cleaned.ok()) return std::string(*cleaned);
  CHECK(cleaned.error().code == Errc::invalid);
  std::string text;
  for (const auto& error : cleaned.error().fields)
    text += (text.empty() ? "" : "\n") + error.field + ": " + error.message;
  return text;
}

inline std::string shipped_form(std::string_view name) {
  std::ifstream in(std::string(DAYBOOK_SOURCE_DIR) + "/config/forms/" + std::string(name),
                   std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace daybook::forms
