// One live load from start to end: everyone joins, then the load warms up, is measured, and what is
// on its way comes in.
#pragma once

#include <daybook/result.h>

#include "load/live_crowd.h"
#include "load/server_process.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace daybook::load {

constexpr std::int64_t join_silence_ns_max = 30'000'000'000;   // without one more that has joined
constexpr std::int64_t last_broadcast_ns_max = 3'000'000'000;  // waited for after the end

struct LiveTick {
  double seconds = 0;  // since the start, joining included
  unsigned joined = 0;
  std::uint64_t broadcasts = 0, messages = 0, accepted = 0, lost = 0;
};

struct LiveServer {
  ProcessUsage before, joined;  // before the first connection; when all had joined
  ProcessUsage measured_from, measured_to;
};

struct LiveReport {
  unsigned joined = 0;
  double join_seconds = 0;  // from the first connection to the last one's joining
  double seconds = 0;       // measured
  LiveCounts counts;
  BroadcastCounts broadcasts;
  std::optional<LiveServer> server;
  double cpu_seconds = 0;  // of this process in the measured time
  bool interrupted = false;
};

// Runs it on the caller's thread; `on_tick` is called about once a second. SIGINT ends it early
// with what it has. Errors: Errc::unavailable when not all sockets could join; Errc::not_found
// without the server's process; Errc::invalid for a plan that cannot be.
Result<LiveReport> run_live(const LivePlan& plan,
                            const std::function<void(const LiveTick&)>& on_tick);

}  // namespace daybook::load
