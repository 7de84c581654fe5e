// LiveSocket: a WebSocket client that can also misbehave: raw bytes, frames of any form, and not
// reading. Nothing in it fails a test; what went wrong is in what it returns.
//
// Threads: one. Every wait has a deadline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/process.h"

namespace daybook::test {

constexpr Millis live_deadline{15'000};

enum class Op : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
  int opcode = 0;
  bool last = true;
  std::string payload;
};

// A client's frame. `reserved`: the three bits after the first.
struct FrameForm {
  bool last = true;
  bool masked = true;
  int reserved = 0;
};
std::string frame_bytes(int opcode, std::string_view payload, const FrameForm& form = {});
inline std::string frame_bytes(Op opcode, std::string_view payload, const FrameForm& form = {}) {
  return frame_bytes(static_cast<int>(opcode), payload, form);
}
// What a close frame carries.
std::string close_payload(int code, std::string_view reason = {});

class LiveSocket {
 public:
  enum class Kernel { as_usual, small_buffers };
  // "http://127.0.0.1:8080". Small buffers: the kernels on both sides together hold some 50 KiB of
  // what is not read yet, instead of megabytes.
  explicit LiveSocket(const std::string& url, Kernel kernel = Kernel::as_usual);
  ~LiveSocket();
  LiveSocket(LiveSocket&& other) noexcept;
  LiveSocket(const LiveSocket&) = delete;
  LiveSocket& operator=(const LiveSocket&) = delete;
  LiveSocket& operator=(LiveSocket&&) = delete;

  [[nodiscard]] bool connected() const { return fd_ >= 0; }
  // False: the server does not take more, ever or within the deadline.
  bool send(std::string_view bytes, Millis deadline = live_deadline);
  bool send(Op opcode, std::string_view payload) { return send(frame_bytes(opcode, payload)); }

  // The WebSocket handshake; the status of the answer, 0: none came. `headers`: more of them, each
  // with its CRLF.
  int open(std::string_view target, std::string_view headers = {});
  // The next frame; nullopt: the end, or nothing within the deadline.
  std::optional<Frame> frame(Millis deadline = live_deadline);
  // The next text that begins so; texts before it are skipped. nullopt: as frame(), or a close
  // frame, which closed() then tells.
  std::optional<std::string> text(std::string_view prefix, Millis deadline = live_deadline);
  // Reads until the end: the code of the server's close frame, 1005 when it has none, 1006 when the
  // connection ended without a close frame; 0: it did not end within the deadline.
  int closed(Millis deadline = live_deadline);

  // Engine.IO and Socket.IO over it: opens a session; false when it is refused.
  bool open_engine();
  // ... and the main namespace.
  bool open_socketio();
  // Sends the event with this acknowledgement and waits for it: what is in the brackets.
  std::optional<std::string> ask(std::string_view json_args, Millis deadline = live_deadline);

 private:
  bool fill(Millis deadline);
  void disconnect();

  int fd_ = -1;
  int acks_ = 0;
  std::string buffer_;
  std::optional<Frame> close_frame_;  // came while something else was waited for
};

}  // namespace daybook::test
