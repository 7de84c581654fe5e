#include "domains/quiz/results.h"

#include "domains/quiz/access.h"

#include <daybook/csv.h>
#include <daybook/texts.h>

#include <functional>
#include <string>
#include <vector>

namespace daybook::quiz {
namespace {

constexpr std::string_view unanswered = "unanswered";

// Questions whose answers may be shown, in order.
std::vector<std::uint32_t> settled_questions(const RoomView& room) {
  std::vector<std::uint32_t> questions;
  for (std::uint32_t q = 0; q < room.quiz().questions.size(); ++q)
    if (const QuestionRun* run = room.run(q); run != nullptr && run->is_settled)
      questions.push_back(q);
  return questions;
}

// By rank, then those who were put out.
std::vector<std::uint32_t> players_by_rank(const RoomView& room) {
  std::vector<std::uint32_t> players = room.ranking().top(room.players());
  for (std::uint32_t player = 1; player < room.players_end(); ++player)
    if (room.seat(player).is_kicked) players.push_back(player);
  return players;
}

// A running room changes while its results are read: what is listed is settled at the beginning.
class ResultsStream : public BodyStream {
 public:
  using WithRoom = std::function<Result<void>(const std::function<void(const RoomView&)>&)>;

  explicit ResultsStream(WithRoom with_room) : with_room_(std::move(with_room)) {}

  Result<bool> next(std::string& out) final {
    const std::size_t full = out.size() + body_part_bytes;
    DAYBOOK_TRY_VOID(with_room_([&](const RoomView& room) {
      if (!has_begun_) {
        questions_ = settled_questions(room);
        players_ = players_by_rank(room);
        append_head(out, room);
        has_begun_ = true;
      }
      for (; next_ < players_.size() && out.size() < full; ++next_)
        append_player(out, room, players_[next_], next_ == 0);
    }));
    if (next_ < players_.size()) return true;
    append_end(out);
    return false;
  }

 protected:
  virtual void append_head(std::string& out, const RoomView& room) = 0;
  virtual void append_player(std::string& out, const RoomView& room, std::uint32_t player,
                             bool is_first) = 0;
  virtual void append_end(std::string& out) = 0;
  [[nodiscard]] const std::vector<std::uint32_t>& questions() const { return questions_; }

 private:
  WithRoom with_room_;
  std::vector<std::uint32_t> questions_;
  std::vector<std::uint32_t> players_;
  std::size_t next_ = 0;
  bool has_begun_ = false;
};

class JsonResults final : public ResultsStream {
 public:
  using ResultsStream::ResultsStream;

 private:
  void append_head(std::string& out, const RoomView& room) override {
    json::Writer head(out);
    head.begin_object().member("roomId", id_text(room.id()));
    head.member("quizId", room.quiz().id).member("quizName", room.quiz().name);
    head.member("quizVersion", std::uint64_t{room.quiz().version});
    head.member("state", phase_name(room.phase()));
    head.member("openedAt", time_text(room.opened_at())).key("finishedAt");
    if (room.finished().value == 0)
      head.null();
    else
      head.string(time_text(room.finished_at()));
    head.key("questions").begin_array();
    for (const std::uint32_t q : questions()) append_question(head, room, q);
    head.end_array().key("players");
    out += '[';
  }
  static void append_question(json::Writer& out, const RoomView& room, std::uint32_t q) {
    const Question& question = room.quiz().questions[q];
    const QuestionRun& run = *room.run(q);
    out.begin_object().member("id", question.id).member("text", question.text);
    out.key("options").begin_array();
    for (const std::string& option : question.options) out.string(option);
    out.end_array().member("answerIndex", std::uint64_t{question.answer});
    out.member("seconds", std::uint64_t{room.seconds_of(q)});
    out.member("points", std::uint64_t{question.points});
    out.member("startedAt", time_text(run.started)).member("closedAt", time_text(run.closed));
    out.member("closedBy", ender_name(run.ender)).end_object();
  }
  void append_player(std::string& out, const RoomView& room, std::uint32_t player,
                     bool is_first) override {
    if (!is_first) out += ',';
    json::Writer row(out);
    const Seat& seat = room.seat(player);
    row.begin_object().member("playerId", std::to_string(player));
    row.member("nickname", seat.nickname).key("rank");
    if (seat.is_kicked)
      row.null();
    else
      row.unsigned_integer(room.ranking().rank_of(player));
    row.member("score", room.points_of(player)).member("kicked", seat.is_kicked);
    row.key("answers").begin_array();
    for (const std::uint32_t q : questions()) {
      row.begin_object().member("questionId", room.quiz().questions[q].id);
      if (const auto given = room.result_of(player, q)) {
        row.member("answerIndex", std::uint64_t{given->option});
        row.member("reason", reason_name(given->reason));
        row.member("points", std::uint64_t{given->points});
        row.member("received", time_text(given->received));
      } else {
        row.member("reason", unanswered).member("points", std::uint64_t{0});
      }
      row.end_object();
    }
    row.end_array().end_object();
  }
  void append_end(std::string& out) override { out += "]}"; }
};

class CsvResults final : public ResultsStream {
 public:
  using ResultsStream::ResultsStream;

 private:
  void append_head(std::string& out, const RoomView&) override {
    out +=
        "rank,playerId,nickname,score,kicked,question,questionId,answerIndex,option,reason,points,"
        "received\r\n";
  }
  void append_player(std::string& out, const RoomView& room, std::uint32_t player, bool) override {
    const Seat& seat = room.seat(player);
    std::string who;  // the same in all lines of the player, and adding points up takes a while
    if (!seat.is_kicked) who += std::to_string(room.ranking().rank_of(player));
    who += ',' + std::to_string(player) + ',';
    csv::append_cell(who, seat.nickname);
    who += ',' + std::to_string(room.points_of(player));
    who += seat.is_kicked ? ",true," : ",false,";
    for (const std::uint32_t q : questions()) {
      out += who + std::to_string(q + 1) + ',';
      csv::append_cell(out, room.quiz().questions[q].id);
      out += ',';
      append_answer(out, room.quiz().questions[q], room.result_of(player, q));
      out += "\r\n";
    }
  }
  static void append_answer(std::string& out, const Question& question,
                            const std::optional<GivenAnswer>& given) {
    if (!given) {
      out += ",,";
      out += unanswered;
      out += ",0,";
      return;
    }
    out += std::to_string(given->option) + ',';
    if (given->option < question.options.size())
      csv::append_cell(out, question.options[given->option]);
    out += ',';
    out += reason_name(given->reason);
    out += ',' + std::to_string(given->points) + ',' + time_text(given->received);
  }
  void append_end(std::string&) override {}
};

// Where a room is to be had: in the view, or between two positions of the log.
struct Where {
  Id128 id{};
  std::optional<FormerRoom> former;
};

Result<Where> find(const View& view, const Request& request) {
  const auto ref = parse_room(request.params.front());
  const auto token = token_of(request.bearer);
  if (const FormerRoom* former = ref ? view.find_former(ref->id) : nullptr) {
    DAYBOOK_TRY_VOID(check_host(former->host_token, token));
    return Where{ref->id, *former};
  }
  DAYBOOK_TRY(const RoomView* room, named_room(view, ref));
  DAYBOOK_TRY_VOID(check_host(room->host_token(), token));
  return Where{room->id(), std::nullopt};
}

// Of the room in the view, looked up for each part: it may be forgotten between two of them.
ResultsStream::WithRoom from_view(std::shared_ptr<ReadContext<Domain>> context, const Id128& id) {
  return [context = std::move(context),
          id](const std::function<void(const RoomView&)>& f) -> Result<void> {
    bool is_there = false;
    context->with_view([&](const View& view) {
      const RoomView* room = view.find_room(id);
      if (room == nullptr) return;
      is_there = true;
      f(*room);
    });
    if (!is_there) return Error{Errc::unavailable, "the room is no longer kept; ask again"};
    return {};
  };
}

ResultsStream::WithRoom from_copy(std::shared_ptr<const RoomView> room) {
  return [room = std::move(room)](const std::function<void(const RoomView&)>& f) -> Result<void> {
    f(*room);
    return {};
  };
}

// The quiz as the room is played with it.
Result<QuizPtr> read_quiz(ReadContext<Domain>& context, std::string_view id,
                          std::uint32_t version) {
  QuizPtr quiz;
  Position defined{};
  context.with_view([&](const View& view) {
    const auto number = view.find_quiz(id);
    if (!number) return;
    const QuizEntry& entry = view.quizzes()[*number];
    if (entry.quiz->version == version) quiz = entry.quiz;
    if (version >= 1 && version <= entry.versions.size()) defined = entry.versions[version - 1];
  });
  if (quiz != nullptr) return quiz;
  if (defined.value != 0)
    DAYBOOK_TRY_VOID(context.scan(defined, defined, [&](const Event& event, const EventMeta&) {
      quiz = quiz_or_empty(id, version, event.definition);
      return false;
    }));
  if (quiz == nullptr) return Error{Errc::not_found, "the room's quiz is not in the log"};
  return quiz;
}

}  // namespace

Result<std::shared_ptr<const RoomView>> read_room(ReadContext<Domain>& context, const Id128& id,
                                                  Position opened, Position finished) {
  std::string quiz_id;
  std::uint32_t version = 0;
  DAYBOOK_TRY_VOID(context.scan(opened, opened, [&](const Event& event, const EventMeta&) {
    quiz_id = std::string(event.quiz);
    version = event.version;
    return false;
  }));
  DAYBOOK_TRY(const QuizPtr quiz, read_quiz(context, quiz_id, version));
  std::shared_ptr<RoomView> room;
  DAYBOOK_TRY_VOID(context.scan(opened, finished, [&](const Event& event, const EventMeta& meta) {
    if (event.room != id) return true;
    if (event.kind == Kind::room_opened)
      room = std::make_shared<RoomView>(event, meta.position, quiz);
    else if (room != nullptr)
      room->apply(event, meta.position);
    return true;
  }));
  if (room == nullptr) return Error{Errc::not_found, "the room is not in the log"};
  return std::shared_ptr<const RoomView>(std::move(room));
}

Result<Response> get_results(ReadContext<Domain>& context, const Request& request) {
  const std::string_view format = request.query_value("format").value_or("json");
  if (format != "json" && format != "csv")
    return Error::field("format", "unknown_word", "must be json or csv");
  Result<Where> where = Error{};
  context.with_view([&](const View& view) { where = find(view, request); });
  if (!where.ok()) return std::move(where).error();

  ResultsStream::WithRoom with_room;
  if (where->former) {
    DAYBOOK_TRY(auto room,
                read_room(context, where->id, where->former->opened, where->former->finished));
    with_room = from_copy(std::move(room));
  } else {
    with_room = from_view(context.keep(), where->id);
  }
  Response response;
  response.headers.emplace_back("Cache-Control", "no-store");
  if (format == "csv") {
    response.content_type = "text/csv; charset=utf-8";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"room-" +
                                                             id_text(where->id) + "-results.csv\"");
    response.stream = std::make_shared<CsvResults>(std::move(with_room));
  } else {
    response.stream = std::make_shared<JsonResults>(std::move(with_room));
  }
  return response;
}

}  // namespace daybook::quiz
