#include "domains/quiz/access.h"

namespace daybook::quiz {

std::optional<Id128> token_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return parse_token(text).value_or(Id128{});
}

Result<const RoomView*> named_room(const View& view, const std::optional<RoomRef>& ref) {
  const RoomView* room = ref ? view.find_room(*ref) : nullptr;
  if (room != nullptr) return room;
  if (ref && view.find_former(ref->id) != nullptr)
    return Error{Errc::not_found, "the room finished long ago; only its results are left"};
  return Error{Errc::not_found, "room not found"};
}

Result<std::uint32_t> seated_player(const RoomView& room, const std::optional<Id128>& token) {
  if (!token) return Error{Errc::unauthenticated, "this needs the player's token"};
  const std::uint32_t player = room.find_player(*token);
  if (player == 0) return Error{Errc::forbidden, "the token is no player's of this room"};
  if (room.seat(player).is_kicked)
    return Error{Errc::forbidden, "the host has put this player out"};
  return player;
}

Result<void> check_host(const Id128& host_token, const std::optional<Id128>& token) {
  if (!token) return Error{Errc::unauthenticated, "this needs the host's token"};
  if (!is_same_token(host_token, *token))
    return Error{Errc::forbidden, "the token is not the host's of this room"};
  return {};
}

}  // namespace daybook::quiz
