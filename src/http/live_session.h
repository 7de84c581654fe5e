// One connection that stays open: a WebSocket, or an event stream (server-sent events). It was a
// Session until its request was answered with 101 or the head of a stream. Frames and bytes are
// done here; what the messages mean is its peer's business.
//
// live_session.cc reads and ends, live_session_out.cc sends.
//
// States: opening (its peer is being made; everything sent waits behind the answer to the request)
// → open → closing (the close frame is behind what waits; messages of the client are thrown away)
// → closed, when both sides have said so, the client is gone, or close_ms is over.
//
// A state goes from its shared bytes straight into the kernel when nothing waits: one system call,
// no copy, no allocation. Own bytes that wait are bounded by LiveOptions::unsent_bytes_max (and the
// one message that goes over it), states by one per topic and format. The kernel is kept from
// hoarding states nobody wants any more by TCP_NOTSENT_LOWAT.
//
// Threads: confined to its io thread.
#pragma once

#include "http/channel.h"
#include "http/live_shared.h"
#include "live/connection.h"
#include "live/outbox.h"
#include "websocket/decoder.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace daybook::http {

class LiveSession final : public Channel, public live::Connection {
 public:
  static constexpr std::int64_t close_ms = 2000;         // from our close frame to the end
  static constexpr std::int64_t close_at_stop_ms = 500;  // the same when the server stops
  // Of one turn; then others get theirs.
  static constexpr std::size_t reads_per_turn_max = 16;
  static constexpr std::size_t read_bytes = 16u << 10;
  static constexpr std::size_t steps_per_turn_max = 64;  // messages and control frames
  static constexpr int unsent_in_kernel_bytes = 32 << 10;

  enum class Mode : std::uint8_t {
    messages,         // a WebSocket whose protocol has heartbeats of its own (Socket.IO)
    pinged_messages,  // a WebSocket that is pinged here, and takes text only
    event_stream,
  };

  // `opening`: the answer to the request. No descriptor yet: send, offer and close work and wait.
  LiveSession(IoThread& io, Mode mode, std::size_t message_bytes_max, std::string_view opening);
  ~LiveSession() override;

  // The protocol's half. REQUIRES: before start
  void set_peer(std::unique_ptr<live::Peer> peer) { peer_ = std::move(peer); }
  // Takes the descriptor. `rest`: what was received behind the request.
  void start(int fd, std::uint64_t tag, std::string_view rest);

  // --- from the io thread
  void on_ready(std::uint32_t epoll_events) override;
  void on_deadline() override;
  void settle() override;
  void drain() override;
  void finish() override;
  void close() override;

  // --- from the peer
  void send(live::Kind kind, std::string_view message) override;
  void offer(const live::MessagePtr& message, std::size_t format) override;
  void close(std::uint16_t code, std::string_view reason) override;
  [[nodiscard]] std::size_t unsent_bytes() const override { return outbox_.unsent_bytes(); }

 private:
  enum class State : std::uint8_t { opening, open, closing };

  [[nodiscard]] bool is_stream() const { return mode_ == Mode::event_stream; }
  // --- in
  // False: half of what may wait for the client does, so that it gets no further answers until it
  // has taken some. Over the whole of it (one large answer) the next one closes the connection.
  [[nodiscard]] bool may_take() const;
  void read();
  void take(std::span<char> bytes, std::size_t& steps);
  void take_step(websocket::Decoder::Step step);
  void keep(std::string_view bytes);
  // --- out
  [[nodiscard]] bool may_send_now() const {
    return state_ == State::open && !blocked_ && outbox_.empty();
  }
  std::size_t send_now(std::span<const std::string_view> pieces);
  void put(std::string_view header, std::string_view payload);  // own bytes, sent or waiting
  void put_control(websocket::Opcode opcode, std::string_view payload);
  void flush();
  void note_waiting();
  // --- the end
  void begin_close(LiveEnd by, std::uint16_t code, std::string_view reason);
  void too_slow(std::uint16_t code, std::string_view reason);
  // For what was found inside a call of the peer's: end() comes when it is settled.
  void end_later(LiveEnd by, const char* why);
  void end(LiveEnd by, std::string_view why);
  void end_if_done();
  void set_deadline();
  void look_at_clock();

  const Mode mode_;
  State state_ = State::opening;
  LiveEnd ended_by_ = LiveEnd::server;
  bool readable_ = false;
  bool hangup_ = false;      // the client may have ended: read until the kernel says so
  bool blocked_ = false;     // the kernel took less than it was given
  bool begun_ = false;       // some of what waits first is sent already
  bool close_came_ = false;  // the client's close frame
  bool eof_ = false;
  bool shut_ = false;    // our side
  bool pinged_ = false;  // since the client was heard last
  bool settling_ = false;
  bool due_ = false;            // its deadline is over
  const char* lost_ = nullptr;  // end_later(): why
  websocket::Decoder decoder_;
  std::string unread_;  // received, not looked at yet, with padding; empty between turns with room
  live::Outbox outbox_;
  std::unique_ptr<live::Peer> peer_;
  std::int64_t heard_ms_;  // when the client last sent anything; of a stream: when we did
  std::int64_t waiting_since_ms_ = 0;  // not 0: something waits, and the client takes none of it
  std::int64_t close_until_ms_ = 0;    // closing
};

}  // namespace daybook::http
