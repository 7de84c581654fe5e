// What all io threads of one server share: read-only tables, a few atomics, the worker.
//
// Threads: any; everything but the atomics and the worker is fixed before the threads start.
#pragma once

#include "http/cors.h"
#include "http/router.h"
#include "http/server.h"
#include "http/worker.h"

#include <atomic>

namespace daybook::http {

struct Shared {
  Shared(const Options& options_in, const Dependencies& dependencies)
      : options(options_in),
        deps(dependencies),
        cors(options_in.cors_origins),
        worker(options_in.limits.worker_queue_max,
               options_in.limits.streams_max + options_in.limits.subscribers_max) {}

  const Options options;
  const Dependencies deps;
  const Cors cors;
  Router router;
  RouteMetrics other;  // answers that no route gave
  metrics::Counter refused;
  Worker worker;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> streams{0}, subscribers{0};
  std::atomic<bool> draining{false};
};

// Registers the routes of the domains, of the services and the front's own. Errc::invalid:
// registered twice.
Result<void> register_routes(Shared& shared);
void register_metrics(Shared& shared);

}  // namespace daybook::http
