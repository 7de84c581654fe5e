// What all io threads of one server share: read-only tables, a few atomics, the worker.
//
// Threads: any; everything but the atomics and the worker is fixed before the threads start.
#pragma once

#include "http/cors.h"
#include "http/live_shared.h"
#include "http/router.h"
#include "http/server.h"
#include "http/worker.h"

#include <atomic>
#include <vector>

namespace daybook::http {

class IoThread;

// What a listener serves and to whom: all of them but Options::fronts are number 0.
struct Front {
  Cors cors;
  const AnyDomain* domain = nullptr;  // not owned; null: everything
};
constexpr std::size_t fronts_max = 64;

struct Shared {
  Shared(const Options& options_in, const Dependencies& dependencies)
      : options(options_in),
        deps(dependencies),
        worker(options_in.limits.worker_queue_max,
               options_in.limits.streams_max + options_in.limits.subscribers_max) {
    fronts.push_back({Cors(options.cors_origins), nullptr});
  }

  const Options options;
  const Dependencies deps;
  std::vector<Front> fronts;  // fixed before the threads start
  LiveShared live;
  std::vector<IoThread*> threads;  // not owned; by number; fixed before they start
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
