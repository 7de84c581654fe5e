// The seam between who holds a socket (src/http) and who speaks a protocol over it (src/socketio,
// the JSON protocol). Neither knows the other.
//
// Threads: one; a connection and its peer live on the io thread that holds the socket.
#pragma once

#include "live/message.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace daybook::live {

enum class Kind : std::uint8_t { text, binary };

// One open WebSocket (or event stream) as its protocol sees it.
class Connection {
 public:
  virtual ~Connection() = default;
  // Puts a whole message behind what is to be sent. When more than live.unsent_bytes_max would wait
  // the connection is closed as too slow instead; gone() comes later, never in the call.
  virtual void send(Kind kind, std::string_view message) = 0;
  // Sends the state's bytes in this format; while an older state of the same topic waits unsent,
  // the newer takes its place. The bytes are framed already.
  virtual void offer(const MessagePtr& message, std::size_t format) = 0;
  // Sends what waits, then the close frame with code (RFC 6455 7.4) and reason (at most 123 bytes
  // of UTF-8), waits a little for the peer's, ends. gone() comes later, never in the call.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  [[nodiscard]] virtual std::size_t unsent_bytes() const = 0;
};

// The protocol's half; owned by the connection, destroyed soon after gone().
class Peer {
 public:
  virtual ~Peer() = default;
  // A whole message, its UTF-8 checked when it is text. The bytes end with the call; at least
  // json::Parser::padding_bytes behind them may be read.
  virtual void received(Kind kind, std::string_view message) = 0;
  // Everything that waited has been taken by the kernel.
  virtual void drained() {}
  // The connection is over, whoever ended it: no call after this, and the Connection must not be
  // used any more. `reason`: for logs, no personal data.
  virtual void gone(std::string_view reason) = 0;
};

}  // namespace daybook::live
