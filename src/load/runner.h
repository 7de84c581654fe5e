// One load from start to end: workers on their threads, a common start, a tick a second, one tally.
#pragma once

#include <daybook/result.h>

#include "load/request_source.h"
#include "load/tally.h"
#include "load/target.h"
#include "load/worker.h"

#include <cstdint>
#include <functional>

namespace daybook::load {

constexpr unsigned threads_max = 64;
constexpr unsigned load_connections_max = 60000;
constexpr unsigned load_pipeline_max = 1024;
constexpr std::int64_t duration_ns_max = 86'400'000'000'000;

struct LoadPlan {
  Target target;
  unsigned connections = 100;
  unsigned threads = 1;   // at most `connections`
  unsigned pipeline = 1;  // requests outstanding on one connection
  std::int64_t duration_ns = duration_ns_max;
  std::int64_t warmup_ns = 0;          // before the duration; not measured
  std::uint64_t requests = unlimited;  // all workers together
  double rate = 0;                     // requests a second of the open loop; 0: closed loop
  bool lines = false;                  // answers are NDJSON; count their lines
};

struct LoadTick {
  double seconds = 0;  // since the start, warm-up included
  Worker::Progress total;
};

struct LoadReport {
  Tally tally;
  unsigned connected = 0;  // at the start
  double seconds = 0;      // from the end of the warm-up to the last answer
  double cpu_user_seconds = 0, cpu_system_seconds = 0;  // of this process, warm-up included
  bool interrupted = false;
};

// Runs it on `threads` threads of its own; `on_tick` is called on the caller's, about once a
// second. SIGINT ends it early with what it has. Errors: Errc::unavailable when not one connection
// could be made; Errc::invalid for a plan that cannot be.
Result<LoadReport> run_load(const LoadPlan& plan, const SourceFactory& sources,
                            const std::function<void(const LoadTick&)>& on_tick);

}  // namespace daybook::load
