// What the admin defines: quizzes, users, and rooms that play a quiz.
#include "domains/quiz/decide_parts.h"

#include <string>

namespace daybook::quiz {
namespace {

// Of so many tries one finds a PIN that is free for certain, as long as a third of them at most are
// taken (rooms_limit): each fails with a chance of 1 in 3.
constexpr std::uint64_t pin_tries_max = 200;

// 0: none found.
std::uint32_t free_pin(const State& state, const Id128& token) {
  constexpr std::uint64_t pins = pin_max - pin_min + 1;
  for (std::uint64_t seed = 0; seed < pin_tries_max; ++seed) {
    const auto pin = static_cast<std::uint32_t>(pin_min + hash_of(token, seed) % pins);
    if (state.is_pin_free(pin)) return pin;
  }
  return 0;
}

}  // namespace

Result<Events<Event>> decide_quiz(const State& state, const Policy& policy, const Command& command,
                                  const Context& context) {
  const KnownQuiz* known = state.quizzes().find(command.quiz);
  if (known != nullptr && definition_text(*known->quiz()) == command.definition)
    return Events<Event>{};
  if (command.questions > policy.questions_max)
    return Error::field("questions", "too_many",
                        "must be at most " + std::to_string(policy.questions_max));
  if (known == nullptr && state.quizzes().size() >= policy.quizzes_max)
    return Error{Errc::unavailable, "too many quizzes"};
  if (known != nullptr) {
    if (known->quiz()->version >= versions_max)
      return Error{Errc::unavailable, "this quiz has had too many versions"};
    const QuizPtr next = compile_quiz(command.quiz, 1, command.definition);
    if (next == nullptr) return Error::field("", "not_a_definition", "must be a definition");
    if (known->ids_with(*next) > question_ids_max)
      return Error{Errc::unavailable, "the versions of this quiz have had too many question ids"};
  }
  Event event;
  event.kind = Kind::quiz_defined;
  event.at = context.now;
  event.quiz = command.quiz;
  event.version = known == nullptr ? 1 : known->quiz()->version + 1;
  event.definition = command.definition;
  return Events<Event>{event};
}

Result<Events<Event>> decide_user(const State& state, const Policy& policy, const Command& command,
                                  const Context& context) {
  const std::uint32_t known = state.users().find(command.user);
  if (known != none && state.users().is_called(known, command.name)) return Events<Event>{};
  if (known == none && state.users().size() >= policy.users_max)
    return Error{Errc::unavailable, "too many users"};
  Event event;
  event.kind = Kind::user_defined;
  event.at = context.now;
  event.user = command.user;
  event.name = command.name;
  event.token = known == none ? context.token : state.users().token(known);
  return Events<Event>{event};
}

Result<Events<Event>> decide_open_room(const State& state, const Policy& policy,
                                       const Command& command, const Context& context) {
  const KnownQuiz* known = state.quizzes().find(command.quiz);
  if (known == nullptr) return Error{Errc::not_found, "quiz not found"};
  if (command.players_max > policy.players_max)
    return Error::field("playersMax", "range",
                        "must be from 1 to " + std::to_string(policy.players_max));
  if (state.open_rooms() >= policy.rooms_max) return Error{Errc::unavailable, "too many rooms"};
  const std::uint32_t pin = free_pin(state, context.token);
  if (pin == 0) return Error{Errc::unavailable, "too many rooms"};
  Event event;
  event.kind = Kind::room_opened;
  event.at = context.now;
  event.room = context.id;
  event.quiz = command.quiz;
  event.version = known->quiz()->version;
  event.token = context.token;
  event.pin = pin;
  event.options = command.options;
  return Events<Event>{event};
}

}  // namespace daybook::quiz
