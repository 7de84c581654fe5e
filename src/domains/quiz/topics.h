// The names of the live topics, and of a player in them. Pure. Threads: any.
#pragma once

#include <daybook/ids.h>
#include <daybook/texts.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::quiz {

constexpr std::string_view quiz_prefix = "quiz:";
constexpr std::string_view room_prefix = "room:";
constexpr std::string_view board_prefix = "board:";
constexpr std::string_view player_prefix = "player:";

inline std::string quiz_topic(std::string_view quiz) {
  return std::string(quiz_prefix) + std::string(quiz);
}
inline std::string room_topic(const Id128& room) {
  return std::string(room_prefix) + id_text(room);
}
inline std::string board_topic(const Id128& room) {
  return std::string(board_prefix) + id_text(room);
}
inline std::string player_topic(const Id128& room, std::uint32_t player) {
  return std::string(player_prefix) + id_text(room) + ':' + std::to_string(player);
}

}  // namespace daybook::quiz
