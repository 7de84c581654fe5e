#include "domains/forms/definition_parts.h"

#include <algorithm>

namespace daybook::forms {
namespace {

// The field of that name, or nullptr and a fault.
FieldRule* named_field(std::string_view name, const Pointer& at, Compiled& out,
                       DefinitionFaults& faults) {
  const auto found = std::ranges::find(out.rules.fields, name, &FieldRule::name);
  if (found != out.rules.fields.end()) return &*found;
  faults.add(at, "unknown_field", "is not one of the schema's own properties");
  return nullptr;
}

void read_default(const json::Value& step, const Pointer& at, FieldRule& field, Compiled& out,
                  DefinitionFaults& faults) {
  std::optional<json::Value> value;
  bool lone = true;
  step.each_member([&](std::string_view name, const json::Value& member) {
    lone = lone && name == "default";
    value = member;
  });
  if (!lone || !value || field.default_value != nullptr)
    return faults.add(at, "wrong_value", "must be one {\"default\": value} of a field");
  field.default_value = copy_node(*value, out.literals);
  const auto& object =
      out.schema.objects[out.schema.find_rule(out.schema.root, Keyword::properties)->index];
  const auto& property = object.properties[object.find(field.name, 0)];
  if (!passes(out.schema, property.node, *field.default_value))
    faults.add(at, "wrong_value", "is a default that the field's own schema refuses");
}

void read_steps(const json::Value& value, const Pointer& at, FieldRule& field, Compiled& out,
                DefinitionFaults& faults) {
  if (!value.is_array()) return faults.add(at, "wrong_value", "must be a list of clean-up rules");
  std::size_t index = 0;
  value.each_element([&](const json::Value& step) {
    const auto place = index_text(index++);
    const Pointer here{&at, place};
    if (index > clean_steps_max) {
      if (index == clean_steps_max + 1)
        faults.add(at, "too_many", "at most " + std::to_string(clean_steps_max) + " rules a field");
      return;
    }
    if (step.is_object()) return read_default(step, here, field, out, faults);
    const auto known = step.is_string() ? find_clean_step(step.string()) : std::nullopt;
    if (known) {
      field.steps.push_back(*known);
    } else {
      faults.add(here, "unknown_rule",
                 "must be trim, lowercase, normalize_email, text, drop_empty or {\"default\": "
                 "value}");
    }
  });
}

std::optional<Keyword> find_keyword(std::string_view json) {
  for (std::size_t i = 0; i < keyword_count; ++i)
    if (name_of(static_cast<Keyword>(i)).json == json) return static_cast<Keyword>(i);
  return std::nullopt;
}

// The text, or empty and a fault.
std::string read_words(const json::Value& value, const Pointer& at, DefinitionFaults& faults) {
  if (value.is_string() && !value.string().empty() && value.string().size() <= message_bytes_max)
    return std::string(value.string());
  faults.add(at, "wrong_value",
             "must be a text of 1 to " + std::to_string(message_bytes_max) + " bytes");
  return {};
}

}  // namespace

FieldRules fields_of(const Schema& schema) {
  FieldRules rules;
  const Rule* rule = schema.find_rule(schema.root, Keyword::properties);
  if (rule == nullptr) return rules;
  const auto& object = schema.objects[rule->index];
  for (const auto& property : object.properties) {
    FieldRule field;
    field.name = property.name;
    field.required = property.required;
    field.types = schema.nodes[property.node].types;
    if (const Rule* items = schema.find_rule(property.node, Keyword::items))
      field.item_types = schema.nodes[items->index].types;
    rules.fields.push_back(std::move(field));
  }
  rules.by_name = object.by_name;
  return rules;
}

void read_clean(const json::Value& value, const Pointer& at, Compiled& out,
                DefinitionFaults& faults) {
  if (!value.is_object())
    return faults.add(at, "wrong_value", "must be an object of fields and their clean-up rules");
  value.each_member([&](std::string_view name, const json::Value& steps) {
    const Pointer here{&at, name};
    if (auto* field = named_field(name, here, out, faults))
      read_steps(steps, here, *field, out, faults);
  });
}

void read_messages(const json::Value& value, const Pointer& at, Compiled& out,
                   DefinitionFaults& faults) {
  if (!value.is_object())
    return faults.add(at, "wrong_value", "must be an object of fields and their messages");
  value.each_member([&](std::string_view name, const json::Value& words) {
    const Pointer here{&at, name};
    if (named_field(name, here, out, faults) == nullptr) return;
    auto& messages = out.messages.emplace_back();
    messages.field = name;
    if (!words.is_object()) {
      messages.any = read_words(words, here, faults);
      return;
    }
    words.each_member([&](std::string_view keyword, const json::Value& text) {
      const Pointer place{&here, keyword};
      if (keyword == "*") {
        messages.any = read_words(text, place, faults);
      } else if (const auto known = find_keyword(keyword)) {
        messages.texts.emplace_back(*known, read_words(text, place, faults));
      } else {
        faults.add(place, "unknown_keyword", "must be a keyword of the subset that can fail, or *");
      }
    });
  });
}

}  // namespace daybook::forms
