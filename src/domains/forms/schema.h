// Schema: the subset of JSON Schema 2020-12 of docs/forms-schema.md, compiled to flat tables of
// nodes and rules that a check walks together with the value.
// Thread: immutable after compile_schema(), so any thread may check. There is no $ref, so both
// recursions end; the work of a check is counted and limited (check_steps_max).
#pragma once

#include "domains/forms/formats.h"
#include "domains/forms/node.h"
#include "domains/forms/pattern.h"

#include <daybook/result.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::forms {

constexpr std::size_t schema_nodes_max = 1024;
constexpr std::size_t schema_depth_max = 16;  // schemas within schemas
constexpr std::size_t enum_entries_max = 1000;
constexpr std::size_t properties_max = 256;   // of one object
constexpr std::size_t branches_max = 64;      // of one allOf, anyOf or oneOf
constexpr std::size_t faults_max = 50;        // told of one definition
constexpr std::size_t errors_max = 100;       // told of one body
constexpr std::size_t field_bytes_max = 256;  // of a field's name in an error; the rest is cut off
constexpr std::uint64_t check_steps_max = 4'000'000;        // of one check, see Work
constexpr std::uint64_t pattern_instructions_max = 50'000;  // of RE2, all patterns of a schema

// The rules, in the order in which a value meets them.
enum class Keyword : std::uint8_t {
  required,
  never,  // the schema false
  type,
  enumeration,
  constant,
  minimum,
  maximum,
  exclusive_minimum,
  exclusive_maximum,
  multiple_of,
  min_length,
  max_length,
  format,
  pattern,
  min_items,
  max_items,
  unique_items,
  items,
  properties,
  additional_properties,
  dependent_required,
  all_of,
  any_of,
  one_of,
  negation,
  condition,
};
constexpr std::size_t keyword_count = static_cast<std::size_t>(Keyword::condition) + 1;

struct KeywordName {
  std::string_view json;  // "minLength"
  std::string_view code;  // of a FieldError, "min_length"
};
const KeywordName& name_of(Keyword keyword);

// A set of JSON types, one bit each.
using Types = std::uint8_t;
constexpr Types type_null = 1, type_boolean = 2, type_integer = 4, type_number = 8, type_text = 16,
                type_array = 32, type_object = 64, type_any = 127;
Types types_of(const Node& value);  // 30 is an integer and a number

struct Rule {
  Keyword keyword = Keyword::never;
  std::uint32_t index = 0;  // into the table of the keyword, or a node
  std::uint64_t limit = 0;  // of lengths and counts
};

struct SchemaNode {
  std::uint32_t first = 0;  // of Schema::rules, in the order of Keyword
  std::uint32_t count = 0;
  Types types = type_any;  // what `type`, else `enum` and `const` leave
};

struct Choices {
  std::vector<std::string> texts;  // canonical, sorted
  std::size_t bytes_max = 0;       // of the longest
  std::string words;               // for the message; empty: too many to name
};

struct Property {
  std::string name;
  std::uint32_t node = 0;
  bool required = false;
};

struct ObjectRule {
  std::vector<Property> properties;    // as defined; then those that are only required
  std::vector<std::uint32_t> by_name;  // into properties, sorted by name
  std::uint32_t additional = 0;        // the node for all others
  // Into properties, or properties.size(). `hint`: where it probably is.
  [[nodiscard]] std::size_t find(std::string_view name, std::size_t hint) const;
};

struct Dependent {
  std::string name;
  std::vector<std::string> needs;
};

struct Condition {
  std::uint32_t test = 0, then_node = 0, else_node = 0;
};

struct Schema {
  static constexpr std::uint32_t anything = 0;  // the node that every value passes

  std::vector<SchemaNode> nodes;
  std::vector<Rule> rules;
  std::vector<Node> numbers;
  std::vector<Types> types;
  std::vector<Choices> choices;
  std::vector<Pattern> patterns;
  std::vector<ObjectRule> objects;
  std::vector<std::vector<Dependent>> dependents;
  std::vector<std::vector<std::uint32_t>> branches;
  std::vector<Condition> conditions;
  std::uint32_t root = 0;

  // The rule of `node` with that keyword, or nullptr.
  [[nodiscard]] const Rule* find_rule(std::uint32_t node, Keyword keyword) const;
};

// Where in a definition: a JSON pointer, written out only when something is wrong there.
struct Pointer {
  const Pointer* parent = nullptr;
  std::string_view name;
  [[nodiscard]] std::string text() const;
};
std::string index_text(std::size_t index);

// What is wrong with a definition, at most faults_max of it.
class DefinitionFaults {
 public:
  void add(const Pointer& at, std::string_view code, std::string message);
  [[nodiscard]] bool empty() const { return faults_.empty(); }
  [[nodiscard]] bool is_full() const { return faults_.size() >= faults_max; }
  // REQUIRES: not empty. Errc::invalid.
  Error error() &&;

 private:
  std::vector<FieldError> faults_;
};

// Compiles `value` (at `at`). Faults are added; the Schema is of use only when there are none.
// `published`: the same schema as plain JSON Schema.
Schema compile_schema(const json::Value& value, const Pointer& at, DefinitionFaults& faults,
                      std::string& published);

// A broken rule of a value.
struct Failure {
  std::string field;      // "address.street", "tags[0]", or "" for the whole
  std::string_view name;  // its top-level name; empty: the whole
  Keyword keyword = Keyword::never;
  std::string words;  // the default message
};

// What a check has cost so far, in steps of about 10 ns. It is counted and not timed, so that the
// same body always fares the same.
class Work {
 public:
  void add(std::uint64_t steps) { steps_ += steps; }
  [[nodiscard]] bool is_spent() const { return steps_ > check_steps_max; }

 private:
  std::uint64_t steps_ = 0;
};

// Whether `value` passes node `at`; not if it takes more than check_steps_max to tell.
bool passes(const Schema& schema, std::uint32_t at, const Node& value);
// The first failure of each field, at most errors_max. Empty: passes. Errc::too_large: to tell
// would take more than check_steps_max.
Result<std::vector<Failure>> find_failures(const Schema& schema, const Node& value);

// The default message of a broken rule.
std::string words_of(const Schema& schema, const Rule& rule);
constexpr std::string_view required_words = "required field missing";

}  // namespace daybook::forms
