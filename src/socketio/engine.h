// The Engine.IO sessions of one thread: finds them by their ids, opens and counts them, looks at
// their clocks. What their messages mean is the layer's above.
//
// Threads: one (its io thread).
#pragma once

#include "base/timer_wheel.h"
#include "socketio/server.h"
#include "socketio/session.h"
#include "socketio/session_id.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daybook::socketio {

// What uses the sessions: Socket.IO, or an EngineHandler. Each call is inside the engine: no
// session is destroyed before it returns.
class Layer {
 public:
  virtual ~Layer() = default;
  virtual void opened(Session& session) = 0;
  // `padded`: json::Parser::padding_bytes behind the message may be read.
  virtual void received(Session& session, live::Kind kind, std::string_view message,
                        bool padded) = 0;
  virtual void expired(Session& session) { (void)session; }
  // Its client cannot be told anything any more, unless by what waits for its last poll.
  virtual void closed(Session& session, std::string_view reason) = 0;
  // The engine is about to be left: nobody is inside a call any more.
  virtual void settled() {}
};

class Engine {
 public:
  // `layer` outlives it.
  Engine(const Options& options, unsigned home, std::uint64_t seed, Layer& layer);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Of Server.
  std::uint64_t request(const HttpRequest& request, std::shared_ptr<HttpReply> reply,
                        std::int64_t now_ms);
  void poll_gone(std::uint64_t key);
  std::unique_ptr<live::Peer> open(const HttpRequest& request, live::Connection& connection,
                                   std::int64_t now_ms, Refused& refused_with);
  void tick(std::int64_t now_ms);
  void close_all();
  [[nodiscard]] Server::Counts counts() const;  // without sockets

  // Held by every call from outside that may change a session. The outermost lets waiting polls go
  // and destroys what has ended, in its destructor.
  class Entered {
   public:
    explicit Entered(Engine& engine) : engine_(engine) { ++engine_.depth_; }
    ~Entered() {
      if (engine_.depth_ == 1) engine_.settle();
      --engine_.depth_;
    }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

   private:
    Engine& engine_;
  };

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] Layer& layer() { return layer_; }
  [[nodiscard]] std::int64_t now_ms() const { return now_ms_; }
  [[nodiscard]] IdMaker& ids() { return ids_; }
  [[nodiscard]] bool is_stopping() const { return stopping_; }
  // For a packet that is about to be sent; empty. Until the next call.
  std::string& scratch();

  // For sessions.
  void set_timer(Session& session, std::int64_t at_ms) { wheel_.set(session, at_ms); }
  void has_to_say(Session& session) { talkative_.push_back(&session); }
  std::uint64_t add_poll(Session& session);
  void remove_poll(std::uint64_t key) { polls_.erase(key); }
  Handshakes::iterator add_handshake(Session& session);
  void remove_handshake(Handshakes::iterator at) { handshakes_.erase(at); }
  void count_websocket(int change) { websockets_ += static_cast<std::size_t>(change); }
  // It has ended and its client need not find it any more.
  void forget(Session& session);

 private:
  void settle();
  Session* find(std::string_view sid);
  Session& add_session();
  [[nodiscard]] bool is_full() const;
  bool make_room();  // false: none for another session

  const Options options_;
  Layer& layer_;
  IdMaker ids_;
  TimerWheel wheel_;
  std::int64_t now_ms_ = 0;
  std::unordered_map<SessionId, std::unique_ptr<Session>, SessionIdHash> sessions_;
  std::unordered_map<std::uint64_t, Session*> polls_;  // that wait
  std::uint64_t sessions_made_ = 0, polls_made_ = 0;
  Handshakes handshakes_;
  std::size_t websockets_ = 0;
  std::vector<Session*> talkative_;  // have a waiting poll and something to say
  std::vector<std::unique_ptr<Session>> ended_;
  std::string scratch_;
  int depth_ = 0;
  bool stopping_ = false;
};

}  // namespace daybook::socketio
