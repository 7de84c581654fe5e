// One Socket.IO client over WebSocket, as raw as can be: the handshake by transport=websocket, the
// namespace "/", heartbeats, events with acknowledgements. (Engine.IO protocol 4, Socket.IO 5.)
//
// Thread: one, its owner's; no call blocks.
// Invariant: what it sends is short and goes out whole, or the connection is given up.
#pragma once

#include "load/target.h"
#include "load/websocket_frames.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr std::size_t upgrade_bytes_max = 16384;  // of the answer to the handshake

class LiveSocket;

class LiveSocketOwner {
 public:
  virtual ~LiveSocketOwner() = default;
  // It is in the namespace and may emit.
  virtual void entered(LiveSocket& socket) = 0;
  // `args`: the JSON array of the acknowledgement.
  virtual void acknowledged(LiveSocket& socket, std::string_view args) = 0;
  // `event`: the JSON array of an event, its name first.
  virtual void happened(LiveSocket& socket, std::string_view event) = 0;
  // The connection is over, not by close(). May be opened again, not in the call.
  virtual void lost(LiveSocket& socket, const std::string& why) = 0;
};

class LiveSocket {
 public:
  // `target` and `owner` outlive it. `number`: the owner's.
  LiveSocket(unsigned number, const Target& target, LiveSocketOwner& owner);
  ~LiveSocket() { close(); }
  LiveSocket(const LiveSocket&) = delete;
  LiveSocket& operator=(const LiveSocket&) = delete;

  // Starts to connect; false with the reason in why(). REQUIRES: closed
  bool open();
  // The descriptor can be written (while connecting()) or read. `input`: room to read into.
  void ready(std::span<char> input);
  // Emits an event with one argument (JSON), to be acknowledged. REQUIRES: entered
  void emit(std::string_view event, std::string_view json);
  // Says goodbye when it can, and ends.
  void close();

  [[nodiscard]] unsigned number() const { return number_; }
  [[nodiscard]] int fd() const { return fd_; }  // -1: closed
  [[nodiscard]] bool connecting() const { return step_ == Step::connecting; }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  enum class Step : std::uint8_t {
    closed,
    connecting,  // TCP
    upgrading,   // waits for 101
    opening,     // for Engine.IO's handshake
    entering,    // for the namespace's CONNECT
    entered
  };

  void connected();
  void receive(std::string_view bytes);
  bool upgraded(std::string_view& bytes);
  void on_frame();
  void on_packet(std::string_view packet);
  void on_message(std::string_view message);  // of Socket.IO
  void send_text(std::string_view text);
  bool send_whole(std::string_view bytes);
  void lose(std::string why);
  void shut();

  const unsigned number_;
  const Target& target_;
  LiveSocketOwner& owner_;
  int fd_ = -1;
  Step step_ = Step::closed;
  std::uint32_t mask_;
  std::uint64_t acks_ = 0;
  FrameReader frames_;
  std::string head_;  // of the answer to the handshake, while it comes
  std::string why_;
};

}  // namespace daybook::load
