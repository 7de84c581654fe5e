// What can have happened in quizzes, and its bytes (schemas/quiz.fbs, version 1).
// An Event carries all that apply and project need and everything decide worked out (points, when a
// question closes, a nickname as compared), so a replay needs no clock and no setting.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace daybook::quiz {

constexpr std::uint16_t event_version = 1;

enum class Kind : std::uint8_t {
  quiz_defined = 0,
  user_defined = 1,
  answered = 2,  // in an open quiz, by a user
  room_opened = 3,
  player_joined = 4,
  player_kicked = 5,
  question_started = 6,
  question_paused = 7,
  question_resumed = 8,
  room_answered = 9,  // by a player of a room
  question_closed = 10,
  room_finished = 11,
};
constexpr std::uint8_t kinds = 12;

// What became of an answer. Late: it reached the server after the question's end; no points.
enum class Reason : std::uint8_t { right = 0, wrong = 1, late = 2 };
std::string_view reason_name(Reason reason);
// Who ended a question or a room: its host, the question's clock, everyone having answered, or
// nobody having done anything for long.
enum class Ender : std::uint8_t { host = 0, clock = 1, everyone = 2, idle = 3 };
std::string_view ender_name(Ender ender);

// Where a room stands.
enum class Phase : std::uint8_t {
  lobby = 0,     // open, not started
  question = 1,  // one is running
  paused = 2,    // one is running, its clock stands
  closed = 3,    // one has ended, the next has not begun
  finished = 4,
};
constexpr std::uint8_t phases = 5;
std::string_view phase_name(Phase phase);

// Strings are views: of the command or decide's arena (live), or of the record (replay).
struct Event {
  Kind kind = Kind::answered;
  UnixUs at{};  // the server's time
  std::string_view quiz;
  std::uint32_t version = 0;
  std::string_view definition;  // quiz_defined: JSON text, canonical
  std::string_view user;
  std::string_view name;      // user_defined: username; player_joined: nickname, as shown
  std::string_view name_key;  // player_joined: the nickname as compared
  Id128 token{};              // user_defined, player_joined, room_opened (the host's)
  std::string_view question;  // answered: question id
  std::int32_t option = 0;    // answered, room_answered: index of the chosen option
  Reason reason = Reason::wrong;
  std::int32_t points = 0;
  UnixUs received{};  // answered, room_answered: when the answer reached the server
  Id128 room{};
  std::uint32_t pin = 0;
  std::string_view options;  // room_opened: JSON text, whole
  std::uint32_t player = 0;  // number in the room, from 1
  std::uint32_t question_index = 0;
  UnixUs closes{};                // question_started, question_resumed
  std::int64_t remaining_us = 0;  // question_paused
  Ender ender = Ender::host;
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::quiz
