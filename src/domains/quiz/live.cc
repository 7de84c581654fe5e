// The live messages and topics (live.h): a table of names, and the functions behind it.
#include "domains/quiz/domain.h"

#include "domains/quiz/access.h"
#include "domains/quiz/render.h"
#include "domains/quiz/room_ref.h"
#include "domains/quiz/topics.h"

#include <daybook/fields.h>

#include <charconv>

namespace daybook::quiz {
namespace {

constexpr std::string_view subprotocol = "daybook.quiz.v1";

Error quiz_not_found() { return Error{Errc::not_found, "quiz not found"}; }

// The payload is the quiz's id, or an object with it.
Result<std::string_view> quiz_id_of(const json::Value& payload) {
  if (payload.is_string()) return payload.string();
  json::Fields fields(payload);
  const auto id = fields.text("quizId", {.chars_min = 1, .chars_max = id_chars_max});
  if (auto error = fields.error()) return std::move(*error);
  return *id;
}

Result<RoomRef> room_of(json::Fields& fields) {
  const RoomRef room = read_room(fields);
  if (auto error = fields.error()) return std::move(*error);
  return room;
}

Result<const RoomView*> find_room(const View& view, json::Fields& fields) {
  DAYBOOK_TRY(const RoomRef ref, room_of(fields));
  return named_room(view, ref);
}

// nullopt: there is none. What is no text is a wrong member, not a wrong token.
Result<std::optional<Id128>> token_in(json::Fields& fields, std::string_view member) {
  const auto text = fields.text(member, {.required = false});
  if (auto error = fields.error()) return std::move(*error);
  return token_of(text.value_or(""));
}

void follow_room(LiveAnswer& answer, const RoomView& room) {
  answer.join.push_back(room_topic(room.id()));
  answer.join.push_back(board_topic(room.id()));
}

void follow_seat(LiveAnswer& answer, const RoomView& room, std::uint32_t player) {
  follow_room(answer, room);
  answer.join.push_back(player_topic(room.id(), player));
}

// --- reads

Result<LiveAnswer> join_quiz(const View& view, const LiveRequest& request) {
  DAYBOOK_TRY(const std::string_view id, quiz_id_of(request.payload));
  if (view.open_quiz(id) == nullptr) return quiz_not_found();
  LiveAnswer answer;
  answer.join.push_back(quiz_topic(id));
  return answer;
}

// Leaving what is not there is fine, but not a name too long for a topic.
Result<LiveAnswer> leave_quiz(const View&, const LiveRequest& request) {
  DAYBOOK_TRY(const std::string_view id, quiz_id_of(request.payload));
  LiveAnswer answer;
  if (id.size() <= id_chars_max) answer.leave.push_back(quiz_topic(id));
  return answer;
}

Result<LiveAnswer> watch_room(const View& view, const LiveRequest& request) {
  json::Fields fields(request.payload);
  DAYBOOK_TRY(const RoomView* room, find_room(view, fields));
  LiveAnswer answer;
  answer.body = room_json(*room, request.now);
  follow_room(answer, *room);
  return answer;
}

Result<LiveAnswer> return_room(const View& view, const LiveRequest& request) {
  json::Fields fields(request.payload);
  DAYBOOK_TRY(const RoomView* room, find_room(view, fields));
  DAYBOOK_TRY(const auto token, token_in(fields, "token"));
  DAYBOOK_TRY(const std::uint32_t player, seated_player(*room, token));
  LiveAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("playerId", std::to_string(player));
  out.member("nickname", room->seat(player).nickname);
  out.member("score", std::uint64_t{room->ranking().standing(player).score});
  out.member("rank", std::uint64_t{room->ranking().rank_of(player)}).key("room");
  out.raw(room_json(*room, request.now));
  const auto question = room->question_index();
  out.member("answered", question && room->has_answered(player, *question)).end_object();
  follow_seat(answer, *room, player);
  return answer;
}

// Leaving needs no right: the seat is left too by whoever tells its "playerId".
Result<LiveAnswer> leave_room(const View& view, const LiveRequest& request) {
  json::Fields fields(request.payload);
  DAYBOOK_TRY(const RoomRef ref, room_of(fields));
  const auto player =
      fields.integer("playerId", {.min = 1, .max = players_limit, .required = false});
  if (auto error = fields.error()) return std::move(*error);
  const RoomView* room = view.find_room(ref);
  const Id128 id = room == nullptr ? ref.id : room->id();
  LiveAnswer answer;
  answer.leave = {room_topic(id), board_topic(id)};
  if (player) answer.leave.push_back(player_topic(id, static_cast<std::uint32_t>(*player)));
  return answer;
}

Result<LiveAnswer> my_result(const View& view, const LiveRequest& request) {
  json::Fields fields(request.payload);
  DAYBOOK_TRY(const RoomView* room, find_room(view, fields));
  DAYBOOK_TRY(const auto token, token_in(fields, "token"));
  DAYBOOK_TRY(const std::uint32_t player, seated_player(*room, token));
  LiveAnswer answer;
  json::Writer out(answer.body);
  out.begin_object();
  write_result_members(out, *room, player);
  out.end_object();
  return answer;
}

Result<LiveAnswer> host_room(const View& view, const LiveRequest& request) {
  json::Fields fields(request.payload);
  DAYBOOK_TRY(const RoomView* room, find_room(view, fields));
  DAYBOOK_TRY(const auto token, token_in(fields, "hostToken"));
  DAYBOOK_TRY_VOID(check_host(room->host_token(), token));
  LiveAnswer answer;
  answer.body = host_json(*room, request.now);
  follow_room(answer, *room);
  return answer;
}

// --- after commands

Result<LiveAnswer> after_plain(const View&, const Command&, const Answer& answer, UnixUs) {
  LiveAnswer live;
  live.body = answer.body;
  return live;
}

// What an answer's body names: a command names a room by its PIN too, which is nobody's once the
// room has finished.
struct Named {
  const RoomView* room = nullptr;
  std::uint32_t player = 0;
};

Named named_in(const View& view, const std::string& body) {
  Named named;
  json::Parser parser;
  const auto value = parser.parse(body, false);
  if (!value.ok() || !value->is_object()) return named;
  json::Fields fields(*value);
  const auto room = parse_room(fields.text("roomId", {.required = false}).value_or(""));
  const auto player = fields.integer("playerId", {.min = 1, .required = false});
  if (room) named.room = view.find_room(*room);
  if (named.room != nullptr && player && *player < named.room->players_end())
    named.player = static_cast<std::uint32_t>(*player);
  return named;
}

Result<LiveAnswer> after_join(const View& view, const Command&, const Answer& answer, UnixUs now) {
  LiveAnswer live;
  live.body = answer.body;
  const Named named = named_in(view, answer.body);
  if (named.room == nullptr) return live;
  live.body.pop_back();
  live.body += ",\"room\":" + room_json(*named.room, now) + "}";
  follow_seat(live, *named.room, named.player);
  return live;
}

Result<LiveAnswer> after_room(const View& view, const Command&, const Answer& answer, UnixUs now) {
  LiveAnswer live;
  const Named named = named_in(view, answer.body);
  live.body = named.room == nullptr ? answer.body : room_json(*named.room, now);
  return live;
}

Result<LiveAnswer> after_kick(const View&, const Command&, const Answer&, UnixUs) {
  return LiveAnswer{};
}

// --- paths

// /quizzes/{id}/live
Result<LiveAnswer> open_quiz_path(const View& view, const Request& request) {
  const std::string& id = request.params.front();
  if (view.open_quiz(id) == nullptr) return quiz_not_found();
  LiveAnswer answer;
  answer.join.push_back(quiz_topic(id));
  return answer;
}

// /rooms/{room}/live
Result<LiveAnswer> open_room_path(const View& view, const Request& request) {
  DAYBOOK_TRY(const RoomView* room, named_room(view, parse_room(request.params.front())));
  LiveAnswer answer;
  follow_room(answer, *room);
  return answer;
}

// --- states

std::optional<LiveState> room_state(const View& view, std::string_view id_in, UnixUs now) {
  const auto id = parse_id(id_in);
  if (!id) return std::nullopt;
  if (const FormerRoom* former = view.find_former(*id))
    return LiveState{"room-updated", former_room_json(*id, now), former->finished.value, {}};
  const RoomView* room = view.find_room(*id);
  if (room == nullptr) return std::nullopt;
  return LiveState{"room-updated", room_json(*room, now), room->room_revision(), {}};
}

std::optional<LiveState> board_state(const View& view, std::string_view id_in) {
  const auto id = parse_id(id_in);
  const RoomView* room = id ? view.find_room(*id) : nullptr;
  if (room == nullptr) return std::nullopt;
  return LiveState{
      "board-updated", board_json(*room, leaderboard_rows), room->board_revision(), {}};
}

// "<room>:<player>". Its one state: the player was put out.
std::optional<LiveState> player_state(const View& view, std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto id = parse_id(name.substr(0, colon));
  const std::string_view number = name.substr(colon + 1);
  std::uint32_t player = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), player);
  if (!id || error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  const RoomView* room = view.find_room(*id);
  if (room == nullptr || player == 0 || player >= room->players_end()) return std::nullopt;
  if (!room->seat(player).is_kicked) return std::nullopt;
  LiveState state;
  state.event = "kicked";
  json::Writer out(state.json);
  out.begin_object().member("roomId", id_text(*id)).member("playerId", std::to_string(player));
  out.end_object();
  state.revision = 1;
  state.leave = {room_topic(*id), board_topic(*id), player_topic(*id, player)};
  return state;
}

}  // namespace

void Domain::live(LiveMessages<Domain>& messages) {
  messages.read("join-quiz", &join_quiz);
  messages.read("leave-quiz", &leave_quiz);
  messages.read("watch-room", &watch_room);
  messages.read("return-room", &return_room);
  messages.read("leave-room", &leave_room);
  messages.read("my-result", &my_result);
  messages.read("host-room", &host_room);
  messages.command("submit-answer", &live_submit_answer, &after_plain);
  messages.command("join-room", &live_join_room, &after_join);
  messages.command("answer", &live_answer, &after_plain);
  messages.command("start-room", &live_start_room, &after_room);
  messages.command("next-question", &live_next_question, &after_room);
  messages.command("close-question", &live_close_question, &after_room);
  messages.command("pause-question", &live_pause_question, &after_room);
  messages.command("resume-question", &live_resume_question, &after_room);
  messages.command("finish-room", &live_finish_room, &after_room);
  messages.command("kick-player", &live_kick_player, &after_kick);
  messages.path("/quizzes/{id}/live", subprotocol, &open_quiz_path);
  messages.path("/rooms/{room}/live", subprotocol, &open_room_path);
}

std::vector<LiveChange> Domain::take_changed(View& view, std::size_t max) {
  return view.take_changed(max);
}

std::optional<LiveState> Domain::live_state(const View& view, std::string_view followed,
                                            UnixUs now) {
  const auto colon = followed.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view kind = followed.substr(0, colon + 1);
  const std::string_view rest = followed.substr(colon + 1);
  if (kind == room_prefix) return room_state(view, rest, now);
  if (kind == board_prefix) return board_state(view, rest);
  if (kind == player_prefix) return player_state(view, rest);
  if (kind != quiz_prefix) return std::nullopt;
  const QuizEntry* entry = view.open_quiz(rest);
  if (entry == nullptr) return std::nullopt;
  return LiveState{"leaderboard-updated", leaderboard_json(view, *entry), entry->revision, {}};
}

}  // namespace daybook::quiz
