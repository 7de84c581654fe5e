// Who may read what of a room: a player's token shows the player's own, the host's token the rest.
// The refusals are those of decide. Pure. Threads: any.
#pragma once

#include "domains/quiz/room_view.h"
#include "domains/quiz/view.h"

#include <daybook/result.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace daybook::quiz {

// A token as a client sent it; empty: none. What is no token is wrong as any other wrong one is.
std::optional<Id128> token_of(std::string_view text);

// Errc::not_found, with the words for a room of which only the results are left.
Result<const RoomView*> named_room(const View& view, const std::optional<RoomRef>& ref);
// The player's number. Errc::unauthenticated, Errc::forbidden.
Result<std::uint32_t> seated_player(const RoomView& room, const std::optional<Id128>& token);
// Errc::unauthenticated, Errc::forbidden.
Result<void> check_host(const Id128& host_token, const std::optional<Id128>& token);

}  // namespace daybook::quiz
