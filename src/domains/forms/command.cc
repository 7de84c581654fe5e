#include "domains/forms/command.h"

#include "domains/forms/definition.h"

#include <daybook/fields.h>
#include <daybook/time_zone.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace daybook::forms {
namespace {

constexpr std::array<std::string_view, 4> types{"submit", "define", "flag", "clear"};

bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Media types are spelt in any case; parameters follow a ";".
bool is_form_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  std::transform(type.begin(), type.end(), type.begin(), lower);
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type == "application/x-www-form-urlencoded" || type == "multipart/form-data";
}

// Epoch milliseconds, as a number or as the text of a hidden input. What is neither is not told.
UnixMs read_started(const Node& node) {
  if (node.kind == json::Kind::integer) return {std::max<std::int64_t>(node.integer, 0)};
  if (!node.is_text()) return {};
  std::int64_t ms = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [at, error] = std::from_chars(node.text.data(), end, ms);
  return {error == std::errc{} && at == end ? std::max<std::int64_t>(ms, 0) : 0};
}

// Takes the control members out of the body.
Result<Command> read_body(const json::Value& body, Arena& arena) {
  if (!body.is_object()) return Error::field("", "not_an_object", "the body must be an object");
  const Node& node = *copy_node(body, arena);
  auto* kept = static_cast<Member*>(
      arena.allocate(sizeof(Member) * (node.members.size() + 1), alignof(Member)));
  std::size_t count = 0;
  Command command;
  for (const Member& member : node.members) {
    if (member.name == started_member) {
      command.started = read_started(*member.value);
    } else if (member.name == redirect_member) {
      if (!member.value->is_text() || member.value->text.size() > redirect_chars_max)
        return Error::field(redirect_member, "not_allowed", "is not a page of this form");
      command.redirect = member.value->text;
    } else {
      new (kept + count++) Member(member);
    }
  }
  Node object;
  object.kind = json::Kind::object;
  object.members = {kept, count};
  command.body = arena.make<Node>(object);
  return command;
}

Result<Command> read_definition(std::string_view form, const json::Value& body, Arena& arena) {
  DAYBOOK_TRY(const auto definition, Definition::compile(body));
  if (!TimeZone::exists(definition->options().time_zone))
    return Error::field("/time_zone", "unknown_zone",
                        "must be an IANA time zone, for example Asia/Jakarta");
  Command command;
  command.kind = CommandKind::define;
  command.form = arena.copy(form);
  command.definition = arena.copy(definition->definition_json());
  return command;
}

Error name_error(std::string_view field) {
  return Error::field(field, "not_a_name", "must be 1 to 64 of A-Z a-z 0-9 _ -");
}

}  // namespace

bool is_form_name(std::string_view name) {
  return !name.empty() && name.size() <= name_chars_max &&
         std::all_of(name.begin(), name.end(), is_name_char);
}

Result<Command> parse_line(const json::Value& line, Arena& arena) {
  json::Fields fields(line);
  const std::size_t type = fields.word("type", types, false).value_or(0);
  if (type >= 2)
    return parse_verdict(type == 2 ? CommandKind::flag : CommandKind::clear, line, arena);
  const bool is_define = type == 1;
  const auto form = fields.text("form", {.chars_min = 1, .chars_max = name_chars_max});
  if (form && !is_form_name(*form)) {
    const Error error = name_error("form");
    fields.fail("form", error.fields.front().code, error.fields.front().message);
  }
  const std::string_view member = is_define ? "definition" : "body";
  const auto content = fields.any(member);
  if (line.is_object() && (!content || !content->is_object()))
    fields.fail(member, content ? "wrong_type" : "missing", "must be an object");
  if (auto error = fields.error()) return std::move(*error);

  if (is_define) return read_definition(*form, *content, arena);
  DAYBOOK_TRY(Command command, read_body(*content, arena));
  command.form = arena.copy(*form);
  command.redirect = {};
  return command;
}

Result<Command> parse_definition(const json::Value& body, const Request& request, Arena& arena) {
  const std::string_view name = request.params.front();
  if (!is_form_name(name)) return name_error("name");
  return read_definition(name, body, arena);
}

Result<Command> parse_submission(const json::Value& body, const Request& request, Arena& arena) {
  std::string_view name = request.path;  // "/demo-form/"
  if (!request.params.empty()) {
    name = request.params.front();
  } else {
    while (name.starts_with('/')) name.remove_prefix(1);
    while (name.ends_with('/')) name.remove_suffix(1);
  }
  DAYBOOK_TRY(Command command, read_body(body, arena));
  command.form = arena.copy(name);
  command.from_form = is_form_type(request.content_type);
  command.origin = arena.copy(request.origin);
  return command;
}

}  // namespace daybook::forms
