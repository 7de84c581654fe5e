#include "domains/quiz/audit.h"

#include "domains/quiz/texts.h"

#include <algorithm>

namespace daybook::quiz {
namespace {

std::string numbers(std::string_view what, std::int64_t is, std::int64_t must) {
  return std::string(what) + " " + std::to_string(is) + ", must be " + std::to_string(must);
}

// Right or wrong by the definition; "" when the event says so too.
std::string judged(const Question& question, const Event& event) {
  if (event.option < 0 || static_cast<std::size_t>(event.option) >= question.options.size())
    return "the question has no such option";
  const bool is_right = static_cast<std::uint32_t>(event.option) == question.answer;
  if (event.reason == (is_right ? Reason::right : Reason::wrong)) return {};
  return "said to be " + std::string(reason_name(event.reason)) + ", is not";
}

}  // namespace

Result<void> Audit::check(const Event& event, const EventMeta& meta) {
  std::string broken;
  switch (event.kind) {
    case Kind::quiz_defined:
      broken = define(event);
      break;
    case Kind::user_defined:
      users_.emplace(event.user);
      break;
    case Kind::answered:
      broken = answer(event);
      break;
    case Kind::room_opened:
      broken = open(event);
      break;
    default:
      broken = change(event);
  }
  if (broken.empty()) return {};
  std::string where = "quiz: position " + std::to_string(meta.position.value);
  if (!event.quiz.empty()) where += ", quiz " + std::string(event.quiz);
  if (!event.user.empty()) where += ", user " + std::string(event.user);
  if (!event.room.is_zero()) where += ", room " + id_text(event.room);
  if (event.player != 0) where += ", player " + std::to_string(event.player);
  return Error{Errc::corrupt, where + ": " + broken};
}

std::string Audit::define(const Event& event) {
  OneQuiz& one = quizzes_[std::string(event.quiz)];
  const std::uint32_t next = one.quiz == nullptr ? 1 : one.quiz->version + 1;
  if (event.version != next) return numbers("the version is", event.version, next);
  one.quiz = compile_quiz(event.quiz, event.version, event.definition);
  return one.quiz == nullptr ? "the definition cannot be read" : "";
}

std::string Audit::answer(const Event& event) {
  const auto at = quizzes_.find(event.quiz);
  if (at == quizzes_.end() || !at->second.quiz->open) return "the quiz is not open";
  if (!users_.contains(event.user)) return "the user is not known";
  const Quiz& quiz = *at->second.quiz;
  if (event.version != quiz.version) return numbers("answers version", event.version, quiz.version);
  const auto place = quiz.find(event.question);
  if (!place) return "the quiz has no such question";
  if (auto wrong = judged(quiz.questions[*place], event); !wrong.empty()) return wrong;
  const std::int32_t points = event.reason == Reason::right ? 1 : 0;
  if (event.points != points) return numbers("points", event.points, points);
  const bool is_first = at->second.answers.emplace(event.question, event.user).second;
  return is_first ? "" : "a second answer to one question counts";
}

std::string Audit::open(const Event& event) {
  const auto at = quizzes_.find(event.quiz);
  if (at == quizzes_.end()) return "the quiz is not defined";
  if (at->second.quiz->version != event.version)
    return numbers("plays version", event.version, at->second.quiz->version);
  if (!pins_.insert(event.pin).second) return "another open room has the PIN";
  const auto [room, is_new] = rooms_.try_emplace(event.room);
  if (!is_new) return "the room's id is used already";
  room->second.quiz = at->second.quiz;
  room->second.options = compile_options(event.options);
  room->second.pin = event.pin;
  return {};
}

std::string Audit::change(const Event& event) {
  const auto at = rooms_.find(event.room);
  if (at == rooms_.end()) return "there is no such room";
  OneRoom& room = at->second;
  if (room.phase == Phase::finished) return "the room had finished before";
  switch (event.kind) {
    case Kind::player_joined:
      return join(room, event);
    case Kind::player_kicked:
      return kick(room, event);
    case Kind::question_started:
      return start(room, event);
    case Kind::room_answered:
      return room_answer(room, event);
    case Kind::room_finished:
      return finish(room);
    default:
      return turn_clock(room, event);
  }
}

std::string Audit::join(OneRoom& room, const Event& event) {
  if (event.player != ++room.players) return numbers("joined as", event.player, room.players);
  if (!room.names.emplace(event.name_key).second) return "another player has the nickname";
  return room.tokens.insert(event.token).second ? "" : "another player has the token";
}

std::string Audit::kick(OneRoom& room, const Event& event) {
  if (event.player > room.players) return "there is no such player";
  return room.kicked.insert(event.player).second ? "" : "put out twice";
}

std::string Audit::start(OneRoom& room, const Event& event) {
  const std::uint32_t next = room.phase == Phase::lobby ? 0 : room.question + 1;
  if (room.phase != Phase::lobby && room.phase != Phase::closed) return "a question runs already";
  if (event.question_index != next) return numbers("began question", event.question_index, next);
  if (next >= room.quiz->questions.size()) return "the quiz has no such question";
  const std::int64_t closes = event.at.value + question_us(*room.quiz, room.options, next);
  if (event.closes.value != closes) return numbers("closes at", event.closes.value, closes);
  room.phase = Phase::question;
  room.question = next;
  room.runs = {{event.at.value, closes}};
  room.answered.clear();
  return {};
}

std::string Audit::turn_clock(OneRoom& room, const Event& event) {
  const bool is_running = room.phase == Phase::question;
  if (!is_running && room.phase != Phase::paused) return "no question has begun";
  if (event.question_index != room.question)
    return numbers("is of question", event.question_index, room.question);
  auto& [from, to] = room.runs.back();
  const std::int64_t at = std::max(event.at.value, from);
  if (event.kind == Kind::question_resumed) {
    if (is_running) return "resumed while it ran";
    room.phase = Phase::question;
    room.runs.emplace_back(event.at.value, event.closes.value);
    return {};
  }
  if (event.kind == Kind::question_paused) {
    if (!is_running) return "paused while it stood";
    if (event.remaining_us != std::max<std::int64_t>(to - at, 0))
      return numbers("paused with", event.remaining_us, to - at);
  }
  if (event.ender == Ender::clock && is_running && event.at.value < to)
    return "the clock closed it too early";
  if (is_running) to = std::min(to, at);
  room.phase = event.kind == Kind::question_paused ? Phase::paused : Phase::closed;
  return {};
}

std::string Audit::room_answer(OneRoom& room, const Event& event) {
  if (event.player > room.players) return "there is no such player";
  if (room.kicked.contains(event.player)) return "answers after being put out";
  if (room.phase == Phase::lobby || event.question_index != room.question)
    return "is not to the newest question";
  if (!room.answered.insert(event.player).second) return "a second answer to one question counts";
  const bool is_late = event.received.value > room.runs.back().second;
  if (is_late != (event.reason == Reason::late)) return "late is not what the clock says";
  const Question& question = room.quiz->questions[room.question];
  if (!is_late)
    if (auto wrong = judged(question, event); !wrong.empty()) return wrong;
  std::int64_t taken_us = 0;
  for (const auto& [from, to] : room.runs)
    taken_us += std::max<std::int64_t>(std::min(event.received.value, to) - from, 0);
  const std::int32_t points = event.reason == Reason::right
                                  ? points_of(question.points, taken_us,
                                              question_us(*room.quiz, room.options, room.question))
                                  : 0;
  return event.points == points ? "" : numbers("points", event.points, points);
}

std::string Audit::finish(OneRoom& room) {
  if (room.phase == Phase::question || room.phase == Phase::paused)
    return "finished while a question ran";
  pins_.erase(room.pin);
  room = OneRoom{};
  room.phase = Phase::finished;
  return {};
}

}  // namespace daybook::quiz
