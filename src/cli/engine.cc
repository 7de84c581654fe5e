#include "cli/engine.h"

#include "base/clock.h"
#include "base/descriptors.h"
#include "base/files.h"
#include "base/logging.h"
#include "sequencer/log_seam.h"

#include <thread>

namespace daybook::cli {
namespace {

std::size_t size_of(const config::Config& config, std::string_view key) {
  return static_cast<std::size_t>(config.integer(key));
}

// One http thread per core that the sequencer and the kernel leave over; never none.
unsigned http_threads(const config::Config& config) {
  const auto asked = config.integer("http.threads");
  if (asked > 0) return static_cast<unsigned>(asked);
  const unsigned cores = std::thread::hardware_concurrency();
  return cores <= 3 ? 1 : cores - 2;
}

SequencerLimits sequencer_limits(const config::Config& config) {
  SequencerLimits limits;
  limits.queue_commands_max = size_of(config, "sequencer.queue_commands_max");
  limits.queue_bytes_max = size_of(config, "sequencer.queue_bytes_max");
  limits.group_commands_max = size_of(config, "sequencer.group_commands_max");
  limits.group_bytes_max = size_of(config, "sequencer.group_bytes_max");
  limits.idempotency_keys_max = size_of(config, "sequencer.idempotency_keys_max");
  limits.sync_interval_ms = config.integer("log.sync_interval_ms");
  return limits;
}

// RocksDB's files, the listeners, the watermark and the worker need descriptors too: connections
// may not take the last ones, or the log could not open its next file.
constexpr std::size_t descriptors_kept = 512;

std::size_t connections_max(const config::Config& config) {
  const std::size_t wanted = size_of(config, "http.connections_max");
  const std::size_t limit = raise_descriptor_limit();
  const std::size_t room = limit > 2 * descriptors_kept ? limit - descriptors_kept : limit / 2;
  if (wanted <= room) return wanted;
  log_warn("connections are limited below http.connections_max by the limit on open files",
           {{"connections_max", std::uint64_t{wanted}},
            {"connections", std::uint64_t{room}},
            {"open_files_max", std::uint64_t{limit}}});
  return room;
}

http::Options http_options(const config::Config& config) {
  http::Options options;
  options.listen = config.text_list("server.listen");
  options.open_routes = config.boolean("server.open_routes");
  options.cors_origins = config.text_list("http.cors_origins");
  options.threads = http_threads(config);
  http::Limits& limits = options.limits;
  limits.connections_max = connections_max(config);
  limits.header_bytes_max = size_of(config, "http.header_bytes_max");
  limits.body_bytes_max = size_of(config, "http.body_bytes_max");
  limits.events_body_bytes_max = size_of(config, "http.events_body_bytes_max");
  limits.upload_bytes_max = size_of(config, "http.upload_bytes_max");
  limits.header_timeout_ms = config.integer("http.header_timeout_ms");
  limits.body_timeout_ms = config.integer("http.body_timeout_ms");
  limits.idle_timeout_ms = config.integer("http.idle_timeout_ms");
  limits.pipeline_max = size_of(config, "http.pipeline_max");
  limits.worker_queue_max = size_of(config, "http.worker_queue_max");
  limits.streams_max = size_of(config, "http.streams_max");
  limits.subscribers_max = size_of(config, "http.subscribers_max");
  return options;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(const config::Config& config, const Catalog& catalog,
                                             const Options& options) {
  std::unique_ptr<Engine> engine(new Engine(config));
  engine->metrics_ = std::make_unique<metrics::Registry>();
  DAYBOOK_TRY(engine->domains_, catalog.make(config));
  for (auto& domain : engine->domains_) engine->domain_pointers_.push_back(domain.get());
  DAYBOOK_TRY(auto projectors,
              project::read_projectors(config, project::make_sink_catalog(), engine->domains()));
  DAYBOOK_TRY_VOID(engine->open_log(catalog, options));
  const std::string data_dir = config.text("server.data");
  DAYBOOK_TRY(engine->blobs_,
              blobs::BlobStore::open(
                  data_dir, static_cast<std::uint64_t>(config.integer("blobs.total_bytes_max"))));
  engine->make_sequencer();
  DAYBOOK_TRY_VOID(engine->replay());
  // Last: a key that is made must reach the caller, who shows it.
  DAYBOOK_TRY(auth::AdminKey::Opened key, auth::AdminKey::open(data_dir));
  engine->admin_key_ = std::move(key.key);
  engine->fresh_admin_key_ = std::move(key.fresh);
  DAYBOOK_TRY_VOID(engine->make_projection(std::move(projectors)));
  engine->make_retention();
  engine->register_metrics();
  engine->sequencer_->start();
  engine->projection_->start();
  engine->retention_->start();
  return engine;
}

Engine::~Engine() {
  if (live_) live_->stop();
  if (projection_) projection_->stop();
  // The ports that answers go to belong to the server, which is destroyed first.
  if (sequencer_) sequencer_->drain_and_stop();
}

Result<void> Engine::open_log(const Catalog& catalog, const Options& options) {
  log::Options log_options;
  log_options.data_dir = config_.text("server.data");
  log_options.topics = catalog.topics();
  log_options.accept_loss = options.accept_loss;
  log_options.watermark_interval_ms = config_.integer("log.watermark_interval_ms");
  log_options.block_cache_bytes = size_of(config_, "log.block_cache_bytes");
  log_options.env_for_tests = options.rocksdb_env;
  log_options.on_failure = [hook = options.on_log_failure](const Error&) {
    if (hook) hook();
  };
  DAYBOOK_TRY(log_, log::EventLog::open(log_options));
  return {};
}

void Engine::make_sequencer() {
  for (const auto& domain : domains_)
    events_counters_[domain->topic()] =
        metrics_->counter("daybook_log_events_total", "Events made durable.",
                          {{"topic", std::string(domain->name())}});
  SequencerSeam seam = make_log_seam(*log_);
  seam.append = [this](std::span<const log::GroupPart> parts, Durability durability) {
    auto committed = log_->append(parts, durability);
    if (committed.ok())
      for (const log::GroupPart& part : parts) events_counters_.at(part.topic).add(part.count);
    return committed;
  };
  sequencer_ = std::make_unique<Sequencer>(domain_pointers_, sequencer_limits(config_),
                                           std::move(seam), log_->head());
  const auto group_events = metrics_->histogram(
      "daybook_sequencer_group_events", "Events in one commit group.", metrics::size_bounds(), 1.0);
  const auto commit_time =
      metrics_->histogram("daybook_log_commit_seconds", "One WriteBatch with its fsync.",
                          metrics::latency_bounds_us(), 1e-6);
  sequencer_->on_group = [group_events, commit_time](std::uint32_t events, std::int64_t write_us) {
    group_events.observe(events);
    commit_time.observe(static_cast<std::uint64_t>(write_us));
  };
}

Result<void> Engine::make_projection(std::vector<project::ProjectorSpec> specs) {
  Projection::Parts parts;
  parts.log = log_.get();
  parts.sequencer = sequencer_.get();
  parts.domains = domain_pointers_;
  parts.metrics = metrics_.get();
  DAYBOOK_TRY(projection_, Projection::open(config_, parts, std::move(specs)));
  return {};
}

void Engine::make_retention() {
  RetentionOptions options;
  options.limit = [this](const AnyDomain& topic) { return projection_->slowest_reader(topic); };
  options.interval_s = config_.integer("log.retention_interval_s");
  options.now = [] { return system_now(); };
  retention_ = std::make_unique<Retention>(*log_, domain_pointers_, std::move(options));
}

Result<void> Engine::replay() {
  if (log_->head().value == 0) return {};
  const std::int64_t from_us = steady_us();
  log::ScanOptions options;
  options.verify_hashes = true;
  Result<void> applied;
  std::uint64_t events = 0;
  DAYBOOK_TRY_VOID(log_->scan(options, [&](const log::EventView& event) {
    for (AnyDomain* domain : domain_pointers_) {
      if (domain->topic() != event.topic) continue;
      applied = domain->replay(event);
      break;
    }
    if (!event.idempotency_key.empty()) sequencer_->remember(event.idempotency_key, event.position);
    ++events;
    return applied.ok();
  }));
  if (!applied.ok()) return applied;
  const double seconds = static_cast<double>(steady_us() - from_us) * 1e-6;
  log_info("replayed the log", {{"events", events},
                                {"seconds", seconds},
                                {"events_per_second", static_cast<double>(events) / seconds}});
  return {};
}

Result<void> Engine::serve() {
  http::Dependencies dependencies;
  dependencies.sequencer = sequencer_.get();
  dependencies.domains = domain_pointers_;
  dependencies.log = log_.get();
  dependencies.admin_key = admin_key_.get();
  dependencies.blobs = blobs_.get();
  dependencies.metrics = metrics_.get();
  dependencies.services = projection_->routes();
  DAYBOOK_TRY(live_, Live::make(domain_pointers_));
  live_->set_app(dependencies);
  http::Options options = http_options(config_);
  Live::set_options(config_, domain_pointers_, options);
  DAYBOOK_TRY(server_, http::Server::start(options, dependencies));
  live_->start(*server_, *sequencer_, domain_pointers_, *metrics_);
  return {};
}

void Engine::drain() {
  if (server_) server_->begin_drain();
  retention_->stop();
  projection_->stop();
  sequencer_->drain_and_stop();
  if (live_) live_->stop();
  if (server_) server_->stop(config_.integer("server.drain_grace_ms"));
  projection_->close();
  log_->close();
}

}  // namespace daybook::cli
