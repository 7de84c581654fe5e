#include "domains/projectors/command.h"

#include <daybook/fields.h>
#include <daybook/texts.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <new>

namespace daybook::projectors {
namespace {

// In the order of CommandKind.
constexpr std::array<std::string_view, 11> types{
    "add",  "pause", "resume", "disable",          "reset",        "dead_letter",
    "edit", "retry", "skip",   "letter_delivered", "letter_failed"};

constexpr std::string_view position_rule = "must be a position, 1 to 20 digits";

bool is_small(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_name_char(char c) { return is_small(c) || (c >= 'A' && c <= 'Z') || c == '-'; }

// Reads the members of one line or body into a command, collecting what is wrong.
class Reader {
 public:
  Reader(const json::Value& body, Arena& arena) : body_(body), fields_(body), arena_(arena) {}

  void name(Command& command) {
    const auto text = fields_.text("projector", {.chars_min = 1, .chars_max = name_chars_max});
    if (text && !is_projector_name(*text))
      fields_.fail("projector", "not_a_name", "must be 1 to 64 of A-Z a-z 0-9 _ -");
    command.projector = arena_.copy(text.value_or(std::string_view{}));
  }
  std::string_view word(std::string_view member) {
    const auto text = fields_.text(member, {.chars_min = 1, .chars_max = name_chars_max});
    if (text && !is_word(*text)) fields_.fail(member, "not_a_word", "must be 1 to 64 of a-z 0-9 _");
    return arena_.copy(text.value_or(std::string_view{}));
  }
  void reason(Command& command, bool required) {
    const auto text = fields_.text("reason", {.chars_min = required ? std::size_t{1} : 0,
                                              .chars_max = reason_chars_max,
                                              .required = required});
    command.reason = arena_.copy(text.value_or(std::string_view{}));
  }
  void letter(Command& command) {
    const auto text = fields_.text("position", {.chars_max = 20});
    if (!text) return;
    if (const auto position = parse_position(*text))
      command.position = *position;
    else
      fields_.fail("position", "not_a_position", position_rule);
  }
  // {"position"} or {"all": true}
  void letter_or_all(Command& command) {
    const auto all = fields_.any("all");
    if (!all) return letter(command);
    if (all->kind() != json::Kind::boolean || !all->boolean())
      fields_.fail("all", "type", "must be true");
    if (fields_.any("position"))
      fields_.fail("position", "not_both", "must not stand beside `all`");
  }
  void place(Command& command) {
    const auto text = fields_.text("to", {.chars_max = 20});
    if (!text) return;
    if (*text == "beginning") {
      command.to = ResetTo::beginning;
    } else if (*text == "now") {
      command.to = ResetTo::now;
    } else if (const auto position = parse_position(*text)) {
      command.to = ResetTo::position;
      command.position = *position;
    } else {
      fields_.fail("to", "not_a_place", "must be `beginning`, `now` or a position, 1 to 20 digits");
    }
  }
  UnixUs time(std::string_view member, bool required) {
    const auto text = fields_.text(member, {.chars_max = 64, .required = required});
    if (!text) return {};
    const auto at = parse_time(*text);
    if (!at) fields_.fail(member, "not_a_time", "must be RFC 3339");
    return at.value_or(UnixUs{});
  }
  std::string_view object(std::string_view member) {
    const auto value = fields_.any(member);
    if (value && value->is_object()) return arena_.copy(value->to_string());
    if (body_.is_object())
      fields_.fail(member, value ? "wrong_type" : "missing", "must be an object");
    return {};
  }
  void members(Command& command);
  [[nodiscard]] std::optional<Error> error() const { return fields_.error(); }

 private:
  void letter_content(Command& command);
  void attempts(Command& command);

  json::Value body_;
  json::Fields fields_;
  Arena& arena_;
};

// What each kind has besides its projector.
void Reader::members(Command& command) {
  switch (command.kind) {
    case CommandKind::add:
      command.topic = word("topic");
      command.sink = word("sink");
      return;
    case CommandKind::resume:
      return;
    case CommandKind::pause:
    case CommandKind::disable:
      return reason(command, command.kind == CommandKind::disable);
    case CommandKind::reset:
      return place(command);
    case CommandKind::dead_letter:
      letter(command);
      reason(command, true);
      letter_content(command);
      command.next_try_at = time("next_try_at", false);
      return;
    case CommandKind::edit:
      letter(command);
      command.data = object("data");
      return;
    case CommandKind::retry:
      return letter_or_all(command);
    case CommandKind::skip:
      letter(command);
      return reason(command, true);
    case CommandKind::letter_delivered:
      return letter(command);
    case CommandKind::letter_failed:
      letter(command);
      reason(command, true);
      command.at = time("at", true);
      command.next_try_at = time("next_try_at", false);
      return;
  }
}

// `attempts` and `event` of a dead letter.
void Reader::letter_content(Command& command) {
  attempts(command);
  const auto event = fields_.any("event");
  if (!event || !event->is_object()) {
    fields_.fail("event", event ? "wrong_type" : "missing", "must be an object");
    return;
  }
  Reader inner(*event, arena_);
  EventCopy& copy = command.copy;
  const auto type = inner.fields_.text("type", {.chars_min = 1, .chars_max = type_chars_max});
  const auto key = inner.fields_.text(
      "key", {.chars_max = key_chars_max, .required = false, .control_allowed = true});
  const auto version = inner.fields_.integer(
      "version", {.min = 0, .max = std::numeric_limits<std::uint32_t>::max(), .required = false});
  const auto id = inner.fields_.text("id", {.chars_max = id_text_chars});
  if (id && !parse_id(*id)) inner.fields_.fail("id", "not_an_id", "must be a UUID");
  copy.type = arena_.copy(type.value_or(std::string_view{}));
  copy.key = arena_.copy(key.value_or(std::string_view{}));
  copy.version = static_cast<std::uint32_t>(version.value_or(0));
  if (id) copy.event_id = parse_id(*id).value_or(Id128{});
  copy.server_time = inner.time("time", true);
  copy.data = inner.object("data");
  if (inner.fields_.any("row")) copy.row = inner.object("row");
  if (const auto error = inner.error())
    for (const FieldError& field : error->fields)
      fields_.fail("event." + field.field, field.code, field.message);
}

void Reader::attempts(Command& command) {
  const auto list = fields_.any("attempts");
  if (!list) return;
  if (!list->is_array()) return fields_.fail("attempts", "wrong_type", "must be an array");
  std::size_t count = 0;
  list->each_element([&count](const json::Value&) { ++count; });
  if (count > attempts_max)
    return fields_.fail("attempts", "too_many", "must be at most " + std::to_string(attempts_max));
  auto* kept =
      static_cast<Attempt*>(arena_.allocate(sizeof(Attempt) * (count + 1), alignof(Attempt)));
  count = 0;
  list->each_element([&](const json::Value& value) {
    Reader inner(value, arena_);
    Command attempt;
    inner.reason(attempt, true);
    const UnixUs at = inner.time("at", true);
    if (const auto error = inner.error()) fields_.fail("attempts", "malformed", error->message);
    new (kept + count++) Attempt{at, attempt.reason};
  });
  command.attempts = {kept, count};
}

// A route's {name} and {position}; what is no name is nobody's name.
Result<Command> of_path(CommandKind kind, const Request& request, Arena& arena) {
  Command command;
  command.kind = kind;
  command.projector = arena.copy(request.params.front());
  if (request.params.size() < 2) return command;
  const auto position = parse_position(request.params[1]);
  if (!position) return Error::field("position", "not_a_position", position_rule);
  command.position = *position;
  return command;
}

}  // namespace

bool is_projector_name(std::string_view name) {
  return !name.empty() && name.size() <= name_chars_max &&
         std::all_of(name.begin(), name.end(), is_name_char);
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= name_chars_max &&
         std::all_of(text.begin(), text.end(), is_small);
}

std::optional<Position> parse_position(std::string_view text) {
  Position position;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, position.value);
  if (error != std::errc{} || at != end || position.value == 0 || position == Position::max())
    return std::nullopt;
  return position;
}

Result<Command> parse_line(const json::Value& line, Arena& arena) {
  json::Fields fields(line);
  const auto type = fields.word("type", types);
  if (auto error = fields.error()) return std::move(*error);
  Command command;
  command.kind = static_cast<CommandKind>(*type);
  Reader reader(line, arena);
  reader.name(command);
  reader.members(command);
  if (auto error = reader.error()) return std::move(*error);
  return command;
}

Result<Command> parse_pause(const json::Value& body, const Request& request, Arena& arena) {
  DAYBOOK_TRY(Command command, of_path(CommandKind::pause, request, arena));
  Reader reader(body, arena);
  reader.reason(command, false);
  if (auto error = reader.error()) return std::move(*error);
  return command;
}

Result<Command> parse_resume(const json::Value&, const Request& request, Arena& arena) {
  return of_path(CommandKind::resume, request, arena);
}

Result<Command> parse_reset(const json::Value& body, const Request& request, Arena& arena) {
  DAYBOOK_TRY(Command command, of_path(CommandKind::reset, request, arena));
  Reader reader(body, arena);
  reader.place(command);
  if (auto error = reader.error()) return std::move(*error);
  return command;
}

Result<Command> parse_edit(const json::Value& body, const Request& request, Arena& arena) {
  DAYBOOK_TRY(Command command, of_path(CommandKind::edit, request, arena));
  Reader reader(body, arena);
  command.data = reader.object("data");
  if (auto error = reader.error()) return std::move(*error);
  return command;
}

Result<Command> parse_retry(const json::Value&, const Request& request, Arena& arena) {
  return of_path(CommandKind::retry, request, arena);
}

Result<Command> parse_skip(const json::Value& body, const Request& request, Arena& arena) {
  DAYBOOK_TRY(Command command, of_path(CommandKind::skip, request, arena));
  Reader reader(body, arena);
  reader.reason(command, true);
  if (auto error = reader.error()) return std::move(*error);
  return command;
}

Result<Command> parse_retry_all(const json::Value&, const Request& request, Arena& arena) {
  return of_path(CommandKind::retry, request, arena);
}

}  // namespace daybook::projectors
