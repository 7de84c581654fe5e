// The parts of a Definition while and after it is compiled: definition_options.cc reads the
// options, definition_rules.cc the clean-up rules and messages, definition.cc puts them together.
#pragma once

#include "domains/forms/clean.h"
#include "domains/forms/definition.h"
#include "domains/forms/schema.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::forms {

constexpr std::size_t message_bytes_max = 512;
constexpr std::size_t field_chars_max = 64;  // of the name of the honeypot

// The form author's words for one field. `texts[k]` overrides the default of keyword k.
struct FieldMessages {
  std::string field;
  std::string any;  // for every keyword without its own; empty: the default
  std::vector<std::pair<Keyword, std::string>> texts;
};

struct Compiled {
  Options options;
  Schema schema;
  FieldRules rules;
  std::vector<FieldMessages> messages;  // few: searched only after a failure
  std::vector<std::string> columns;
  std::string definition_json;
  std::string schema_json;
  Arena literals;  // of default values
};

// Each reads one member of the definition into `out` and adds what is wrong with it.
void read_option(std::string_view name, const json::Value& value, const Pointer& at, Options& out,
                 DefinitionFaults& faults, bool& known);
// Once all options and the schema are read.
void check_options(const json::Value& definition, const Pointer& at, Compiled& out,
                   DefinitionFaults& faults);

// The root object's fields, with their types. REQUIRES: the schema has compiled.
FieldRules fields_of(const Schema& schema);
void read_clean(const json::Value& value, const Pointer& at, Compiled& out,
                DefinitionFaults& faults);
void read_messages(const json::Value& value, const Pointer& at, Compiled& out,
                   DefinitionFaults& faults);

}  // namespace daybook::forms
