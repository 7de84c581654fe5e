#include "domains/consumers/command.h"

#include <daybook/fields.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <string>

namespace daybook::consumers {
namespace {

// In the order of CommandKind.
constexpr std::array<std::string_view, 3> types{"define", "acknowledge", "delete"};

bool is_small(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_name_char(char c) { return is_small(c) || (c >= 'A' && c <= 'Z') || c == '-'; }

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= name_chars_max &&
         std::all_of(text.begin(), text.end(), is_small);
}

bool is_key(std::string_view text) {
  return !text.empty() && json::count_chars(text) <= key_chars_max;
}

// Up to the last but one: the next is a position too. 0: before the first.
std::optional<Position> parse_position(std::string_view text) {
  Position position;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, position.value);
  if (error != std::errc{} || at != end || position == Position::max()) return std::nullopt;
  return position;
}

void read_flag(json::Fields& fields, std::string_view member, bool& flag) {
  const auto value = fields.any(member);
  if (!value) return;
  if (value->kind() == json::Kind::boolean)
    flag = value->boolean();
  else
    fields.fail(member, "type", "must be true or false");
}

// A list of texts that each pass `rule`; absent: none.
std::span<const std::string_view> read_list(json::Fields& fields, std::string_view member,
                                            std::size_t max, bool (*rule)(std::string_view),
                                            std::string_view words, Arena& arena) {
  const auto list = fields.any(member);
  if (!list) return {};
  if (!list->is_array()) {
    fields.fail(member, "type", "must be an array of strings");
    return {};
  }
  std::size_t count = 0;
  bool is_good = true;
  list->each_element([&](const json::Value& value) {
    ++count;
    is_good = is_good && value.is_string() && rule(value.string());
  });
  if (count > max) fields.fail(member, "too_many", "must be at most " + std::to_string(max));
  if (!is_good) fields.fail(member, "malformed", words);
  if (count > max || !is_good) return {};
  auto* kept = static_cast<std::string_view*>(
      arena.allocate(sizeof(std::string_view) * (count + 1), alignof(std::string_view)));
  count = 0;
  list->each_element([&](const json::Value& value) {
    new (kept + count++) std::string_view(arena.copy(value.string()));
  });
  return {kept, count};
}

void read_from(json::Fields& fields, Command& command) {
  const auto text = fields.text("from", {.chars_max = 20, .required = false});
  if (!text) return;
  if (*text == "beginning") {
    command.from = From::beginning;
  } else if (*text == "now") {
    command.from = From::now;
  } else if (const auto position = parse_position(*text); position && position->value != 0) {
    command.from = From::position;
    command.position = *position;
  } else {
    fields.fail("from", "not_a_place", "must be `beginning`, `now` or a position");
  }
}

void read_definition(json::Fields& fields, Command& command, Arena& arena) {
  const auto topic = fields.text("topic", {.chars_min = 1, .chars_max = name_chars_max});
  if (topic && !is_word(*topic)) fields.fail("topic", "not_a_word", "must be 1 to 64 of a-z 0-9 _");
  command.topic = arena.copy(topic.value_or(std::string_view{}));
  command.types =
      read_list(fields, "types", types_max, &is_word, "each must be 1 to 64 of a-z 0-9 _", arena);
  command.keys =
      read_list(fields, "keys", keys_max, &is_key, "each must be 1 to 256 characters", arena);
  read_from(fields, command);
  read_flag(fields, "replace", command.replace);
}

void read_acknowledgement(json::Fields& fields, Command& command) {
  const auto text = fields.text("position", {.chars_max = 20});
  if (!text) return;
  if (const auto position = parse_position(*text))
    command.position = *position;
  else
    fields.fail("position", "not_a_position", "must be a position, 1 to 20 digits");
  read_flag(fields, "back", command.back);
}

Command of_path(CommandKind kind, const Request& request, Arena& arena) {
  Command command;
  command.kind = kind;
  command.name = arena.copy(request.params.front());
  return command;
}

}  // namespace

bool is_consumer_name(std::string_view name) {
  return !name.empty() && name.size() <= name_chars_max &&
         std::all_of(name.begin(), name.end(), is_name_char);
}

Result<Command> parse_line(const json::Value& line, Arena& arena) {
  json::Fields fields(line);
  const auto type = fields.word("type", types);
  if (auto error = fields.error()) return std::move(*error);
  Command command;
  command.kind = static_cast<CommandKind>(*type);
  const auto name = fields.text("name", {.chars_min = 1, .chars_max = name_chars_max});
  if (name && !is_consumer_name(*name))
    fields.fail("name", "not_a_name", "must be 1 to 64 of A-Z a-z 0-9 _ -");
  command.name = arena.copy(name.value_or(std::string_view{}));
  if (command.kind == CommandKind::define) read_definition(fields, command, arena);
  if (command.kind == CommandKind::acknowledge) read_acknowledgement(fields, command);
  if (auto error = fields.error()) return std::move(*error);
  return command;
}

Result<Command> parse_definition(const json::Value& body, const Request& request, Arena& arena) {
  Command command = of_path(CommandKind::define, request, arena);
  if (!is_consumer_name(command.name))
    return Error::field("name", "not_a_name", "must be 1 to 64 of A-Z a-z 0-9 _ -");
  json::Fields fields(body);
  fields.only({"topic", "types", "keys", "from", "replace"});
  read_definition(fields, command, arena);
  if (auto error = fields.error()) return std::move(*error);
  return command;
}

Result<Command> parse_acknowledge(const json::Value& body, const Request& request, Arena& arena) {
  Command command = of_path(CommandKind::acknowledge, request, arena);
  json::Fields fields(body);
  read_acknowledgement(fields, command);
  if (auto error = fields.error()) return std::move(*error);
  return command;
}

Result<Command> parse_delete(const json::Value&, const Request& request, Arena& arena) {
  return of_path(CommandKind::remove, request, arena);
}

}  // namespace daybook::consumers
