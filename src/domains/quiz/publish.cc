// How the events look outside (docs/domains/quiz.md, "Events outside"). Tokens stay inside, and the
// right answers too: of a quiz the questions are told without them, and of an answer in a room what
// was chosen and when it came, but not what became of it - its question may be running still.
#include "domains/quiz/domain.h"

#include "domains/quiz/view.h"

#include <daybook/texts.h>

#include <array>

namespace daybook::quiz {
namespace {

constexpr std::array<std::string_view, kinds> types{
    "quiz_defined",     "user_defined",  "answered",         "room_opened",
    "player_joined",    "player_kicked", "question_started", "question_paused",
    "question_resumed", "room_answered", "question_closed",  "room_finished"};

void render_quiz(const Event& event, json::Writer& out) {
  const QuizPtr quiz = quiz_or_empty(event.quiz, event.version, event.definition);
  out.begin_object().member("quizId", event.quiz);
  out.member("version", std::uint64_t{event.version}).member("name", quiz->name);
  out.member("open", quiz->open).member("tokens", quiz->tokens).key("questions").begin_array();
  for (const Question& question : quiz->questions) {
    out.begin_object().member("id", question.id).member("text", question.text);
    out.key("options").begin_array();
    for (const std::string& option : question.options) out.string(option);
    out.end_array().member("seconds", std::uint64_t{question.seconds});
    out.member("points", std::uint64_t{question.points}).end_object();
  }
  out.end_array().member("at", time_text(event.at)).end_object();
}

// In an open quiz who answers is told at once whether it was right.
void render_answered(const Event& event, json::Writer& out) {
  out.begin_object().member("quizId", event.quiz).member("userId", event.user);
  out.member("questionId", event.question).member("answerIndex", std::int64_t{event.option});
  out.member("reason", reason_name(event.reason)).member("points", std::int64_t{event.points});
  out.member("received", time_text(event.received)).end_object();
}

void render_room(const Event& event, json::Writer& out) {
  out.begin_object().member("roomId", id_text(event.room));
  switch (event.kind) {
    case Kind::room_opened:
      out.member("quizId", event.quiz).member("version", std::uint64_t{event.version});
      out.member("pin", std::to_string(event.pin));
      if (!event.options.empty()) out.key("options").raw(event.options);
      break;
    case Kind::player_joined:
      out.member("playerId", std::to_string(event.player)).member("nickname", event.name);
      break;
    case Kind::player_kicked:
      out.member("playerId", std::to_string(event.player));
      break;
    case Kind::room_answered:
      out.member("playerId", std::to_string(event.player));
      out.member("questionIndex", std::uint64_t{event.question_index});
      out.member("answerIndex", std::int64_t{event.option});
      out.member("received", time_text(event.received));
      break;
    case Kind::room_finished:
      out.member("by", ender_name(event.ender));
      break;
    default:
      out.member("questionIndex", std::uint64_t{event.question_index});
      if (event.kind == Kind::question_paused)
        out.member("remainingMs", event.remaining_us / 1000);
      else if (event.kind == Kind::question_closed)
        out.member("by", ender_name(event.ender));
      else
        out.member("closesAt", time_text(event.closes));
  }
  out.member("at", time_text(event.at)).end_object();
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

// Key: the quiz, whose questions and answers keep their order. A room's events have its id as key
// only in their data: an outline's views end with the event, which has the id as bytes.
std::optional<Outline> Domain::outline(const Event& event) {
  return Outline{.type = types[static_cast<std::size_t>(event.kind)],
                 .key = event.kind == Kind::user_defined ? event.user : event.quiz,
                 .version = event.version};
}

void Domain::render(const Event& event, const EventMeta&, json::Writer& out) {
  switch (event.kind) {
    case Kind::quiz_defined:
      return render_quiz(event, out);
    case Kind::answered:
      return render_answered(event, out);
    case Kind::user_defined:
      out.begin_object().member("userId", event.user).member("username", event.name);
      out.member("at", time_text(event.at)).end_object();
      return;
    default:
      return render_room(event, out);
  }
}

}  // namespace daybook::quiz
