// Answers: by a user in an open quiz, and by a player in a room. The first one of a person to a
// question counts, whatever it is.
#include "domains/quiz/decide_parts.h"

#include <algorithm>
#include <string>

namespace daybook::quiz {
namespace {

constexpr std::int32_t open_points = 1;  // of a right answer in an open quiz

Error answered_already() { return Error{Errc::conflict, "User already answered"}; }

// When it came: not told for a line, and never after it is decided.
UnixUs received_at(const Command& command, UnixUs now) {
  return command.received.value == 0 ? now : std::min(command.received, now);
}

std::optional<Error> wrong_option(const Question& question, std::int32_t option) {
  if (option >= 0 && static_cast<std::size_t>(option) < question.options.size())
    return std::nullopt;
  return Error::field("answerIndex", "range",
                      "must be from 0 to " + std::to_string(question.options.size() - 1));
}

Reason judge(const Question& question, std::int32_t option) {
  return static_cast<std::uint32_t>(option) == question.answer ? Reason::right : Reason::wrong;
}

// Whether the room's newest question takes an answer that came then; an error when it does not.
std::optional<Error> wrong_question(const Room& room, std::uint32_t question, UnixUs received) {
  if (room.phase == Phase::lobby || question > room.question)
    return Error{Errc::conflict, "the question has not begun"};
  if (question < room.question) return Error{Errc::conflict, "the question is over"};
  if (room.phase == Phase::paused && received > room.clock.end())
    return Error{Errc::conflict, "the question is paused"};
  return std::nullopt;
}

}  // namespace

Result<Events<Event>> decide_submit(const State& state, const Command& command,
                                    const Context& context) {
  const KnownQuiz* known = state.quizzes().find(command.quiz);
  if (known == nullptr || !known->quiz()->open) return Error{Errc::not_found, "quiz not found"};
  const Quiz& quiz = *known->quiz();
  const std::uint32_t user = state.users().find(command.user);
  if (user == none) return Error{Errc::not_found, "user not found"};
  if (quiz.tokens && !command.token)
    return Error{Errc::unauthenticated, "this quiz asks for the user's token"};
  if (command.token && !is_same_token(*command.token, state.users().token(user)))
    return Error{Errc::forbidden, "the token is not this user's"};
  const auto place = quiz.find(command.question);
  if (!place) return Error{Errc::not_found, "question not found"};
  const Question& question = quiz.questions[*place];
  if (auto wrong = wrong_option(question, command.option)) return std::move(*wrong);
  if (known->has_answered(*place, user)) return answered_already();

  Event event;
  event.kind = Kind::answered;
  event.at = context.now;
  event.quiz = command.quiz;
  event.version = quiz.version;
  event.user = command.user;
  event.question = command.question;
  event.question_index = *place;
  event.option = command.option;
  event.reason = judge(question, command.option);
  event.points = event.reason == Reason::right ? open_points : 0;
  event.received = received_at(command, context.now);
  return Events<Event>{event};
}

Result<Events<Event>> decide_answer(const State& state, const Command& command,
                                    const Context& context) {
  DAYBOOK_TRY(const Room* found, open_room_of(state, command));
  const Room& room = *found;
  if (!command.token) return Error{Errc::unauthenticated, "answering needs the player's token"};
  const std::uint32_t player = room.seats.find(*command.token);
  if (player == 0) return Error{Errc::forbidden, "the token is no player's of this room"};
  if (room.seats.is_kicked(player))
    return Error{Errc::forbidden, "the host has put this player out"};
  const auto place = room.quiz->find(command.question);
  if (!place) return Error{Errc::not_found, "question not found"};
  const UnixUs received = received_at(command, context.now);
  if (auto wrong = wrong_question(room, *place, received)) return std::move(*wrong);
  const Question& question = room.quiz->questions[*place];
  if (auto wrong = wrong_option(question, command.option)) return std::move(*wrong);
  if (room.seats.has_answered(player)) return answered_already();

  Event event = event_of_room(room, Kind::room_answered, context.now);
  event.player = player;
  event.option = command.option;
  event.reason = received > room.clock.end() ? Reason::late : judge(question, command.option);
  event.received = received;
  if (event.reason == Reason::right) {
    event.points = points_of(question.points, room.clock.taken_us(received), room.question_us());
  }
  Events<Event> events{event};
  close_if_answered(room, room.seats.seated(), room.seats.answered() + 1, context.now, events);
  return events;
}

}  // namespace daybook::quiz
