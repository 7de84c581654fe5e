#include "socketio/engine_packet.h"

#include "base/base64.h"

namespace daybook::socketio {

std::optional<EnginePacket> decode_engine_packet(live::Kind kind, std::string_view message) {
  if (kind == live::Kind::binary) return EnginePacket{EngineType::message, kind, message};
  if (message.empty()) return std::nullopt;
  const char type = message.front();
  if (type < type_digit(EngineType::open) || type > type_digit(EngineType::noop))
    return std::nullopt;
  return EnginePacket{static_cast<EngineType>(type - '0'), kind, message.substr(1)};
}

std::optional<EnginePacket> PayloadReader::next() {
  const std::size_t end = rest_.find(packet_separator);
  const std::string_view packet = rest_.substr(0, end);
  done_ = end == std::string_view::npos;
  rest_ = done_ ? std::string_view{} : rest_.substr(end + 1);
  if (!packet.starts_with(binary_prefix)) return decode_engine_packet(live::Kind::text, packet);
  auto bytes = from_base64(packet.substr(1));
  if (!bytes) return std::nullopt;
  binary_ = std::move(*bytes);
  return EnginePacket{EngineType::message, live::Kind::binary, binary_};
}

void append_to_payload(std::string& payload, live::Kind kind, std::string_view packet) {
  if (!payload.empty()) payload.push_back(packet_separator);
  if (kind == live::Kind::text) {
    payload.append(packet);
    return;
  }
  payload.push_back(binary_prefix);
  payload.append(base64(packet));
}

}  // namespace daybook::socketio
