#include "domains/forms/schema_compiler.h"

#include <algorithm>
#include <utility>

namespace daybook::forms {

const SchemaCompiler::Word* SchemaCompiler::find_word(std::string_view name) {
  using C = SchemaCompiler;
  static constexpr std::array<Word, 40> words{{
      {"type", &C::read_type, Keyword::type},
      {"enum", &C::read_enum, Keyword::enumeration},
      {"const", &C::read_const, Keyword::constant},
      {"minimum", &C::read_number, Keyword::minimum},
      {"maximum", &C::read_number, Keyword::maximum},
      {"exclusiveMinimum", &C::read_number, Keyword::exclusive_minimum},
      {"exclusiveMaximum", &C::read_number, Keyword::exclusive_maximum},
      {"multipleOf", &C::read_number, Keyword::multiple_of},
      {"minLength", &C::read_limit, Keyword::min_length},
      {"maxLength", &C::read_limit, Keyword::max_length},
      {"minItems", &C::read_limit, Keyword::min_items},
      {"maxItems", &C::read_limit, Keyword::max_items},
      {"format", &C::read_format, Keyword::format, true},
      {"pattern", &C::read_pattern, Keyword::pattern, true},
      {"uniqueItems", &C::read_unique, Keyword::unique_items},
      {"items", &C::read_schema, Keyword::items, true},
      {"required", &C::read_required, Keyword::required},
      {"properties", &C::read_properties, Keyword::properties, true},
      {"additionalProperties", &C::read_additional, Keyword::additional_properties, true},
      {"dependentRequired", &C::read_dependents, Keyword::dependent_required},
      {"allOf", &C::read_branches, Keyword::all_of, true},
      {"anyOf", &C::read_branches, Keyword::any_of, true},
      {"oneOf", &C::read_branches, Keyword::one_of, true},
      {"not", &C::read_schema, Keyword::negation, true},
      {"if", &C::read_condition, Keyword::condition, true},
      {"then", &C::read_condition, Keyword::condition, true},
      {"else", &C::read_condition, Keyword::condition, true},
      {"$schema", &C::read_dialect},
      {"$id", &C::read_note_text},
      {"$comment", &C::read_note_text},
      {"title", &C::read_note_text},
      {"description", &C::read_note_text},
      {"default", &C::read_note},
      {"examples", &C::read_note},
      {"deprecated", &C::read_note_flag},
      {"readOnly", &C::read_note_flag},
      {"writeOnly", &C::read_note_flag},
  }};
  const auto* found = std::ranges::find(words, name, &Word::name);
  return found == words.end() || found->handle == nullptr ? nullptr : found;
}

std::uint32_t SchemaCompiler::compile(const json::Value& value, const Pointer& at,
                                      std::size_t depth) {
  Draft draft;
  draft.depth = depth;
  if (value.kind() == json::Kind::boolean) {
    out_.boolean(value.boolean());
    if (value.boolean()) return Schema::anything;
    draft.rules.push_back({Keyword::never});
    draft.types = 0;
    return finish(draft);
  }
  if (!value.is_object()) {
    wrong(at, "must be a schema: an object, true or false");
    return Schema::anything;
  }
  if (depth > schema_depth_max || schema_.nodes.size() >= schema_nodes_max) {
    faults_.add(at, depth > schema_depth_max ? "too_deep" : "too_many",
                "at most " + std::to_string(schema_nodes_max) + " schemas, nested at most " +
                    std::to_string(schema_depth_max) + " deep");
    return Schema::anything;
  }
  out_.begin_object();
  const bool has_pattern = value.find("pattern").has_value();
  value.each_member([&](std::string_view name, const json::Value& member) {
    const Pointer here{&at, name};
    const Word* word = find_word(name);
    if (word == nullptr) {
      faults_.add(here, "unknown_keyword",
                  "\"" + std::string(name) + "\" is not in the subset of JSON Schema for forms");
      return;
    }
    if (word->keyword == Keyword::format && has_pattern && member.is_string() &&
        member.string() == "phone")
      faults_.add(here, "wrong_value", "\"phone\" is a pattern of its own: take one of the two");
    if (!word->writes) out_.key(name).raw(member.to_string());
    (this->*word->handle)(*word, draft, member, here);
  });
  out_.end_object();
  finish_object(draft, at);
  return finish(draft);
}

void SchemaCompiler::finish_object(Draft& draft, const Pointer& at) {
  if ((draft.has_then || draft.has_else) && !draft.has_if)
    wrong(at, "has \"then\" or \"else\" without \"if\"");
  if (draft.has_if) {
    if (!draft.has_then && !draft.has_else) wrong(at, "has \"if\" without \"then\" or \"else\"");
    draft.rules.push_back({Keyword::condition, next_index(schema_.conditions)});
    schema_.conditions.push_back(draft.condition);
  }
  if (!draft.is_object) return;
  auto& properties = draft.object.properties;
  for (auto& name : draft.required) {
    const auto found = std::ranges::find(properties, name, &Property::name);
    if (found != properties.end()) {
      found->required = true;
    } else {
      properties.push_back({std::move(name), draft.object.additional, true});
    }
  }
  if (properties.size() > properties_max)
    faults_.add(at, "too_many", "has more than " + std::to_string(properties_max) + " properties");
  auto& by_name = draft.object.by_name;
  for (std::uint32_t i = 0; i < properties.size(); ++i) by_name.push_back(i);
  std::ranges::sort(
      by_name, {}, [&](std::uint32_t i) -> auto& { return properties[i].name; });
  draft.rules.push_back({Keyword::properties, next_index(schema_.objects)});
  schema_.objects.push_back(std::move(draft.object));
}

std::uint32_t SchemaCompiler::finish(Draft& draft) {
  std::ranges::stable_sort(draft.rules, {}, &Rule::keyword);
  const auto index = next_index(schema_.nodes);
  schema_.nodes.push_back({next_index(schema_.rules), next_index(draft.rules), draft.types});
  schema_.rules.insert(schema_.rules.end(), draft.rules.begin(), draft.rules.end());
  return index;
}

Schema compile_schema(const json::Value& value, const Pointer& at, DefinitionFaults& faults,
                      std::string& published) {
  Schema schema;
  schema.nodes.push_back({});  // Schema::anything
  SchemaCompiler compiler(schema, faults, published);
  schema.root = compiler.compile(value, at, 1);
  return schema;
}

const Rule* Schema::find_rule(std::uint32_t node, Keyword keyword) const {
  for (std::uint32_t i = 0; i < nodes[node].count; ++i)
    if (const auto& rule = rules[nodes[node].first + i]; rule.keyword == keyword) return &rule;
  return nullptr;
}

}  // namespace daybook::forms
