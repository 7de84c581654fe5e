#include "domains/forms/definition.h"

#include "domains/forms/definition_parts.h"

#include <algorithm>
#include <utility>

namespace daybook::forms {
namespace {

constexpr std::string_view dialect_member =
    R"("$schema":"https://json-schema.org/draft/2020-12/schema")";

Error no_object(std::string_view what) {
  return Error::field("", "type", std::string(what) + " must be an object");
}

// The schema for clients: with its dialect, and the form's title unless it has its own.
std::string published_schema(const json::Value& schema, std::string_view text,
                             std::string_view title) {
  std::string out = "{";
  if (!schema.find("$schema")) out += dialect_member;
  if (!title.empty() && !schema.find("title")) {
    out += out.size() > 1 ? ",\"title\":" : "\"title\":";
    json::append_string(out, title);
  }
  const auto rest = text.substr(1);
  if (out.size() > 1 && rest != "}") out += ',';
  return out.append(rest);
}

void read_schema(const json::Value& schema, const Pointer& at, Compiled& out,
                 DefinitionFaults& faults, std::string& published) {
  if (!schema.is_object())
    return faults.add(at, "wrong_value", "must be a JSON Schema, as an object");
  out.schema = compile_schema(schema, at, faults, published);
  if ((out.schema.nodes[out.schema.root].types & type_object) == 0)
    faults.add(at, "wrong_value", "must allow an object: the body of a form is one");
}

// The form's own words for a failure; null: it has none.
const std::string* own_words(const std::vector<FieldMessages>& messages, const Failure& failure) {
  const auto own = std::ranges::find(messages, failure.name, &FieldMessages::field);
  if (own == messages.end() || failure.name.empty()) return nullptr;
  const auto text =
      std::ranges::find(own->texts, failure.keyword, &std::pair<Keyword, std::string>::first);
  if (text != own->texts.end()) return &text->second;
  return own->any.empty() ? nullptr : &own->any;
}

Error refusal(const std::vector<FieldMessages>& messages, std::vector<Failure>& failures) {
  std::vector<FieldError> errors;
  errors.reserve(failures.size());
  std::string message;  // of the whole: the first one's, which the form's own words tell alone
  for (auto& failure : failures) {
    const std::string* own = own_words(messages, failure);
    std::string words = own != nullptr ? *own : failure.words;
    if (errors.empty()) {
      const bool is_whole = own != nullptr || words == required_words;
      const std::string field = failure.field.empty() ? "the body" : failure.field;
      message = is_whole ? words : field + " " + words;
    }
    errors.push_back(
        {std::move(failure.field), std::string(name_of(failure.keyword).code), std::move(words)});
  }
  return Error{Errc::invalid, std::move(message), std::move(errors)};
}

}  // namespace

Result<std::shared_ptr<const Definition>> Definition::compile(std::string_view definition_json) {
  if (definition_json.size() > definition_bytes_max)
    return Error{Errc::too_large, "a form definition has at most " +
                                      std::to_string(definition_bytes_max) + " bytes"};
  json::Parser parser;
  DAYBOOK_TRY(const auto value, parser.parse(definition_json, false));
  return compile(value);
}

Result<std::shared_ptr<const Definition>> Definition::compile(const json::Value& definition) {
  if (!definition.is_object()) return no_object("the definition");
  auto parts = std::make_unique<Compiled>();
  parts->definition_json = definition.to_string();
  if (parts->definition_json.size() > definition_bytes_max)
    return Error{Errc::too_large, "a form definition has at most " +
                                      std::to_string(definition_bytes_max) + " bytes"};
  DefinitionFaults faults;
  const Pointer root{};
  std::optional<json::Value> schema, clean, messages;
  definition.each_member([&](std::string_view name, const json::Value& value) {
    const Pointer here{&root, name};
    bool known = false;
    read_option(name, value, here, parts->options, faults, known);
    if (name == "schema") schema = value;
    if (name == "clean") clean = value;
    if (name == "messages") messages = value;
    if (!known && name != "schema" && name != "clean" && name != "messages")
      faults.add(here, "unknown_member", "is not a word of a form definition");
  });
  std::string published;
  if (schema) {
    read_schema(*schema, Pointer{&root, "schema"}, *parts, faults, published);
  } else {
    faults.add(Pointer{&root, "schema"}, "required", "is required");
  }
  if (!faults.empty()) return std::move(faults).error();
  parts->schema_json = published_schema(*schema, published, parts->options.title);
  parts->rules = fields_of(parts->schema);
  parts->rules.honeypot = parts->options.honeypot;
  if (clean) read_clean(*clean, Pointer{&root, "clean"}, *parts, faults);
  if (messages) read_messages(*messages, Pointer{&root, "messages"}, *parts, faults);
  check_options(definition, root, *parts, faults);
  if (!faults.empty()) return std::move(faults).error();
  if (const auto properties = schema->find("properties"))
    properties->each_member(
        [&](std::string_view name, const json::Value&) { parts->columns.emplace_back(name); });
  return std::shared_ptr<const Definition>(std::make_shared<Definition>(std::move(parts)));
}

Definition::Definition(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Definition::~Definition() = default;

const Options& Definition::options() const { return compiled_->options; }
const std::string& Definition::definition_json() const { return compiled_->definition_json; }
const std::string& Definition::schema_json() const { return compiled_->schema_json; }
const std::vector<std::string>& Definition::columns() const { return compiled_->columns; }

Result<std::string_view> Definition::check(const Node& body, bool from_form, Arena& arena) const {
  if (!body.is_object()) return no_object("the body");
  const Node cleaned = clean(compiled_->rules, body, from_form, arena);
  DAYBOOK_TRY(auto failures, find_failures(compiled_->schema, cleaned));
  if (!failures.empty()) return refusal(compiled_->messages, failures);
  std::string text;
  text.reserve(512);
  append_json(text, cleaned);
  return arena.copy(text);
}

std::size_t Definition::memory_bytes() const {
  constexpr std::size_t pattern_bytes = 16 * 1024;  // about, of a usual one
  const auto& parts = *compiled_;
  std::size_t choices = 0;
  for (const auto& list : parts.schema.choices) choices += list.texts.size();
  return sizeof(Compiled) + parts.literals.memory_bytes() + 4 * parts.definition_json.size() +
         parts.schema_json.size() + parts.schema.patterns.size() * pattern_bytes +
         choices * sizeof(std::string);
}

}  // namespace daybook::forms
