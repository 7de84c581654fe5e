#include "domains/forms/numbers.h"
#include "domains/forms/schema_compiler.h"

#include <algorithm>
#include <utility>

namespace daybook::forms {
namespace {

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr std::size_t choices_named_max = 12;         // in a message
constexpr std::size_t choices_words_bytes_max = 512;  // longer ones are not named

Types type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Types>, 7> known{{{"null", type_null},
                                                                     {"boolean", type_boolean},
                                                                     {"integer", type_integer},
                                                                     {"number", type_number},
                                                                     {"string", type_text},
                                                                     {"array", type_array},
                                                                     {"object", type_object}}};
  for (const auto& [word, type] : known)
    if (word == name) return type;
  return 0;
}

}  // namespace

Types types_of(const Node& value) {
  switch (value.kind) {
    case json::Kind::null:
      return type_null;
    case json::Kind::boolean:
      return type_boolean;
    case json::Kind::string:
      return type_text;
    case json::Kind::array:
      return type_array;
    case json::Kind::object:
      return type_object;
    default:
      return is_whole(value) ? type_integer | type_number : type_number;
  }
}

void SchemaCompiler::read_type(const Word&, Draft& draft, const json::Value& value,
                               const Pointer& at) {
  Types types = 0;
  bool known = true;
  const auto add = [&](const json::Value& name) {
    const Types type = name.is_string() ? type_of(name.string()) : Types{0};
    known = known && type != 0 && (types & type) == 0;
    types |= type;
  };
  if (value.is_array()) {
    value.each_element(add);
  } else {
    add(value);
  }
  if (!known || types == 0)
    return wrong(at,
                 "must be one of null, boolean, integer, number, string, array, object, or a "
                 "list of them");
  draft.types &= (types & type_number) != 0 ? static_cast<Types>(types | type_integer) : types;
  draft.rules.push_back({Keyword::type, next_index(schema_.types)});
  schema_.types.push_back(types);
}

void SchemaCompiler::add_choices(Keyword keyword, Draft& draft,
                                 const std::vector<json::Value>& values) {
  Choices choices;
  Types types = 0;
  for (const auto& value : values) {
    Arena arena;
    const Node* node = copy_node(value, arena);
    types |= types_of(*node);
    append_canonical(choices.texts.emplace_back(), *node);
    if (values.size() > choices_named_max) continue;
    if (!choices.words.empty()) choices.words += ", ";
    choices.words += node->is_text() ? std::string(node->text) : choices.texts.back();
  }
  for (const auto& text : choices.texts)
    choices.bytes_max = std::max(choices.bytes_max, text.size());
  if (choices.words.size() > choices_words_bytes_max) choices.words.clear();
  std::ranges::sort(choices.texts);
  draft.types &= types;
  draft.rules.push_back({keyword, next_index(schema_.choices)});
  schema_.choices.push_back(std::move(choices));
}

void SchemaCompiler::read_enum(const Word& word, Draft& draft, const json::Value& value,
                               const Pointer& at) {
  std::vector<json::Value> values;
  if (value.is_array())
    value.each_element([&](const json::Value& entry) { values.push_back(entry); });
  if (values.empty() || values.size() > enum_entries_max)
    return wrong(at, "must be a list of 1 to " + std::to_string(enum_entries_max) + " values");
  add_choices(word.keyword, draft, values);
}

void SchemaCompiler::read_const(const Word& word, Draft& draft, const json::Value& value,
                                const Pointer&) {
  add_choices(word.keyword, draft, {value});
}

void SchemaCompiler::read_number(const Word& word, Draft& draft, const json::Value& value,
                                 const Pointer& at) {
  if (!value.is_number()) return wrong(at, "must be a number");
  Arena arena;
  const Node number = *copy_node(value, arena);
  Node zero;
  zero.kind = json::Kind::integer;
  if (word.keyword == Keyword::multiple_of && compare_numbers(number, zero) <= 0)
    return wrong(at, "must be more than 0");
  draft.rules.push_back({word.keyword, next_index(schema_.numbers)});
  schema_.numbers.push_back(number);
}

void SchemaCompiler::read_limit(const Word& word, Draft& draft, const json::Value& value,
                                const Pointer& at) {
  const auto limit = value.as_int64();
  if (!limit || *limit < 0) return wrong(at, "must be a whole number of 0 or more");
  draft.rules.push_back({word.keyword, 0, static_cast<std::uint64_t>(*limit)});
}

// Clients do not know `phone`: it is published as its pattern.
void SchemaCompiler::read_format(const Word& word, Draft& draft, const json::Value& value,
                                 const Pointer& at) {
  const auto format = value.is_string() ? find_format(value.string()) : std::nullopt;
  if (!format)
    return wrong(at, "must be one of email, date, time, date-time, uri, uuid, ipv4, phone");
  draft.rules.push_back({word.keyword, static_cast<std::uint32_t>(*format)});
  if (format == Format::phone) {
    out_.member("pattern", phone_pattern);
  } else {
    out_.member("format", value.string());
  }
}

void SchemaCompiler::read_pattern(const Word& word, Draft& draft, const json::Value& value,
                                  const Pointer& at) {
  if (!value.is_string()) return wrong(at, "must be a text");
  out_.member("pattern", value.string());
  if (faults_.is_full() || instructions_ > pattern_instructions_max) return;  // told already
  auto pattern = Pattern::make(value.string());
  if (!pattern.ok())
    return faults_.add(at, "bad_pattern", "is not a pattern: " + pattern.error().message);
  instructions_ += pattern->instructions();
  if (instructions_ > pattern_instructions_max)
    return faults_.add(at, "too_many", "is one too many: all patterns together are too large");
  draft.rules.push_back({word.keyword, next_index(schema_.patterns)});
  schema_.patterns.push_back(std::move(*pattern));
}

void SchemaCompiler::read_unique(const Word& word, Draft& draft, const json::Value& value,
                                 const Pointer& at) {
  if (value.kind() != json::Kind::boolean) return wrong(at, "must be true or false");
  if (value.boolean()) draft.rules.push_back({word.keyword});
}

std::vector<std::string> SchemaCompiler::read_names(const json::Value& value, const Pointer& at) {
  std::vector<std::string> names;
  bool fine = value.is_array();
  if (fine) {
    value.each_element([&](const json::Value& name) {
      fine = fine && name.is_string() && names.size() < properties_max;
      if (fine) names.emplace_back(name.string());
    });
  }
  auto sorted = names;
  std::ranges::sort(sorted);
  if (!fine || std::ranges::adjacent_find(sorted) != sorted.end())
    wrong(at, "must be a list of at most " + std::to_string(properties_max) + " different names");
  return names;
}

void SchemaCompiler::read_required(const Word&, Draft& draft, const json::Value& value,
                                   const Pointer& at) {
  draft.required = read_names(value, at);
  draft.is_object = true;
}

void SchemaCompiler::read_properties(const Word&, Draft& draft, const json::Value& value,
                                     const Pointer& at) {
  if (!value.is_object()) return wrong(at, "must be an object of schemas");
  draft.is_object = true;
  out_.key("properties").begin_object();
  value.each_member([&](std::string_view name, const json::Value& member) {
    out_.key(name);
    const auto node = compile(member, Pointer{&at, name}, draft.depth + 1);
    draft.object.properties.push_back({std::string(name), node});
  });
  out_.end_object();
}

void SchemaCompiler::read_additional(const Word&, Draft& draft, const json::Value& value,
                                     const Pointer& at) {
  out_.key("additionalProperties");
  draft.object.additional = compile(value, at, draft.depth + 1);
  draft.is_object = true;
}

void SchemaCompiler::read_dependents(const Word& word, Draft& draft, const json::Value& value,
                                     const Pointer& at) {
  if (!value.is_object()) return wrong(at, "must be an object of lists of names");
  std::vector<Dependent> dependents;
  value.each_member([&](std::string_view name, const json::Value& names) {
    dependents.push_back({std::string(name), read_names(names, Pointer{&at, name})});
  });
  if (dependents.size() > properties_max)
    return wrong(at, "must have at most " + std::to_string(properties_max) + " members");
  draft.rules.push_back({word.keyword, next_index(schema_.dependents)});
  schema_.dependents.push_back(std::move(dependents));
}

void SchemaCompiler::read_schema(const Word& word, Draft& draft, const json::Value& value,
                                 const Pointer& at) {
  out_.key(word.name);
  const auto node = compile(value, at, draft.depth + 1);
  draft.rules.push_back({word.keyword, node});
}

void SchemaCompiler::read_branches(const Word& word, Draft& draft, const json::Value& value,
                                   const Pointer& at) {
  std::vector<std::uint32_t> nodes;
  out_.key(word.name).begin_array();
  if (value.is_array()) {
    value.each_element([&](const json::Value& branch) {
      if (nodes.size() > branches_max) return;
      const auto index = index_text(nodes.size());
      nodes.push_back(compile(branch, Pointer{&at, index}, draft.depth + 1));
    });
  }
  out_.end_array();
  if (nodes.empty() || nodes.size() > branches_max)
    return wrong(at, "must be a list of 1 to " + std::to_string(branches_max) + " schemas");
  draft.rules.push_back({word.keyword, next_index(schema_.branches)});
  schema_.branches.push_back(std::move(nodes));
}

void SchemaCompiler::read_condition(const Word& word, Draft& draft, const json::Value& value,
                                    const Pointer& at) {
  out_.key(word.name);
  const auto node = compile(value, at, draft.depth + 1);
  if (word.name == "if") {
    draft.has_if = true;
    draft.condition.test = node;
  } else if (word.name == "then") {
    draft.has_then = true;
    draft.condition.then_node = node;
  } else {
    draft.has_else = true;
    draft.condition.else_node = node;
  }
}

void SchemaCompiler::read_dialect(const Word&, Draft&, const json::Value& value,
                                  const Pointer& at) {
  if (!value.is_string() || value.string() != dialect)
    wrong(at, "must be \"" + std::string(dialect) + "\"");
}

void SchemaCompiler::read_note_text(const Word&, Draft&, const json::Value& value,
                                    const Pointer& at) {
  if (!value.is_string()) wrong(at, "must be a text");
}

void SchemaCompiler::read_note_flag(const Word&, Draft&, const json::Value& value,
                                    const Pointer& at) {
  if (value.kind() != json::Kind::boolean) wrong(at, "must be true or false");
}

void SchemaCompiler::read_note(const Word&, Draft&, const json::Value&, const Pointer&) {}

}  // namespace daybook::forms
