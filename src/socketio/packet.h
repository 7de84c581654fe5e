// Socket.IO 5's packets:
//
//   packet = type [attachments "-"] [namespace ","] [ack] [JSON]
//
// with the type as one digit, the namespace from its "/" on ("/", the main one, is left out), the
// acknowledgement's number in decimal. The binaries of types 5 and 6 follow as messages of their
// own; where they stood in the JSON is {"_placeholder":true,"num":n}.
// Pure. Threads: any.
#pragma once

#include <daybook/json.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::socketio {

enum class PacketType : std::uint8_t {
  connect,
  disconnect,
  event,
  ack,
  connect_error,
  binary_event,
  binary_ack
};

constexpr std::uint64_t ack_number_max = 9'007'199'254'740'991;  // what JavaScript counts to
constexpr std::size_t namespace_bytes_max = 128;
constexpr std::size_t event_name_bytes_max = 4096;
constexpr std::size_t attachments_limit = 64;  // of Options::attachments_max: a bit for each

struct Packet {
  PacketType type = PacketType::event;
  std::size_t attachments = 0;
  std::string_view name = "/";  // of the namespace
  std::optional<std::uint64_t> ack;
  std::string_view json;  // not parsed; empty: none

  [[nodiscard]] bool is_binary() const {
    return type == PacketType::binary_event || type == PacketType::binary_ack;
  }
};

// What a client may send: its form, that its type has a number, a payload and attachments where it
// must and none where it must not, and the limits. The JSON is not looked at. The views are into
// `text`. Errc::malformed with words for a log.
Result<Packet> decode_packet(std::string_view text, std::size_t attachments_max);

// The packet without its attachments. REQUIRES: what decode_packet would take back.
void append_packet(std::string& out, const Packet& packet);

// `["event",args]`.
void append_event_array(std::string& out, std::string_view event, std::string_view args);

// An event's array in its parts.
struct EventParts {
  std::string_view name;  // without escapes when it is `text`'s; else in `unescaped`
  std::string_view args;  // of `text`
};

// Checks the JSON of an event, an acknowledgement or a CONNECT: an array that begins with a name
// which is not reserved, an array, an object or nothing; and that there is exactly one placeholder
// for each attachment. Errc::malformed. The value is the parser's.
Result<json::Value> parse_payload(const Packet& packet, json::Parser& parser, bool padded);

// Takes an event's array apart: its name (a number's as written) and the text behind it.
// `unescaped` holds the name when the text has it escaped. REQUIRES: parse_payload took it.
EventParts split_event(std::string_view array_text, const json::Value& array,
                       std::string& unescaped);

}  // namespace daybook::socketio
