// The bodies of successful writes: from the command and its events only, or, when nothing changed,
// from what is there already.
#include "domains/quiz/domain.h"

#include <daybook/json.h>

namespace daybook::quiz {
namespace {

constexpr int created = 201;

std::string quiz_body(std::string_view id, std::uint32_t version) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("id", id).member("version", std::uint64_t{version}).end_object();
  return body;
}

std::string user_body(const Command& command, const Id128& token) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("id", command.user).member("username", command.name);
  out.member("token", token_text(token)).end_object();
  return body;
}

std::string submit_body(const Command& command, const Event& event) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("quizId", command.quiz).member("questionId", command.question);
  out.member("right", event.reason == Reason::right);
  out.member("score", std::int64_t{event.points}).end_object();
  return body;
}

Answer opened_answer(const Event& event) {
  Answer answer;
  answer.status = created;
  answer.location = "/rooms/" + id_text(event.room);
  json::Writer out(answer.body);
  out.begin_object().member("roomId", id_text(event.room));
  out.member("pin", std::to_string(event.pin)).member("hostToken", token_text(event.token));
  out.end_object();
  return answer;
}

Answer joined_answer(const Event& event) {
  Answer answer;
  answer.status = created;
  json::Writer out(answer.body);
  out.begin_object().member("roomId", id_text(event.room));
  out.member("playerId", std::to_string(event.player)).member("token", token_text(event.token));
  out.member("nickname", event.name).end_object();
  return answer;
}

// The last event of a host's command says where the room stands then.
std::string host_body(const Event& event) {
  Phase phase = Phase::finished;
  if (event.kind == Kind::question_started || event.kind == Kind::question_resumed)
    phase = Phase::question;
  if (event.kind == Kind::question_paused) phase = Phase::paused;
  if (event.kind == Kind::question_closed) phase = Phase::closed;
  std::string body;
  json::Writer out(body);
  out.begin_object().member("roomId", id_text(event.room)).member("state", phase_name(phase));
  out.member("questionIndex", std::uint64_t{event.question_index});
  if (phase == Phase::question) out.member("closesAt", to_ms(event.closes).value);
  if (phase == Phase::paused) out.member("remainingMs", event.remaining_us / 1000);
  out.end_object();
  return body;
}

// The same of a room that stood there before.
std::string room_body(const Room& room) {
  Event event;
  event.room = room.id;
  event.question_index = room.question;
  if (room.phase == Phase::question) event.closes = room.clock.end();
  if (room.phase == Phase::paused) event.remaining_us = room.clock.left_us();
  event.kind = room.phase == Phase::question ? Kind::question_started
               : room.phase == Phase::paused ? Kind::question_paused
               : room.phase == Phase::closed ? Kind::question_closed
                                             : Kind::room_finished;
  return host_body(event);
}

Answer of_body(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

}  // namespace

Answer Domain::answer(const Command& command, std::span<const Event> events) {
  if (command.kind == CommandKind::kick_player || events.empty()) return of_body("{}");
  const Event& event = events.front();
  switch (command.kind) {
    case CommandKind::define_quiz:
      return of_body(quiz_body(command.quiz, event.version));
    case CommandKind::define_user:
      return of_body(user_body(command, event.token));
    case CommandKind::submit_answer:
      return of_body(submit_body(command, event));
    case CommandKind::open_room:
      return opened_answer(event);
    case CommandKind::join_room:
      return joined_answer(event);
    case CommandKind::answer:
      return of_body(R"({"accepted":true})");
    default:
      return of_body(host_body(events.back()));
  }
}

Answer Domain::unchanged(const State& state, const Command& command) {
  switch (command.kind) {
    case CommandKind::define_quiz:
      return of_body(quiz_body(command.quiz, state.quizzes().find(command.quiz)->quiz()->version));
    case CommandKind::define_user:
      return of_body(user_body(command, state.users().token(state.users().find(command.user))));
    case CommandKind::kick_player:
      return of_body("{}");
    default:
      return of_body(room_body(*state.room(command.room)));
  }
}

}  // namespace daybook::quiz
