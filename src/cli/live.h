// Live: what clients that stay connected need in a running engine - the table of messages, the apps
// of the io threads, the broadcaster.
//
// Thread: made, started and stopped by the main thread.
#pragma once

#include "config/config.h"
#include "domain/any_domain.h"
#include "http/broadcaster.h"
#include "http/live_table.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "sequencer/sequencer.h"

#include <daybook/result.h>

#include <memory>
#include <span>

namespace daybook::cli {

class Live {
 public:
  // Errc::invalid: two messages of one name.
  static Result<std::unique_ptr<Live>> make(std::span<AnyDomain* const> domains);

  // Sets the front's live options and the listeners that serve one domain: every domain whose
  // settings have the rows `<name>.listen` and `<name>.cors_origins` may have some.
  static void set_options(const config::Config& config, std::span<AnyDomain* const> domains,
                          http::Options& options);
  // Sets how the front makes its apps; this object outlives the server.
  void set_app(http::Dependencies& dependencies) const;
  // The server outlives the broadcaster's stop.
  void start(http::Server& server, const Sequencer& sequencer, std::span<AnyDomain* const> domains,
             metrics::Registry& metrics);
  void stop();

 private:
  explicit Live(http::LiveTable table) : table_(std::move(table)) {}

  const http::LiveTable table_;
  std::unique_ptr<http::Broadcaster> broadcaster_;
};

}  // namespace daybook::cli
