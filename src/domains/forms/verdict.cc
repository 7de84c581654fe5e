// Verdicts: JSON -> command, with every broken rule listed.
#include "domains/forms/command.h"

#include <daybook/fields.h>
#include <daybook/texts.h>

#include <charconv>

namespace daybook::forms {
namespace {

// Positions are texts in JSON: they outgrow the whole numbers of a double.
Position read_position(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return Position{error == std::errc{} && at == end ? value : 0};
}

// One finding; the fields of its errors are "findings[3].word".
Finding read_finding(const json::Value& value, std::size_t i, json::Fields& outer, Arena& arena) {
  json::Fields fields(value);
  const auto field = fields.text("field", {.chars_max = field_chars_max});
  const auto word = fields.text("word", {.chars_min = 1, .chars_max = word_chars_max});
  const auto language =
      fields.text("language", {.chars_max = language_chars_max, .required = false});
  if (const auto error = fields.error()) {
    const std::string place = "findings[" + std::to_string(i) + "]";
    for (const FieldError& fault : error->fields)
      outer.fail(fault.field.empty() ? place : place + "." + fault.field, fault.code,
                 fault.message);
    return {};
  }
  return {arena.copy(*field), arena.copy(*word), arena.copy(language.value_or(""))};
}

std::span<const Finding> read_findings(json::Fields& fields, Arena& arena) {
  const auto list = fields.any("findings");
  if (!list || !list->is_array()) {
    fields.fail("findings", list ? "wrong_type" : "missing", "must be a list");
    return {};
  }
  auto* kept =
      static_cast<Finding*>(arena.allocate(sizeof(Finding) * findings_max, alignof(Finding)));
  std::size_t count = 0;
  list->each_element([&](const json::Value& value) {
    if (count < findings_max) new (kept + count) Finding(read_finding(value, count, fields, arena));
    ++count;
  });
  if (count == 0 || count > findings_max) {
    fields.fail("findings", count == 0 ? "missing" : "too_many",
                "must be 1 to " + std::to_string(findings_max));
    return {};
  }
  return {kept, count};
}

}  // namespace

Result<Command> parse_verdict(CommandKind kind, const json::Value& line, Arena& arena) {
  json::Fields fields(line);
  constexpr std::string_view name_rule = "must be 1 to 64 of A-Z a-z 0-9 _ -";
  Command command;
  command.kind = kind;
  for (const auto& [name, to] :
       {std::pair<std::string_view, std::string_view*>{"form", &command.form},
        {"by", &command.by}}) {
    const auto text = fields.text(name, {.chars_min = 1, .chars_max = name_chars_max});
    if (text && !is_form_name(*text)) fields.fail(name, "not_a_name", name_rule);
    if (text) *to = arena.copy(*text);
  }
  if (const auto text = fields.text("submission", {.chars_min = 1})) {
    const auto id = parse_id(*text);
    if (!id) fields.fail("submission", "not_an_id", "must be the id of a submission");
    command.submission = id.value_or(Id128{});
  }
  if (const auto text = fields.text("position", {.chars_min = 1})) {
    command.position = read_position(*text);
    if (command.position.value == 0)
      fields.fail("position", "not_a_position", "must be the position of a submission, as a text");
  }
  if (kind == CommandKind::flag) command.findings = read_findings(fields, arena);
  if (auto error = fields.error()) return std::move(*error);
  return command;
}

}  // namespace daybook::forms
