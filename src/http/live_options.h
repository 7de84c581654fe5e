// What is set for connections that stay open, and for listeners of their own.
//
// Threads: fixed before serving.
#pragma once

#include "live/hub.h"
#include "socketio/server.h"

#include <cstdint>
#include <string>
#include <vector>

namespace daybook::http {

// Every default is a setting's default too (src/config).
struct LiveOptions {
  bool socketio = true;                       // serve Socket.IO
  std::string socketio_path = "/socket.io/";  // with and without the last slash
  std::vector<std::string> namespaces = {"/"};
  socketio::Options engine;

  // Of all sockets and event streams.
  std::size_t unsent_bytes_max = 64u << 10;  // own bytes waiting for one client; states besides
  std::int64_t slow_timeout_ms = 20'000;     // a client that takes nothing for so long is closed
  // Of sockets that speak the JSON protocol; Socket.IO has its own.
  std::size_t message_bytes_max = 64u << 10;  // of one message of a client
  std::int64_t ping_interval_ms = 25'000;     // of the client's silence, before it is asked
  std::int64_t ping_timeout_ms = 20'000;      // from there to the end, when it goes on
  // Of event streams.
  std::int64_t heartbeat_ms = 15'000;  // between two comments

  live::HubLimits hub;  // of each io thread
};

// A listener that serves only one domain: its routes, its live paths and Socket.IO.
struct FrontOptions {
  std::string listen;                     // as Options::listen
  std::vector<std::string> cors_origins;  // as Options::cors_origins
  std::string domain;                     // its name
};

}  // namespace daybook::http
