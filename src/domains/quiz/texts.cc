#include "domains/quiz/texts.h"

#include <algorithm>

namespace daybook::quiz {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::string token_text(const Id128& token) {
  std::string text;
  text.reserve(token_text_chars);
  for (const std::uint8_t byte : token.bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0F];
  }
  return text;
}

std::optional<Id128> parse_token(std::string_view text) {
  if (text.size() != token_text_chars) return std::nullopt;
  Id128 token;
  for (std::size_t i = 0; i < token.bytes.size(); ++i) {
    const auto high = hex_value(text[2 * i]);
    const auto low = hex_value(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    token.bytes[i] = static_cast<std::uint8_t>((*high << 4) | *low);
  }
  return token;
}

bool is_same_token(const Id128& a, const Id128& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.bytes.size(); ++i)
    difference |= static_cast<unsigned>(a.bytes[i] ^ b.bytes[i]);
  return difference == 0;
}

std::optional<RoomRef> parse_room(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() == pin_chars && std::ranges::all_of(text, is_digit)) {
    std::uint32_t pin = 0;
    for (const char c : text) pin = pin * 10 + static_cast<std::uint32_t>(c - '0');
    if (pin < pin_min) return std::nullopt;
    return RoomRef{.pin = pin};
  }
  const auto id = parse_id(text);
  if (!id || id->is_zero()) return std::nullopt;
  return RoomRef{.id = *id};
}

}  // namespace daybook::quiz
