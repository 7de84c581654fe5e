#include "domains/quiz/render.h"

#include <daybook/texts.h>

namespace daybook::quiz {
namespace {

std::int64_t ms_of(UnixUs at) { return to_ms(at).value; }

// What is asked, for as long as it is: from the question's start until the next one's.
void write_question(json::Writer& out, const RoomView& room, std::uint32_t index) {
  const Question& question = room.quiz().questions[index];
  out.key("question").begin_object().member("id", question.id).member("text", question.text);
  out.key("options").begin_array();
  for (const std::string& option : question.options) out.string(option);
  out.end_array().member("seconds", std::uint64_t{room.seconds_of(index)}).end_object();
}

void write_rows(json::Writer& out, const RoomView& room, std::size_t rows) {
  std::uint64_t rank = 0;
  out.begin_array();
  for (const std::uint32_t player : room.ranking().top(rows)) {
    out.begin_object().member("rank", ++rank).member("playerId", std::to_string(player));
    out.member("nickname", room.seat(player).nickname);
    out.member("score", std::uint64_t{room.ranking().standing(player).score}).end_object();
  }
  out.end_array();
}

}  // namespace

void write_top10(json::Writer& out, const View& view, const QuizEntry& entry) {
  out.begin_array();
  for (const std::uint32_t member : entry.ranking.top(leaderboard_rows)) {
    const UserEntry& user = view.users()[entry.members[member]];
    out.begin_object().member("score", std::uint64_t{entry.ranking.standing(member).score});
    out.member("username", user.name).member("value", user.id).end_object();
  }
  out.end_array();
}

std::string leaderboard_json(const View& view, const QuizEntry& entry) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("quizId", entry.quiz->id).key("leaderboard");
  write_top10(out, view, entry);
  out.end_object();
  return body;
}

void write_questions(json::Writer& out, const Quiz& quiz) {
  out.begin_array();
  for (const Question& question : quiz.questions) {
    out.begin_object().member("id", question.id).member("text", question.text);
    out.key("options").begin_array();
    for (const std::string& option : question.options) out.string(option);
    out.end_array().end_object();
  }
  out.end_array();
}

void write_room_members(json::Writer& out, const RoomView& room, UnixUs now) {
  const Phase phase = room.phase();
  const auto index = room.question_index();
  out.member("roomId", id_text(room.id())).member("state", phase_name(phase));
  out.member("quizId", room.quiz().id).member("quizName", room.quiz().name);
  out.key("questionIndex");
  if (index)
    out.unsigned_integer(*index);
  else
    out.null();
  out.member("questions", std::uint64_t{room.quiz().questions.size()});
  const bool is_asked =
      phase == Phase::question || phase == Phase::paused || phase == Phase::closed;
  if (is_asked && index && *index < room.quiz().questions.size()) {
    write_question(out, room, *index);
    if (phase == Phase::question) out.member("closesAt", ms_of(room.closes()));
    if (phase == Phase::paused) out.member("remainingMs", room.remaining_us() / 1000);
    if (phase == Phase::closed)
      out.member("rightIndex", std::uint64_t{room.quiz().questions[*index].answer});
  }
  out.member("now", ms_of(now));
}

std::string room_json(const RoomView& room, UnixUs now) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_room_members(out, room, now);
  out.end_object();
  return body;
}

std::string former_room_json(const Id128& id, UnixUs now) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("roomId", id_text(id));
  out.member("state", phase_name(Phase::finished)).member("now", ms_of(now)).end_object();
  return body;
}

std::string board_json(const RoomView& room, std::size_t rows) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("roomId", id_text(room.id()));
  out.member("players", std::uint64_t{room.players()});
  out.member("answers", std::uint64_t{room.answers()}).key("leaderboard");
  write_rows(out, room, rows);
  out.end_object();
  return body;
}

std::string host_json(const RoomView& room, UnixUs now) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_room_members(out, room, now);
  out.key("pin");
  if (room.phase() == Phase::finished)
    out.null();
  else
    out.string(std::to_string(room.pin()));
  out.member("playerCount", std::uint64_t{room.players()}).key("players").begin_array();
  std::size_t listed = 0;
  for (std::uint32_t player = 1; player < room.players_end() && listed < players_listed_max;
       ++player) {
    if (room.seat(player).is_kicked) continue;
    ++listed;
    out.begin_object().member("playerId", std::to_string(player));
    out.member("nickname", room.seat(player).nickname);
    out.member("score", std::uint64_t{room.ranking().standing(player).score}).end_object();
  }
  out.end_array().end_object();
  return body;
}

void write_result_members(json::Writer& out, const RoomView& room, std::uint32_t player) {
  out.member("score", std::uint64_t{room.ranking().standing(player).score});
  out.member("rank", std::uint64_t{room.ranking().rank_of(player)});
  out.member("players", std::uint64_t{room.players()}).key("last");
  const auto question = room.last_settled();
  const auto given = question ? room.result_of(player, *question) : std::nullopt;
  if (!given || *question >= room.quiz().questions.size()) {
    out.null();
    return;
  }
  out.begin_object().member("questionId", room.quiz().questions[*question].id);
  out.member("answerIndex", std::uint64_t{given->option});
  out.member("right", given->reason == Reason::right);
  out.member("points", std::uint64_t{given->points});
  out.member("reason", reason_name(given->reason)).end_object();
}

}  // namespace daybook::quiz
