// What the io threads share of connections that stay open: how states are encoded, which topics
// anybody follows, and what is counted.
//
// Threads: any; everything but the atomics and the audience is fixed before the threads start.
#pragma once

#include "http/live_app.h"
#include "live/hub.h"
#include "live/message.h"
#include "metrics/metrics.h"

#include <atomic>
#include <string>
#include <vector>

namespace daybook::http {

struct LiveOptions;

// Why a live connection ended.
enum class LiveEnd : std::uint8_t {
  client,    // it closed, or shut its side
  server,    // its protocol closed it, or the server stops
  slow,      // LiveOptions::unsent_bytes_max, slow_timeout_ms
  silent,    // no pong
  protocol,  // what it sent is no WebSocket, or more than is taken
  lost,      // reset, or gone without a word
  count_
};

struct LiveShared {
  live::Formats formats;
  FormatNumbers numbers;
  struct Namespace {
    std::string name;
    std::size_t packet_format = 0, frame_format = 0;
  };
  std::vector<Namespace> namespaces;
  live::Audience audience;

  std::atomic<std::size_t> websockets{0}, event_streams{0};
  std::atomic<std::size_t> socketio_sessions{0}, socketio_sockets{0};
  metrics::Counter received, sent, states;  // messages; states of topics
  metrics::Counter ended[static_cast<std::size_t>(LiveEnd::count_)];
};

// Fills formats, numbers and namespaces.
void register_formats(const LiveOptions& options, LiveShared& live);
void register_live_metrics(metrics::Registry& registry, LiveShared& live);

}  // namespace daybook::http
