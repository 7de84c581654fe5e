#include "domains/quiz/command.h"

#include "domains/quiz/definition.h"
#include "domains/quiz/nickname.h"
#include "domains/quiz/room_options.h"
#include "domains/quiz/room_ref.h"

#include <daybook/fields.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace daybook::quiz {
namespace {

// By CommandKind.
constexpr std::array<std::string_view, command_kinds> types{
    "define-quiz",     "define-user", "submit-answer", "open-room",      "join-room",
    "answer",          "start-room",  "next-question", "close-question", "pause-question",
    "resume-question", "finish-room", "kick-player"};
constexpr std::int64_t player_max = std::numeric_limits<std::uint32_t>::max();

bool is_admin_kind(CommandKind kind) {
  return kind == CommandKind::define_quiz || kind == CommandKind::define_user ||
         kind == CommandKind::open_room;
}

Command of_kind(CommandKind kind) {
  Command command;
  command.kind = kind;
  return command;
}

// The text of a token that is no token is wrong as any other token is, so decide refuses it.
Id128 token_or_zero(std::string_view text) { return parse_token(text).value_or(Id128{}); }

void read_token(json::Fields& fields, std::string_view member, Command& command) {
  constexpr json::TextRule rule{.chars_max = 256, .required = false};
  if (const auto text = fields.text(member, rule)) command.token = token_or_zero(*text);
}

void read_name(json::Fields& fields, Command& command, Arena& arena) {
  constexpr std::string_view member = "nickname";
  const auto text = fields.text(member, {.chars_max = nickname_bytes_max, .control_allowed = true});
  if (!text) return;
  const auto nickname = make_nickname(*text);
  if (!nickname.ok()) {
    const FieldError& wrong = nickname.error().fields.front();
    return fields.fail(member, wrong.code, wrong.message);
  }
  command.name = arena.copy(nickname->shown);
  command.name_key = arena.copy(nickname->key);
}

void read_answer(json::Fields& fields, Command& command, Arena& arena) {
  const auto question = read_id(fields, "questionId");
  const auto option = fields.integer("answerIndex", {.min = 0, .max = option_index_max});
  command.question = arena.copy(question.value_or(""));
  command.option = static_cast<std::int32_t>(option.value_or(0));
}

void read_quiz_id(json::Fields& fields, Command& command, Arena& arena) {
  command.quiz = arena.copy(read_id(fields, "quizId").value_or(""));
}

void read_user_id(json::Fields& fields, Command& command, Arena& arena) {
  command.user = arena.copy(read_id(fields, "userId").value_or(""));
}

// --- the members of one kind that are the same on every way in

void read_definition_into(json::Fields& fields, Command& command, Arena& arena) {
  const Quiz quiz = read_definition(fields);
  command.questions = static_cast<std::uint32_t>(quiz.questions.size());
  if (!fields.error()) command.definition = arena.copy(definition_text(quiz));
}

void read_options_into(json::Fields& fields, Command& command, Arena& arena) {
  const RoomOptions options = read_options(fields);
  command.players_max = options.players_max;
  command.options = arena.copy(options_text(options));
}

void read_username(json::Fields& fields, Command& command, Arena& arena) {
  const auto name = fields.text("username", {.chars_min = 1, .chars_max = username_chars_max});
  command.name = arena.copy(name.value_or(""));
}

// All of a message or a line but its type.
void read_members(json::Fields& fields, Command& command, Arena& arena) {
  switch (command.kind) {
    case CommandKind::define_quiz:
      read_quiz_id(fields, command, arena);
      read_definition_into(fields, command, arena);
      return fields.only({"type", "quizId", "name", "open", "tokens", "questions"});
    case CommandKind::define_user:
      read_user_id(fields, command, arena);
      return read_username(fields, command, arena);
    case CommandKind::open_room:
      read_quiz_id(fields, command, arena);
      read_options_into(fields, command, arena);
      return fields.only({"type", "quizId", "questionSeconds", "closeWhenAnswered", "playersMax",
                          "nicknameWords"});
    case CommandKind::submit_answer:
      read_user_id(fields, command, arena);
      read_quiz_id(fields, command, arena);
      read_token(fields, "token", command);
      return read_answer(fields, command, arena);
    case CommandKind::join_room:
      command.room = read_room(fields);
      return read_name(fields, command, arena);
    case CommandKind::answer:
      command.room = read_room(fields);
      read_token(fields, "token", command);
      return read_answer(fields, command, arena);
    case CommandKind::kick_player:
      command.player = static_cast<std::uint32_t>(
          fields.integer("playerId", {.min = 1, .max = player_max}).value_or(0));
      [[fallthrough]];
    default:
      command.room = read_room(fields);
      read_token(fields, "hostToken", command);
  }
}

Result<Command> finish(const json::Fields& fields, const Command& command) {
  if (auto error = fields.error()) return std::move(*error);
  return command;
}

Result<Command> parse_live(CommandKind kind, const LiveRequest& request, Arena& arena) {
  json::Fields fields(request.payload);
  if (!request.payload.is_object()) return *fields.error();
  Command command = of_kind(kind);
  command.received = request.now;
  read_members(fields, command, arena);
  return finish(fields, command);
}

// A quiz's or a user's id as the path has it.
std::string_view path_id(json::Fields& fields, const Request& request, std::string_view name,
                         Arena& arena) {
  const std::string_view id = request.params.front();
  if (!is_id(id)) fields.fail(name, "not_an_id", "must be 1 to 64 characters of visible ASCII");
  return arena.copy(id);
}

Error no_such_room() { return Error{Errc::not_found, "room not found"}; }

// The token of the body, or else the bearer.
void read_token_or_bearer(json::Fields& fields, std::string_view member, const Request& request,
                          Command& command) {
  read_token(fields, member, command);
  if (!command.token && !request.bearer.empty()) command.token = token_or_zero(request.bearer);
}

Result<Command> parse_host(CommandKind kind, const json::Value& body, const Request& request) {
  const auto room = parse_room(request.params.front());
  if (!room) return no_such_room();
  json::Fields fields(body);
  Command command = of_kind(kind);
  command.room = *room;
  read_token_or_bearer(fields, "hostToken", request, command);
  return finish(fields, command);
}

}  // namespace

bool is_admin_line(const json::Value& line) {
  if (!line.is_object()) return false;
  const auto type = line.find("type");
  if (!type || !type->is_string()) return false;
  const auto at = std::ranges::find(types, type->string());
  return at != types.end() && is_admin_kind(static_cast<CommandKind>(at - types.begin()));
}

Result<Command> parse_line(const json::Value& line, Arena& arena) {
  json::Fields fields(line);
  const auto type = fields.word("type", types);
  if (!type) return *fields.error();
  Command command = of_kind(static_cast<CommandKind>(*type));
  read_members(fields, command, arena);
  return finish(fields, command);
}

Result<Command> parse_quiz(const json::Value& body, const Request& request, Arena& arena) {
  json::Fields fields(body);
  if (!body.is_object()) return *fields.error();
  Command command = of_kind(CommandKind::define_quiz);
  command.quiz = path_id(fields, request, "id", arena);
  read_definition_into(fields, command, arena);
  fields.only({"name", "open", "tokens", "questions"});
  return finish(fields, command);
}

Result<Command> parse_user(const json::Value& body, const Request& request, Arena& arena) {
  json::Fields fields(body);
  Command command = of_kind(CommandKind::define_user);
  command.user = path_id(fields, request, "id", arena);
  read_username(fields, command, arena);
  return finish(fields, command);
}

Result<Command> parse_submit(const json::Value& body, const Request& request, Arena& arena) {
  json::Fields fields(body);
  Command command = of_kind(CommandKind::submit_answer);
  command.received = request.now;
  command.quiz = arena.copy(request.params.front());
  read_user_id(fields, command, arena);
  read_token(fields, "token", command);
  // A bearer of another shape is not the user's: a server that speaks for its users sends its key.
  if (!command.token) command.token = parse_token(request.bearer);
  read_answer(fields, command, arena);
  return finish(fields, command);
}

Result<Command> parse_open_room(const json::Value& body, const Request& request, Arena& arena) {
  json::Fields fields(body);
  Command command = of_kind(CommandKind::open_room);
  command.quiz = arena.copy(request.params.front());
  read_options_into(fields, command, arena);
  fields.only({"questionSeconds", "closeWhenAnswered", "playersMax", "nicknameWords"});
  return finish(fields, command);
}

Result<Command> parse_join(const json::Value& body, const Request& request, Arena& arena) {
  const auto room = parse_room(request.params.front());
  if (!room) return no_such_room();
  json::Fields fields(body);
  Command command = of_kind(CommandKind::join_room);
  command.room = *room;
  read_name(fields, command, arena);
  return finish(fields, command);
}

Result<Command> parse_answer(const json::Value& body, const Request& request, Arena& arena) {
  const auto room = parse_room(request.params.front());
  if (!room) return no_such_room();
  json::Fields fields(body);
  Command command = of_kind(CommandKind::answer);
  command.received = request.now;
  command.room = *room;
  read_token_or_bearer(fields, "token", request, command);
  read_answer(fields, command, arena);
  return finish(fields, command);
}

Result<Command> parse_start(const json::Value& body, const Request& request, Arena&) {
  return parse_host(CommandKind::start_room, body, request);
}
Result<Command> parse_next(const json::Value& body, const Request& request, Arena&) {
  return parse_host(CommandKind::next_question, body, request);
}
Result<Command> parse_close(const json::Value& body, const Request& request, Arena&) {
  return parse_host(CommandKind::close_question, body, request);
}
Result<Command> parse_pause(const json::Value& body, const Request& request, Arena&) {
  return parse_host(CommandKind::pause_question, body, request);
}
Result<Command> parse_resume(const json::Value& body, const Request& request, Arena&) {
  return parse_host(CommandKind::resume_question, body, request);
}
Result<Command> parse_finish(const json::Value& body, const Request& request, Arena&) {
  return parse_host(CommandKind::finish_room, body, request);
}

Result<Command> parse_kick(const json::Value& body, const Request& request, Arena&) {
  const auto room = parse_room(request.params.front());
  if (!room) return no_such_room();
  const std::string_view number = request.params.back();
  Command command = of_kind(CommandKind::kick_player);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), command.player);
  if (error != std::errc{} || end != number.data() + number.size() || command.player == 0)
    return Error{Errc::not_found, "player not found"};
  command.room = *room;
  if (!request.bearer.empty()) command.token = token_or_zero(request.bearer);
  if (!body.is_object()) return command;  // a DELETE needs no body
  json::Fields fields(body);
  read_token(fields, "hostToken", command);
  return finish(fields, command);
}

Result<Command> live_submit_answer(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::submit_answer, request, arena);
}
Result<Command> live_join_room(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::join_room, request, arena);
}
Result<Command> live_answer(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::answer, request, arena);
}
Result<Command> live_start_room(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::start_room, request, arena);
}
Result<Command> live_next_question(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::next_question, request, arena);
}
Result<Command> live_close_question(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::close_question, request, arena);
}
Result<Command> live_pause_question(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::pause_question, request, arena);
}
Result<Command> live_resume_question(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::resume_question, request, arena);
}
Result<Command> live_finish_room(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::finish_room, request, arena);
}
Result<Command> live_kick_player(const LiveRequest& request, Arena& arena) {
  return parse_live(CommandKind::kick_player, request, arena);
}

}  // namespace daybook::quiz
