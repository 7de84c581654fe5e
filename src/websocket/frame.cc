#include "websocket/frame.h"

#include <daybook/check.h>

#include "websocket/utf8.h"

#include <array>
#include <bit>
#include <cstring>

namespace daybook::websocket {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);
constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t mask_bit = 0x80;

void append_byte(std::string& out, std::uint64_t byte) { out.push_back(static_cast<char>(byte)); }

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  while (bytes-- > 0) append_byte(out, (value >> (8 * bytes)) & 0xFF);
}

void append_header(std::string& out, Opcode opcode, bool final, std::uint8_t masked,
                   std::uint64_t payload_bytes) {
  append_byte(out, static_cast<std::uint8_t>(opcode) | (final ? final_bit : 0u));
  if (payload_bytes <= control_bytes_max) {
    append_byte(out, masked | payload_bytes);
  } else if (payload_bytes <= 0xFFFF) {
    append_byte(out, masked | 126u);
    append_big_endian(out, payload_bytes, 2);
  } else {
    append_byte(out, masked | 127u);
    append_big_endian(out, payload_bytes, 8);
  }
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  append_frame_header(out, opcode, payload.size());
  out.append(payload);
}

void append_control_frame(std::string& out, Opcode opcode, std::string_view payload) {
  DAYBOOK_CHECK(payload.size() <= control_bytes_max);
  append_frame(out, opcode, payload);
}

}  // namespace

void append_frame_header(std::string& out, Opcode opcode, std::uint64_t payload_bytes) {
  append_header(out, opcode, true, 0, payload_bytes);
}

void append_text_frame(std::string& out, std::string_view text) {
  append_frame(out, Opcode::text, text);
}

void append_binary_frame(std::string& out, std::string_view bytes) {
  append_frame(out, Opcode::binary, bytes);
}

void append_ping_frame(std::string& out, std::string_view payload) {
  append_control_frame(out, Opcode::ping, payload);
}

void append_pong_frame(std::string& out, std::string_view payload) {
  append_control_frame(out, Opcode::pong, payload);
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
  if (code == close_code::none) {
    append_frame(out, Opcode::close, {});
    return;
  }
  DAYBOOK_CHECK(may_close_with(code));
  reason = cut_text(reason, close_reason_bytes_max);
  append_frame_header(out, Opcode::close, 2 + reason.size());
  append_big_endian(out, code, 2);
  out.append(reason);
}

bool may_close_with(std::uint16_t code) {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

void append_client_frame(std::string& out, Opcode opcode, std::string_view payload,
                         std::uint32_t mask, bool final) {
  append_header(out, opcode, final, mask_bit, payload.size());
  const auto bytes = std::bit_cast<std::array<char, sizeof mask>>(mask);
  out.append(bytes.data(), bytes.size());
  const std::size_t begin = out.size();
  out.append(payload);
  apply_mask(out.data() + begin, out.data() + begin, payload.size(), mask, 0);
}

void apply_mask(char* to, const char* data, std::size_t bytes, std::uint32_t mask, unsigned phase) {
  static_assert(std::endian::native == std::endian::little);
  const std::uint32_t turned = std::rotr(mask, static_cast<int>(8 * (phase % 4)));
  const std::uint64_t wide = (std::uint64_t{turned} << 32) | turned;
  while (bytes >= word_bytes) {
    std::uint64_t word;
    std::memcpy(&word, data, word_bytes);
    word ^= wide;
    std::memcpy(to, &word, word_bytes);
    to += word_bytes;
    data += word_bytes;
    bytes -= word_bytes;
  }
  for (std::size_t i = 0; i < bytes; ++i)
    to[i] = static_cast<char>(static_cast<std::uint64_t>(data[i]) ^ (wide >> (8 * i)));
}

}  // namespace daybook::websocket
