// What can be asked of quizzes: JSON -> Command, with every broken rule of the body listed at once.
// One parse function for each command route and each live message; a line of POST /events goes by
// its "type", spelt like the live message. Pure; strings are copied into the Arena. Threads: any.
#pragma once

#include "domains/quiz/events.h"
#include "domains/quiz/texts.h"

#include <daybook/arena.h>
#include <daybook/http.h>
#include <daybook/json.h>
#include <daybook/live.h>
#include <daybook/result.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace daybook::quiz {

constexpr std::size_t id_chars_max = 64;  // of a quiz, a question, a user: visible ASCII
constexpr std::size_t username_chars_max = 100;
constexpr std::int64_t option_index_max = 1'000'000;  // beyond is no number of an option anywhere

enum class CommandKind : std::uint8_t {
  define_quiz,
  define_user,
  submit_answer,  // in an open quiz, by a user
  open_room,
  join_room,
  answer,  // in a room, by a player
  start_room,
  next_question,
  close_question,
  pause_question,
  resume_question,
  finish_room,
  kick_player,
};
constexpr std::size_t command_kinds = 13;

struct Command {
  CommandKind kind = CommandKind::submit_answer;
  UnixUs received{};              // answers: when it reached the server; 0: not told (a line)
  std::string_view quiz;          // define_quiz, submit_answer, open_room
  std::string_view definition;    // define_quiz: canonical JSON text (definition.h)
  std::uint32_t questions = 0;    // define_quiz: how many
  std::string_view user;          // define_user, submit_answer
  std::string_view name;          // define_user: username; join_room: the nickname, cleaned
  std::string_view name_key;      // join_room: the nickname as compared (nickname.h)
  std::optional<Id128> token;     // the user's, the player's or the host's
  std::string_view question;      // submit_answer, answer: question id
  std::int32_t option = 0;        // submit_answer, answer
  RoomRef room{};                 // all of a room that is there
  std::string_view options;       // open_room: canonical JSON text (room_options.h)
  std::uint32_t players_max = 0;  // open_room: as in the options; 0: not given
  std::uint32_t player = 0;       // kick_player: number in the room
};

// The `data` of an NDJSON line, by its required "type":
//   {"type":"define-quiz","quizId":..,"name":..,"open":..,"tokens":..,"questions":[..]}      admin
//   {"type":"define-user","userId":..,"username":..}                                         admin
//   {"type":"open-room","quizId":..,"questionSeconds":..,...}                                admin
//   {"type":"submit-answer","userId":..,"quizId":..,"questionId":..,"answerIndex":..,"token"?:..}
//   {"type":"join-room","pin":.. or "roomId":..,"nickname":..}
//   {"type":"answer","roomId":..,"token":..,"questionId":..,"answerIndex":..}
//   {"type":"start-room","roomId":..,"hostToken":..}, and so next-question, close-question,
//   pause-question, resume-question, finish-room
//   {"type":"kick-player","roomId":..,"hostToken":..,"playerId":..}
Result<Command> parse_line(const json::Value& line, Arena& arena);
// Whether the line is one of the three that only the admin may send.
bool is_admin_line(const json::Value& line);

// --- HTTP. {room} is a PIN or a room id; a token may come as the bearer or in the body.
// PUT /quizzes/{id}
Result<Command> parse_quiz(const json::Value& body, const Request& request, Arena& arena);
// PUT /users/{id}
Result<Command> parse_user(const json::Value& body, const Request& request, Arena& arena);
// POST /quizzes/{id}/answers
Result<Command> parse_submit(const json::Value& body, const Request& request, Arena& arena);
// POST /quizzes/{id}/rooms
Result<Command> parse_open_room(const json::Value& body, const Request& request, Arena& arena);
// POST /rooms/{room}/players
Result<Command> parse_join(const json::Value& body, const Request& request, Arena& arena);
// POST /rooms/{room}/answers
Result<Command> parse_answer(const json::Value& body, const Request& request, Arena& arena);
// POST /rooms/{room}/start, /next, /close, /pause, /resume, /finish
Result<Command> parse_start(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_next(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_close(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_pause(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_resume(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_finish(const json::Value& body, const Request& request, Arena& arena);
// DELETE /rooms/{room}/players/{playerId}
Result<Command> parse_kick(const json::Value& body, const Request& request, Arena& arena);

// --- live messages, named as here with "-" for "_"; payloads as in parse_line without the type
Result<Command> live_submit_answer(const LiveRequest& request, Arena& arena);
Result<Command> live_join_room(const LiveRequest& request, Arena& arena);
Result<Command> live_answer(const LiveRequest& request, Arena& arena);
Result<Command> live_start_room(const LiveRequest& request, Arena& arena);
Result<Command> live_next_question(const LiveRequest& request, Arena& arena);
Result<Command> live_close_question(const LiveRequest& request, Arena& arena);
Result<Command> live_pause_question(const LiveRequest& request, Arena& arena);
Result<Command> live_resume_question(const LiveRequest& request, Arena& arena);
Result<Command> live_finish_room(const LiveRequest& request, Arena& arena);
Result<Command> live_kick_player(const LiveRequest& request, Arena& arena);

}  // namespace daybook::quiz
