// Engine.IO 4's packets, as they are: text with the type as its first digit, or bare binary bytes;
// and the payload of a poll or a POST: packets joined by U+001E, a binary one as "b" and base64.
// Pure. Threads: any.
#pragma once

#include "live/connection.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::socketio {

enum class EngineType : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

constexpr char packet_separator = '\x1e';
constexpr char binary_prefix = 'b';

// A polling body is worked off in one turn, while all other clients wait: some 10 ms of it.
constexpr std::size_t packets_per_body_max = 10'000;

struct EnginePacket {
  EngineType type = EngineType::message;
  live::Kind kind = live::Kind::text;  // binary: always a message
  std::string_view data;               // without the type
};

constexpr char type_digit(EngineType type) {
  return static_cast<char>('0' + static_cast<int>(type));
}

// A WebSocket message. Nullopt: empty text, or a first character that is no type.
std::optional<EnginePacket> decode_engine_packet(live::Kind kind, std::string_view message);

// The packets of a POST's body, one after the other.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view payload) : rest_(payload) {}
  [[nodiscard]] bool done() const { return done_; }
  // The next; its binary data is valid until the next call. Nullopt: a packet that is none.
  // REQUIRES: !done()
  std::optional<EnginePacket> next();

 private:
  std::string_view rest_;
  std::string binary_;
  bool done_ = false;
};

// Appends a packet to a payload. `packet`: a text with its type, or a binary's bytes.
void append_to_payload(std::string& payload, live::Kind kind, std::string_view packet);

}  // namespace daybook::socketio
