#include "websocket/utf8.h"

#include <algorithm>

namespace daybook::websocket {
namespace {

constexpr std::size_t character_bytes_max = 4;

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Of the character that begins with the byte; 1 for a byte that begins none.
std::size_t bytes_after_lead(unsigned char lead) {
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  return lead >= 0xC0 ? 2 : 1;
}

}  // namespace

std::size_t unfinished_bytes(std::string_view text) {
  const std::size_t most = std::min(text.size(), character_bytes_max - 1);
  for (std::size_t back = 1; back <= most; ++back) {
    const unsigned char byte = byte_at(text, text.size() - back);
    if (is_continuation(byte)) continue;
    return bytes_after_lead(byte) > back ? back : 0;
  }
  return 0;
}

bool may_begin_character(std::string_view bytes) {
  const unsigned char lead = byte_at(bytes, 0);
  if (lead < 0xC2 || lead > 0xF4) return false;
  if (bytes.size() == 1) return true;
  // Overlong forms, surrogates and what is above U+10FFFF show in the second byte.
  const unsigned char second = byte_at(bytes, 1);
  const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < least || second > most) return false;
  return bytes.size() == 2 || is_continuation(byte_at(bytes, 2));
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  text = text.substr(0, bytes_max);
  text.remove_suffix(unfinished_bytes(text));
  return text;
}

}  // namespace daybook::websocket
