// Tokens and the two names of a room as texts. Pure. Threads: any.
#pragma once

#include <daybook/ids.h>
#include <daybook/texts.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::quiz {

constexpr std::uint32_t pin_min = 100'000;
constexpr std::uint32_t pin_max = 999'999;
constexpr std::size_t pin_chars = 6;
constexpr std::size_t token_text_chars = 32;

// 32 hexadecimal digits, lower case; either case is read.
std::string token_text(const Id128& token);
std::optional<Id128> parse_token(std::string_view text);
// In a time that does not tell how much of it is right.
bool is_same_token(const Id128& a, const Id128& b);

// How a client names a room: by its PIN, which is another room's after the room has finished, or by
// its id, which never is. Exactly one of the two is set.
struct RoomRef {
  std::uint32_t pin = 0;
  Id128 id{};
};
// Six digits, or an id (daybook/texts.h); nullopt: neither, so no room has that name.
std::optional<RoomRef> parse_room(std::string_view text);

}  // namespace daybook::quiz
