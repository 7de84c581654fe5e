// The HTTP front: listeners, sessions, router. Everything above the sockets is in this folder;
// domains bring only routes.
//
// Threads: N named "http-k", each with its own io_context, its own SO_REUSEPORT acceptor per
// listener and its connections (a Socket.IO client's connection moves once, to the thread that has
// its session); one named "worker" for what blocks (uploads, log scans, service routes).
#pragma once

#include <daybook/http.h>
#include <daybook/result.h>

#include "auth/admin_key.h"
#include "blobs/blob_store.h"
#include "domain/any_domain.h"
#include "http/live_options.h"
#include "live/hub.h"
#include "live/message.h"
#include "log/event_log.h"
#include "metrics/metrics.h"
#include "sequencer/sequencer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace daybook::http {

struct Limits {
  std::size_t connections_max = 20000;
  std::size_t header_bytes_max = 8192;
  std::size_t body_bytes_max = 1u << 20;          // of a JSON body
  std::size_t events_body_bytes_max = 16u << 20;  // of POST /events, before and after gunzip
  std::size_t upload_bytes_max = 1'000'000;       // of the file inside POST /upload/image
  std::int64_t header_timeout_ms = 10'000;        // from a request's first byte to its header's end
  std::int64_t body_timeout_ms = 30'000;          // from there to its last byte
  std::int64_t idle_timeout_ms = 75'000;          // between requests; also for writing an answer
  std::size_t pipeline_max = 64;                  // requests of one connection waiting for answers
  std::size_t worker_queue_max = 256;             // uploads and log scans waiting
  std::size_t streams_max = 32;                   // answers being sent in parts at once
  std::size_t subscribers_max = 1000;             // those among them that may wait for events
};

struct Options {
  std::vector<std::string>
      listen;                // "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:80"; port 0: any free
  bool open_routes = false;  // open routes also on listeners that are not loopback
  std::vector<std::string> cors_origins;  // "*" or exact origins; empty: no CORS
  unsigned threads = 1;
  Limits limits;
  LiveOptions live;
  std::vector<FrontOptions> fronts;
};

class LiveApp;
struct LiveContext;

struct Dependencies {  // none owned
  Sequencer* sequencer = nullptr;
  std::span<AnyDomain* const> domains;
  log::EventLog* log = nullptr;
  auth::AdminKey* admin_key = nullptr;
  blobs::BlobStore* blobs = nullptr;
  metrics::Registry* metrics = nullptr;
  std::vector<ServiceRoute> services{};  // the server's own; what their handlers hold outlives it
  // Makes the app of one io thread, before it starts. Empty: no live routes, no Socket.IO.
  std::function<std::unique_ptr<LiveApp>(const LiveContext&)> make_live_app{};
};

// Whether Socket.IO can be served at the path beside the routes of the domains and the server's
// own. Errc::invalid, with the setting's name.
Result<void> check_socketio_path(std::span<AnyDomain* const> domains, const std::string& path);

class Server {
 public:
  // Binds all listeners, then serves. Errc::unavailable names the address that could not be bound;
  // Errc::invalid a listen text that is none, a route registered twice, or a front's unknown
  // domain.
  static Result<std::unique_ptr<Server>> start(const Options& options,
                                               const Dependencies& dependencies);
  virtual ~Server() = default;
  // "http://127.0.0.1:8080" per listener, those of Options::fronts last, with the real port.
  [[nodiscard]] virtual std::vector<std::string> urls() const = 0;
  // --- live: what a broadcaster needs, from any thread
  // The forms states are sent in.
  [[nodiscard]] virtual const live::Formats& formats() const = 0;
  // Which topics anybody follows.
  [[nodiscard]] virtual const live::Audience& audience() const = 0;
  // To everyone who follows its topic.
  virtual void publish(const live::MessagePtr& message) = 0;

  // /readyz turns 503, no new connections, answers say Connection: close, sockets that stay open
  // are closed as soon as the writes on their way are answered.
  virtual void begin_drain() = 0;
  // Sends what is answered (at most `grace_ms`), closes, joins. Call after
  // Sequencer::drain_and_stop().
  virtual void stop(std::int64_t grace_ms) = 0;
};

}  // namespace daybook::http
