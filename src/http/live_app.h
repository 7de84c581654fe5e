// What is served over connections that stay open: the seam between the front's machinery (sockets,
// Socket.IO sessions, the hub; live_thread.h) and what the messages mean. One LiveApp per io
// thread; called on that thread.
#pragma once

#include <daybook/http.h>
#include <daybook/result.h>

#include "live/connection.h"
#include "live/hub.h"
#include "sequencer/submission.h"
#include "socketio/server.h"

#include <cstdint>
#include <memory>

namespace daybook::http {

class IoThread;
struct Route;

// The numbers of the live::Formats the front registers.
struct FormatNumbers {
  std::size_t json_frame = 0;   // a WebSocket text frame of the JSON protocol
  std::size_t event_chunk = 0;  // server-sent events, as one HTTP chunk
};

// What an app may use of its thread. Outlives it.
struct LiveContext {
  IoThread& io;
  live::Hub& hub;
  socketio::Server& socketio;
  FormatNumbers formats;
  const live::Formats& encodings;  // all of them; the same object in every io thread
};

class LiveApp {
 public:
  virtual ~LiveApp() = default;
  // What a Socket.IO namespace of the settings does; owned by the app.
  virtual socketio::Namespace& namespace_of(std::string_view name) = 0;
  // A WebSocket wants to open at a live route: its protocol's half. An error becomes the answer to
  // the handshake. REQUIRES: the subprotocol was agreed on already.
  virtual Result<std::unique_ptr<live::Peer>> open_socket(const Route& route,
                                                          const Request& request,
                                                          live::Connection& connection) = 0;
  // The same for an event stream: the connection only takes states (offer) and close().
  virtual Result<std::unique_ptr<live::Peer>> open_stream(const Route& route,
                                                          const Request& request,
                                                          live::Connection& connection) = 0;
  // A submission that was tagged with live_tag in tag_a has its outcomes; it is given back to the
  // pool after the call.
  virtual void completed(Submission& submission) = 0;
  // About every 100 ms.
  virtual void tick(std::int64_t now_ms) { (void)now_ms; }
};

// tag_a of submissions that belong to the thread's LiveApp; no session's tag has it.
constexpr std::uint64_t live_tag = ~std::uint64_t{0};

}  // namespace daybook::http
