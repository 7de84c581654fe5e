// Bytes of a WebSocket into messages, incrementally (RFC 6455 sections 5 to 8).
//
// Feed it whatever was received, until it says need_more:
//
//   std::span<char> rest = received;
//   for (;;) {
//     std::size_t used = 0;
//     const auto step = decoder.decode(rest, used);
//     rest = rest.subspan(used);
//     if (step == Decoder::Step::need_more) break;   // everything was taken
//     ... decoder.payload() ...
//   }
//
// Where the bytes are. `received` may be a thread's scratch: nothing of it is remembered after
// need_more. It is changed (unmasked) in place, and a message that lies in it as one frame is
// delivered where it lies, without a copy. Other messages are put together in a buffer of the
// decoder's, which grows with what has arrived, not with what a header announces, and is given
// back by the call after the one that delivered it. So a connection between two messages holds no
// buffer: sizeof(Decoder) is all.
//
// Padding. At least json::Parser::padding_bytes may be read behind every payload. REQUIRES: the
// same of what is behind the `received` of every call.
//
// UTF-8 of text is checked as it arrives; a message in pieces fails with the first wrong piece.
//
// Threads: one (its connection's).
#pragma once

#include "websocket/frame.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace daybook::websocket {

// What the other side is: a client's frames must be masked, a server's must not.
enum class From : std::uint8_t { client, server };

constexpr std::size_t message_bytes_limit = std::size_t{1} << 30;  // of message_bytes_max

// What the decoders of one thread may hold together for messages that are not whole yet. One that
// holds no more than bytes_free does not count, so that ordinary messages go on when others have
// used up the rest; a message for which there is none fails with 1013.
struct Allowance {
  std::size_t bytes_max;
  std::size_t bytes_free;
  std::size_t bytes = 0;  // held of bytes_max
};

struct DecoderOptions {
  std::size_t message_bytes_max = 1'000'000;  // all fragments of a message; over it: 1009
  bool binary = true;                         // false: a binary message fails with 1003
  From from = From::client;
  Allowance* allowance = nullptr;  // outlives the decoder; null: no bound but message_bytes_max
};

class Decoder {
 public:
  enum class Step : std::uint8_t {
    need_more,  // everything was taken
    text,       // payload(): a whole message, UTF-8
    binary,     // payload(): a whole message
    ping,       // payload(): what the pong must carry
    pong,       // payload()
    close,      // close_code() (none when it named none) and payload(), the reason in UTF-8
    failed,     // close_code() and payload(), static text: what to close the connection with
  };

  // REQUIRES: message_bytes_max in 1 ... message_bytes_limit
  explicit Decoder(const DecoderOptions& options);
  ~Decoder() { release(); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Takes bytes up to the next step. `used`: how many were taken; they are not to be shown again.
  // After close and failed all further bytes are taken and thrown away.
  Step decode(std::span<char> received, std::size_t& used);

  // Of the last step; ends with the next call.
  [[nodiscard]] std::string_view payload() const { return payload_; }
  [[nodiscard]] std::uint16_t close_code() const { return close_code_; }
  // Of the buffer; 0 between messages.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  enum class State : std::uint8_t { header, payload, ended };

  [[nodiscard]] std::size_t header_bytes() const;  // that the header has, as far as is known
  bool take_header(std::span<char> received, std::size_t& used);
  Step open_frame();
  Step check_header(std::uint64_t length);
  Step take_payload(std::span<char> received, std::size_t& used);
  Step close_frame(std::string_view bytes);
  Step end_message(std::string_view bytes);
  Step check_text();
  Step fail(std::uint16_t code, std::string_view why);
  bool reserve(std::size_t bytes);  // false: the allowance is used up
  void release();
  [[nodiscard]] std::size_t counted(std::size_t capacity) const;  // of the allowance

  Allowance* const allowance_;
  std::unique_ptr<char[]> buffer_;  // the message so far; behind it a control frame's payload
  std::string_view payload_;
  std::uint32_t capacity_ = 0;  // of buffer_, without its padding
  std::uint32_t message_bytes_ = 0;
  std::uint32_t checked_bytes_ = 0;  // of them: known to be UTF-8
  std::uint32_t frame_bytes_ = 0;    // payload length of the frame
  std::uint32_t frame_taken_ = 0;    // of them
  std::uint32_t mask_ = 0;
  std::uint32_t message_bytes_max_;
  std::uint16_t close_code_ = close_code::none;
  std::array<std::uint8_t, client_header_bytes_max> header_{};
  std::uint8_t header_taken_ = 0;
  Opcode message_ = Opcode::continuation;  // of the message under way; continuation: none
  Opcode opcode_ = Opcode::continuation;   // of the frame
  State state_ = State::header;
  bool final_ = false;
  bool from_client_;
  bool takes_binary_;
};

}  // namespace daybook::websocket
