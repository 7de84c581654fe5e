// A Socket.IO 4 server without sockets: Engine.IO protocol 4 and Socket.IO protocol 5 over whatever
// brings it HTTP requests and WebSocket messages. It knows no domain; rooms are topics of a
// live::Hub.
// Sources: https://github.com/socketio/socket.io docs/engine.io-protocol/v4-current.md and
// docs/socket.io-protocol/v5-current.md.
//
// Threads: one io thread. Each io thread has its own; a session lives in the thread that opened it,
// whose number is in its id (home_of), and the front brings it everything there.
#pragma once

#include <daybook/http.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include "live/connection.h"
#include "live/hub.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::socketio {

class EngineHandler;

struct Options {
  std::int64_t ping_interval_ms = 25'000;
  std::int64_t ping_timeout_ms = 20'000;
  std::int64_t connect_timeout_ms = 45'000;  // how long a session may be in no namespace
  std::int64_t upgrade_timeout_ms =
      10'000;  // from a session's second transport to its change to it
  std::size_t payload_bytes_max = 1'000'000;  // of a POST's body, a message, a packet's binaries
  std::size_t unsent_bytes_max = 64u << 10;   // own packets waiting for a poll
  std::size_t attachments_max = 16;           // binary parts of one packet; at most 64
  std::size_t incomplete_bytes_max =
      64u << 20;                      // of this thread: packets whose binaries are on their way
  std::size_t sessions_max = 20'000;  // of this thread
  std::size_t handshakes_max = 4096;  // of them: in no namespace; see handshake_kept_ms
  bool polling = true;
  bool websocket = true;
  // Not null: plain Engine.IO messages for this, no namespaces (tests only). Not owned.
  EngineHandler* plain = nullptr;
};

// One event a client sent.
struct Event {
  std::string_view name;
  std::string_view args;  // what follows the name: JSON values with commas between, may be empty;
                          // binaries are {"_placeholder":true,"num":n}
  std::span<const std::string> attachments;  // the binaries
  std::optional<std::uint64_t> ack;          // wants an acknowledgement under this number
  json::Value payload;  // the whole parsed array, the name first; ends with the call
};

class Socket;  // one client in one namespace

// What a namespace does. One object per namespace and io thread; called on that thread. Every call
// may use any socket; one that ends meanwhile is destroyed only when the server is left.
class Namespace {
 public:
  virtual ~Namespace() = default;
  // `auth`: the CONNECT packet's JSON object, "" for none. An error becomes CONNECT_ERROR with its
  // message.
  virtual Result<void> connecting(std::string_view auth) {
    (void)auth;
    return {};
  }
  virtual void connected(Socket& socket, std::string_view auth) {
    (void)socket;
    (void)auth;
  }
  virtual void received(Socket& socket, const Event& event) = 0;
  // The socket says nothing any more, leaves its topics and is destroyed after the call. `reason`:
  // Socket.IO's words ("transport close", "ping timeout", "client namespace disconnect", ...).
  virtual void disconnected(Socket& socket, std::string_view reason) {
    (void)socket;
    (void)reason;
  }
};

class Socket {
 public:
  virtual ~Socket() = default;
  // Where Server::find gets it back; never used twice in a process.
  [[nodiscard]] virtual std::uint64_t key() const = 0;
  [[nodiscard]] virtual std::string_view id() const = 0;  // the protocol's sid
  // `args`: JSON values with commas between.
  virtual void emit(std::string_view name, std::string_view args,
                    std::span<const std::string> attachments = {}) = 0;
  virtual void acknowledge(std::uint64_t ack, std::string_view args,
                           std::span<const std::string> attachments = {}) = 0;
  // To follow topics with: hub().join(socket.subscriber(), ...).
  virtual live::Subscriber& subscriber() = 0;
  // Leaves the namespace, disconnected() is called in the call; `close`: all namespaces of the
  // client, then its connection. Called from outside the server, the socket is gone after it.
  virtual void disconnect(bool close) = 0;
};

// An HTTP request to the path, whole.
struct HttpRequest {
  Method method = Method::get;
  std::span<const std::pair<std::string, std::string>> query;  // decoded
  std::string_view content_type;
  std::string_view body;
};

// Where the answer to one goes. Held by the server while a poll waits.
class HttpReply {
 public:
  virtual ~HttpReply() = default;
  // Once; then it is released. `text/plain; charset=UTF-8` or `application/json`. May be called in
  // any call to the server or to one of its sockets (a broadcast's too) and calls none itself.
  virtual void answer(int status, std::string_view content_type, std::string body) = 0;
};

// What a handshake or a request is refused with: an HTTP status and Engine.IO's JSON body. Codes 0
// to 5 are Engine.IO's, 6 is ours.
struct Refused {
  int status = 400;
  std::string body;
};
enum class Refusal : std::uint8_t {
  unknown_transport = 0,
  unknown_session = 1,
  bad_method = 2,
  bad_request = 3,
  forbidden = 4,  // 403: for the front, when it refuses a client (its origin)
  bad_version = 5,
  busy = 6,  // 503: sessions_max, handshakes_max, or stopping
};
Refused refused(Refusal why);

class Server {
 public:
  // One per io thread; `home`: its number, below 65,536. `seed` 0: ids from the system's random
  // source, as it must be outside of tests.
  static std::unique_ptr<Server> make(const Options& options, unsigned home,
                                      std::uint64_t seed = 0);
  // Closes what is open, as close_all. Not from inside one of its own calls.
  virtual ~Server() = default;

  // Before serving. `name`: "/" or "/admin". `packet_format`, `frame_format`: numbers in
  // live::Formats of this namespace's broadcasts as a packet of a payload (append_event_packet) and
  // as a WebSocket frame of it.
  virtual void add(std::string name, Namespace& of, std::size_t packet_format,
                   std::size_t frame_format) = 0;

  // Answers in the call, or later: a poll waits for something to say. The key returned, when not 0,
  // names the waiting poll for poll_gone.
  virtual std::uint64_t request(const HttpRequest& request, std::shared_ptr<HttpReply> reply,
                                std::int64_t now_ms) = 0;
  // The client of a waiting poll went away before it was answered; its session ends. Other keys are
  // ignored.
  virtual void poll_gone(std::uint64_t key) = 0;
  // A WebSocket wants to open at the path: the protocol's half of it, or null and what the
  // handshake is refused with. The connection is used in the call already (the open packet, or a
  // close), which the front sends behind its 101.
  using Refused = socketio::Refused;
  virtual std::unique_ptr<live::Peer> open(const HttpRequest& request, live::Connection& connection,
                                           std::int64_t now_ms, Refused& refused) = 0;

  // Heartbeats and deadlines, which are late by two ticks at most; call about every tick_ms.
  static constexpr std::int64_t tick_ms = 20;
  virtual void tick(std::int64_t now_ms) = 0;
  // Where there is no room for a new session, one that is in no namespace for so long already gives
  // way to it.
  static constexpr std::int64_t handshake_kept_ms = 2000;
  // The process stops: closes every session, opens no more.
  virtual void close_all() = 0;

  virtual Socket* find(std::uint64_t key) = 0;  // null: gone
  // Before serving: the hub whose topics a socket leaves when it ends. Outlives the server.
  virtual void use(live::Hub& hub) = 0;

  struct Counts {
    std::size_t sessions = 0;    // all
    std::size_t handshakes = 0;  // of them: in no namespace
    std::size_t websockets = 0;  // of them: over a WebSocket
    std::size_t sockets = 0;     // clients in namespaces
  };
  [[nodiscard]] virtual Counts counts() const = 0;
};

// The io thread a session id belongs to; nullopt: not one of ours.
std::optional<unsigned> home_of(std::string_view sid);

// An event as a packet of namespace `name` ("/" or "/admin"): `42["leaderboard-updated",{...}]`
// without Engine.IO's leading 4 when `engine` is false.
void append_event_packet(std::string& out, std::string_view name, std::string_view event,
                         std::string_view args, bool engine);

// One session of a plain Engine.IO server.
class EngineSession {
 public:
  virtual ~EngineSession() = default;
  [[nodiscard]] virtual std::uint64_t key() const = 0;  // never used twice by a server
  virtual void send(live::Kind kind, std::string_view message) = 0;
  virtual void close() = 0;
};

// What a server of plain Engine.IO messages does with them (Options::plain; the official Engine.IO
// suite). Called on the thread of each server that has it.
class EngineHandler {
 public:
  virtual ~EngineHandler() = default;
  virtual void opened(EngineSession& session) { (void)session; }
  virtual void received(EngineSession& session, live::Kind kind, std::string_view message) = 0;
  // It is destroyed after the call.
  virtual void closed(EngineSession& session) { (void)session; }
};

}  // namespace daybook::socketio
