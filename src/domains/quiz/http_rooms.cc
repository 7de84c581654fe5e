#include "domains/quiz/http_rooms.h"

#include "domains/quiz/access.h"
#include "domains/quiz/render.h"

#include <charconv>

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

}  // namespace

Result<Response> get_room(const View& view, const Request& request) {
  DAYBOOK_TRY(const RoomView* room, find_room(view, request));
  return uncached(room_json(*room, request.now));
}

Result<Response> get_board(const View& view, const Request& request) {
  DAYBOOK_TRY(const RoomView* room, find_room(view, request));
  std::size_t limit = leaderboard_rows;
  if (const auto text = request.query_value("limit")) {
    const char* end = text->data() + text->size();
    const auto [at, error] = std::from_chars(text->data(), end, limit);
    if (error != std::errc{} || at != end || limit < 1 || limit > leaderboard_rows_max)
      return Error::field("limit", "range", "must be 1 to " + std::to_string(leaderboard_rows_max));
  }
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
