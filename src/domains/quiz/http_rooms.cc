#include "domains/quiz/http_rooms.h"

#include "domains/quiz/access.h"
#include "domains/quiz/query.h"
#include "domains/quiz/render.h"

#include <iterator>

namespace daybook::quiz {
namespace {

Response uncached(std::string body) {
  Response response = Response::json(std::move(body));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<const RoomView*> find_room(const View& view, const Request& request) {
  return named_room(view, parse_room(request.params.front()));
}

constexpr std::size_t rooms_default = 100;
constexpr std::size_t rooms_max = 10'000;  // of one answer

void write_room(json::Writer& out, const RoomView& room) {
  const bool is_open = room.phase() != Phase::finished;
  out.begin_object().member("roomId", id_text(room.id())).key("pin");
  if (is_open)
    out.string(std::to_string(room.pin()));
  else
    out.null();
  out.member("quizId", room.quiz().id).member("state", phase_name(room.phase()));
  out.member("players", std::uint64_t{room.players()});
  out.member("opened", time_text(room.opened_at())).key("finished");
  if (is_open)
    out.null();
  else
    out.string(time_text(room.finished_at()));
  out.member("hostToken", token_text(room.host_token())).end_object();
}

}  // namespace

Result<Response> get_rooms(const View& view, const Request& request) {
  DAYBOOK_TRY(const std::size_t limit, limit_of(request, rooms_default, rooms_max));
  const auto open = request.query_value("open").value_or("false");
  if (open != "true" && open != "false")
    return Error::field("open", "unknown", "must be true or false");
  auto at = view.rooms().rbegin();  // the newest first
  if (const auto after = request.query_value("after")) {
    const auto id = parse_id(*after);
    if (!id) return Error::field("after", "not_an_id", "must be a room's id");
    at = std::make_reverse_iterator(view.rooms().lower_bound(*id));
  }
  std::string body;
  json::Writer out(body);
  out.begin_object().key("rooms").begin_array();
  const RoomView* last = nullptr;
  std::size_t rows = 0;
  for (; at != view.rooms().rend() && rows < limit; ++at) {
    if (open == "true" && at->second->phase() == Phase::finished) continue;
    last = at->second.get();
    write_room(out, *last);
    ++rows;
  }
  out.end_array().key("next");
  if (at != view.rooms().rend() && last != nullptr)
    out.string(id_text(last->id()));
  else
    out.null();
  out.end_object();
  return uncached(std::move(body));
}

Result<Response> get_room(const View& view, const Request& request) {
  DAYBOOK_TRY(const RoomView* room, find_room(view, request));
  return uncached(room_json(*room, request.now));
}

Result<Response> get_board(const View& view, const Request& request) {
  DAYBOOK_TRY(const RoomView* room, find_room(view, request));
  DAYBOOK_TRY(const std::size_t limit, limit_of(request, leaderboard_rows, leaderboard_rows_max));
  return uncached(board_json(*room, limit));
}

Result<Response> get_me(const View& view, const Request& request) {
  DAYBOOK_TRY(const RoomView* room, find_room(view, request));
  DAYBOOK_TRY(const std::uint32_t player, seated_player(*room, token_of(request.bearer)));
  std::string body;
  json::Writer out(body);
  out.begin_object().member("roomId", id_text(room->id()));
  out.member("playerId", std::to_string(player)).member("nickname", room->seat(player).nickname);
  write_result_members(out, *room, player);
  const auto question = room->question_index();
  out.member("answered", question && room->has_answered(player, *question)).end_object();
  return uncached(std::move(body));
}

}  // namespace daybook::quiz
