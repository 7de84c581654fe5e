// The client's half of WebSocket frames (RFC 6455 section 5), as far as a load client needs it:
// whole unfragmented messages, no extensions. Written apart from the server's codec, so that the
// two check each other.
//
// Thread: the connection's. Invariant: a whole frame in one read is taken without a copy; only one
// cut in two by the network is put together in `carry_`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr std::size_t frame_payload_bytes_max = std::size_t{1} << 20;

enum class Opcode : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// Appends one whole message, masked with `mask`.
void append_client_frame(std::string& out, Opcode opcode, std::string_view payload,
                         std::uint32_t mask);

class FrameReader {
 public:
  enum class State : std::uint8_t { need_more, frame, bad };

  // Takes bytes off the front of `in`: up to the end of one frame. After `frame`, the next call
  // starts the next one. After `bad` (see error()) the connection is of no more use.
  State feed(std::string_view& in);
  // For a new connection.
  void reset();

  // After `frame`:
  [[nodiscard]] Opcode opcode() const { return opcode_; }
  [[nodiscard]] std::string_view payload() const { return payload_; }  // until the next feed()
  [[nodiscard]] const char* error() const { return error_; }

 private:
  // Bytes of the frame that begins with these, or at least how many more than these it needs to be
  // known. Sets error_ for one that cannot be.
  std::size_t bytes_wanted(std::string_view bytes);
  void take(std::string_view frame);

  Opcode opcode_ = Opcode::text;
  bool carried_ = false;  // the last frame lies in carry_
  const char* error_ = nullptr;
  std::string_view payload_;
  std::string carry_;  // the start of a frame that has not come whole
};

}  // namespace daybook::load
