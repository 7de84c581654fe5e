// One Engine.IO session: what a client and the server have in common over one transport after the
// other, with its heartbeat. It begins polling or over a WebSocket; a polling one may change to a
// WebSocket once.
//
//   polling --(WebSocket, 2probe -> 3probe)--> probed --(5)--> WebSocket
//
// What it has to say waits for a poll until the change is complete, then goes to the Connection.
// A session that ends tells its layer first, then its client, and is destroyed when the engine is
// left (Engine::Entered), so that whoever ends it may be inside one of its calls.
//
// Threads: one (its io thread).
#pragma once

#include "base/timer_wheel.h"
#include "live/connection.h"
#include "socketio/engine_packet.h"
#include "socketio/poll_queue.h"
#include "socketio/server.h"
#include "socketio/session_id.h"

#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::socketio {

class Engine;
class Session;

// Why a session ends.
enum class Ending : std::uint8_t {
  client_closed,    // a close packet
  transport_gone,   // its WebSocket or its waiting poll
  transport_error,  // the client broke a rule of the transport
  malformed,        // a packet that is none
  too_large,        // payload_bytes_max
  too_slow,         // unsent_bytes_max
  ping_timeout,
  connect_timeout,
  server,  // the layer wants it
  stopping,
};
// Socket.IO's words for it.
std::string_view ending_reason(Ending ending);

// The half of a WebSocket that is the protocol's. Knows its session while that lives and uses the
// WebSocket.
class SessionPeer final : public live::Peer {
 public:
  // `session` null: the connection is closed already.
  SessionPeer(Engine& engine, Session* session, live::Connection& connection)
      : engine_(engine), session_(session), connection_(connection) {}
  void received(live::Kind kind, std::string_view message) override;
  void gone(std::string_view reason) override;

  [[nodiscard]] live::Connection& connection() { return connection_; }
  // The session is done with it.
  void close(std::uint16_t code, std::string_view reason) {
    session_ = nullptr;
    connection_.close(code, reason);
  }

 private:
  Engine& engine_;
  Session* session_;  // null: what comes is not looked at
  live::Connection& connection_;
};

// What the layer above keeps of a session.
class SessionState {
 public:
  virtual ~SessionState() = default;
};

// The sessions that are mere handshakes, the one that has been for longest first.
struct Handshake {
  Session* session = nullptr;
  std::int64_t since_ms = 0;
};
using Handshakes = std::list<Handshake>;

class Session final : public EngineSession, public TimerNode {
 public:
  Session(Engine& engine, const SessionId& id, std::uint64_t key);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] std::uint64_t key() const override { return key_; }
  [[nodiscard]] const SessionId& id() const { return id_; }
  // Not ended, nor lingering: ended, but its client is still to be told what was sent before.
  [[nodiscard]] bool is_open() const { return stage_ == Stage::open; }
  [[nodiscard]] bool is_websocket() const { return polling_ == nullptr; }

  // For the layer above.
  void send(live::Kind kind, std::string_view message) override;
  void send_packet(std::string_view packet);  // a text with Engine.IO's type
  void send_binary(std::string_view bytes);
  void offer(const live::MessagePtr& message, std::size_t packet_format, std::size_t frame_format);
  void close() override;
  void end(Ending ending);
  // Layer::expired is called then; TimerNode::never: not any more.
  void expire_at(std::int64_t at_ms);
  // Whether it counts as a mere handshake; a new session does.
  void set_joined(bool joined);
  std::unique_ptr<SessionState> state;  // the layer's own

  // For the engine. What it begins with; REQUIRES: called once, first.
  void begin_polling(HttpReply& reply);
  void begin_websocket(SessionPeer& peer);
  // A GET or POST of its client. The key of the poll when it waits, else 0.
  std::uint64_t poll(std::shared_ptr<HttpReply> reply);
  void poll_gone();
  void post(const HttpRequest& request, HttpReply& reply);
  void flush_poll();  // answers a waiting poll if there is something to say
  // A second transport. REQUIRES: polling, not probing.
  void begin_probe(SessionPeer& peer);
  [[nodiscard]] bool is_probing() const { return probe_ != nullptr; }
  void received(SessionPeer& peer, live::Kind kind, std::string_view message);
  void gone(SessionPeer& peer);
  void stop_lingering();  // if it does
  // Does what is due. It may have ended after the call.
  void look_at_clock();

 private:
  enum class Stage : std::uint8_t { open, lingering, ended };
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  // Only while polling.
  struct Polling {
    std::shared_ptr<HttpReply> reply;  // of the waiting poll
    std::uint64_t reply_key = 0;
    PollQueue queue;
    bool has_to_say = false;  // the engine knows
  };

  void append_open_packet(std::string& out) const;
  void put(live::Kind kind, std::string_view packet);
  void want_flush();
  void take(const EnginePacket& packet, bool padded);
  void take_probe(live::Kind kind, std::string_view message);
  void take_pong();
  void become_websocket();
  void drop_probe(std::uint16_t code, std::string_view reason);
  void refuse_post(HttpReply& reply, int status, Ending ending);
  void answer_poll(std::string payload);
  void end_polling(Ending ending);
  void beat();
  void set_timer();

  Engine& engine_;
  const SessionId id_;
  const std::uint64_t key_;
  SessionPeer* websocket_ = nullptr;
  SessionPeer* probe_ = nullptr;    // a WebSocket it may change to
  Handshakes::iterator handshake_;  // unless joined_
  std::unique_ptr<Polling> polling_;
  std::int64_t beat_at_ms_;             // the next ping, or when its pong is missing
  std::int64_t expires_at_ms_ = never;  // the layer's
  std::int64_t probe_ends_at_ms_ = never;
  Stage stage_ = Stage::open;
  bool awaits_pong_ = false;
  bool probed_ = false;  // the probe was answered: polls are let go at once
  bool joined_ = false;
  bool broke_rule_ = false;  // ended by what the client sent
};

}  // namespace daybook::socketio
