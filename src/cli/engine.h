// Engine: one running Daybook, wired in order: settings → log → domains (replayed) → sequencer →
// projectors → HTTP → broadcaster.
//
// Thread: made, run and stopped by the main thread.
#pragma once

#include "auth/admin_key.h"
#include "blobs/blob_store.h"
#include "cli/live.h"
#include "cli/projection.h"
#include "config/config.h"
#include "domain/catalog.h"
#include "http/server.h"
#include "log/event_log.h"
#include "metrics/metrics.h"
#include "sequencer/retention.h"
#include "sequencer/sequencer.h"

#include <daybook/result.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace daybook::cli {

class Engine {
 public:
  struct Options {
    bool accept_loss = false;
    void* rocksdb_env = nullptr;           // tests only
    std::function<void()> on_log_failure;  // once, on whichever thread saw it
  };
  // Opens everything, replays the log into the domains and starts the sequencer; no port is open
  // yet.
  static Result<std::unique_ptr<Engine>> open(const config::Config& config, const Catalog& catalog,
                                              const Options& options);
  ~Engine();

  // Opens the ports.
  Result<void> serve();
  // No new connections; everything accepted is committed and answered; ports and log closed.
  void drain();

  [[nodiscard]] Sequencer& sequencer() { return *sequencer_; }
  [[nodiscard]] log::EventLog& log() { return *log_; }
  [[nodiscard]] std::span<AnyDomain* const> domains() const { return domain_pointers_; }
  [[nodiscard]] std::vector<std::string> urls() const { return server_->urls(); }
  // The admin key in clear when this start made it, else empty.
  [[nodiscard]] const std::string& fresh_admin_key() const { return fresh_admin_key_; }

 private:
  explicit Engine(const config::Config& config) : config_(config) {}
  Result<void> open_log(const Catalog& catalog, const Options& options);
  Result<void> replay();
  void make_sequencer();
  Result<void> make_projection(std::vector<project::ProjectorSpec> specs);
  void make_retention();
  void register_metrics();

  const config::Config config_;
  std::string fresh_admin_key_;
  std::map<TopicId, metrics::Counter> events_counters_;
  // In the order they are made; destroyed the other way round.
  std::unique_ptr<metrics::Registry> metrics_;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<auth::AdminKey> admin_key_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  std::vector<std::unique_ptr<AnyDomain>> domains_;
  std::vector<AnyDomain*> domain_pointers_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Retention> retention_;
  std::unique_ptr<Live> live_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace daybook::cli
