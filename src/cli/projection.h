// Projection: what follows the log in a running engine - the state store, the configured projectors
// and the consumers over HTTP - wired to the log, the sequencer and the domains.
//
// Thread: made, started and stopped by the main thread; slowest_reader() by any.
#pragma once

#include "config/config.h"
#include "domain/any_domain.h"
#include "log/event_log.h"
#include "metrics/metrics.h"
#include "project/control.h"
#include "project/projector_spec.h"
#include "project/real_clock.h"
#include "project/runtime.h"
#include "project/source.h"
#include "sequencer/retention.h"
#include "sequencer/sequencer.h"
#include "state/state_store.h"

#include <daybook/http.h>
#include <daybook/result.h>

#include <memory>
#include <span>
#include <vector>

namespace daybook::cli {

class Projection {
 public:
  struct Parts {  // none owned; all outlive the projection
    log::EventLog* log = nullptr;
    Sequencer* sequencer = nullptr;
    std::span<AnyDomain* const> domains;
    metrics::Registry* metrics = nullptr;
  };
  // Opens the state store; no projector runs yet. `specs` as read_projectors() gave them.
  static Result<std::unique_ptr<Projection>> open(const config::Config& config, const Parts& parts,
                                                  std::vector<project::ProjectorSpec> specs);

  // After the sequencer has started.
  void start();
  // Before the sequencer stops, so that what a projector has to say still reaches the log.
  void stop();
  // After the HTTP front has stopped.
  void close();

  [[nodiscard]] std::vector<ServiceRoute> routes();
  // The projector or named consumer of this topic that is furthest back.
  [[nodiscard]] RetentionLimit slowest_reader(const AnyDomain& topic) const;

 private:
  explicit Projection(const Parts& parts) : parts_(parts) {}

  const Parts parts_;
  project::RealClock clock_;
  std::unique_ptr<state::Store> store_;
  std::unique_ptr<project::Source> source_;
  std::unique_ptr<project::Control> control_;
  std::unique_ptr<project::Runtime> runtime_;
};

}  // namespace daybook::cli
