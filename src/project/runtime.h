// The runtime: every configured projector on a thread of its own, reading the log from its own
// checkpoint. Nothing here can slow a write: projectors look at the log now and then instead of
// being woken by the sequencer, run at a lower priority, and hold nothing but one batch each.
//
// Threads: start() and stop() by the owner; the rest from any. Each projector has a thread named
// "proj-<n>".
#pragma once

#include <daybook/http.h>
#include <daybook/result.h>

#include "metrics/metrics.h"
#include "project/clock.h"
#include "project/control.h"
#include "project/projector_spec.h"
#include "project/source.h"
#include "state/state_store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace daybook::project {

enum class ProjectorState : std::uint8_t {
  starting,  // the sink looks where its target is
  running,
  waiting,  // the reason says for what: the target, a person (no next try), the state store
  paused,
  disabled,
  stopped,
};
std::string_view state_name(ProjectorState state);

// What a person sees of a projector.
struct ProjectorStatus {
  std::string name, topic, sink;
  ProjectorState state = ProjectorState::starting;
  std::string reason;      // of waiting, paused, disabled
  Position position{};     // every wanted event up to it is at the target or a dead letter
  Position needed_from{};  // the first position of the log it may ask for again: after position,
                           // less what is not fsynced yet, and a reset it has not obeyed yet
  std::uint64_t lag_events = 0;  // positions of the log, of all topics, it has not looked at
  double lag_s = 0;              // age of the oldest wanted event it has not brought; 0: none
  double events_per_s = 0;       // over the last minute
  std::uint64_t delivered = 0, batches = 0, retries = 0;  // since the start
  std::size_t dead_letters = 0;                           // open
  std::optional<UnixUs> next_try_at;                      // with waiting
  UnixUs last_delivered_at{};                             // 0: not since the start
};

struct RuntimeOptions {
  std::int64_t poll_ms = 10;          // how often a projector that has seen all looks again
  std::int64_t look_ms = 100;         // how often one that waits or is paused looks at its orders
  std::int64_t checkpoint_ms = 1000;  // how often progress over unwanted events is written
  // How often a checkpoint is fsynced. The others are not: after a power cut a sink's begin() finds
  // an older one and repairs its target from it. Retention may take only what lies before a
  // checkpoint that is fsynced.
  std::int64_t sync_ms = 30'000;
  int nice = 10;                  // of the projectors' threads
  std::uint64_t jitter_seed = 0;  // 0: from the system
};

class Runtime {
 public:
  // Nothing but `specs` is owned. `metrics` is not rendered after the runtime is gone.
  Runtime(std::vector<ProjectorSpec> specs, Source& source, state::Store& store, Control& control,
          Clock& clock, metrics::Registry& metrics, const RuntimeOptions& options);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  void start();
  // Every projector ends its batch or gives it up, saves its progress and joins. Idempotent.
  void stop();

  [[nodiscard]] std::vector<ProjectorStatus> status() const;
  [[nodiscard]] std::optional<ProjectorStatus> status(std::string_view name) const;

  // The lowest `needed_from` of all configured projectors, those paused or disabled too, and whose
  // it is; max(): there is none.
  struct Slowest {
    Position next = Position::max();
    std::string projector;
  };
  [[nodiscard]] Slowest slowest() const;

  // GET /projectors, GET /projectors/{name}, GET /projectors/{name}/rows.
  [[nodiscard]] std::vector<ServiceRoute> routes();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::project
