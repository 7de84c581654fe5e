#include "cli/live.h"

#include "http/live_domains.h"

#include <algorithm>
#include <string>
#include <utility>

namespace daybook::cli {
namespace {

std::size_t size_of(const config::Config& config, std::string_view key) {
  return static_cast<std::size_t>(config.integer(key));
}

socketio::Options engine_options(const config::Config& config) {
  socketio::Options options;
  options.ping_interval_ms = config.integer("socketio.ping_interval_ms");
  options.ping_timeout_ms = config.integer("socketio.ping_timeout_ms");
  options.connect_timeout_ms = config.integer("socketio.connect_timeout_ms");
  options.upgrade_timeout_ms = config.integer("socketio.upgrade_timeout_ms");
  options.payload_bytes_max = size_of(config, "socketio.payload_bytes_max");
  options.attachments_max = size_of(config, "socketio.attachments_max");
  options.sessions_max = size_of(config, "socketio.sessions_max");
  options.handshakes_max = size_of(config, "socketio.handshakes_max");
  options.unsent_bytes_max = size_of(config, "live.unsent_bytes_max");
  return options;
}

}  // namespace

Result<std::unique_ptr<Live>> Live::make(std::span<AnyDomain* const> domains) {
  DAYBOOK_TRY(http::LiveTable table, http::LiveTable::make(domains));
  return std::unique_ptr<Live>(new Live(std::move(table)));
}

void Live::set_options(const config::Config& config, std::span<AnyDomain* const> domains,
                       http::Options& options) {
  http::LiveOptions& live = options.live;
  live.socketio = config.boolean("socketio.enabled");
  live.socketio_path = config.text("socketio.path");
  live.namespaces = config.text_list("socketio.namespaces");
  live.engine = engine_options(config);
  live.unsent_bytes_max = size_of(config, "live.unsent_bytes_max");
  live.slow_timeout_ms = config.integer("live.slow_timeout_ms");
  live.message_bytes_max = size_of(config, "live.message_bytes_max");
  live.ping_interval_ms = config.integer("live.ping_interval_ms");
  live.ping_timeout_ms = config.integer("live.ping_timeout_ms");
  live.heartbeat_ms = config.integer("live.heartbeat_ms");
  live.hub.topics_max = size_of(config, "live.topics_max");
  live.hub.topics_per_subscriber_max = size_of(config, "live.topics_per_client_max");
  const auto rows = config.show();
  for (const AnyDomain* domain : domains) {
    const std::string name(domain->name());
    const std::string key = name + ".listen";
    if (std::ranges::none_of(rows, [&](const auto& row) { return row.spec.key == key; })) continue;
    for (const std::string& listen : config.text_list(key))
      options.fronts.push_back({listen, config.text_list(name + ".cors_origins"), name});
  }
}

void Live::set_app(http::Dependencies& dependencies) const {
  dependencies.make_live_app = [this](const http::LiveContext& context) {
    return std::make_unique<http::DomainLiveApp>(context, table_);
  };
}

void Live::start(http::Server& server, const Sequencer& sequencer,
                 std::span<AnyDomain* const> domains, metrics::Registry& metrics) {
  http::Broadcaster::Parts parts;
  parts.sequencer = &sequencer;
  parts.domains = domains;
  parts.formats = &server.formats();
  parts.audience = &server.audience();
  parts.publish = [&server](const live::MessagePtr& message) { server.publish(message); };
  broadcaster_ = std::make_unique<http::Broadcaster>(std::move(parts));
  metrics.counter_function(
      "daybook_live_broadcasts_total",
      "States of topics sent to those who follow them, each counted once.",
      [this] { return broadcaster_ ? static_cast<double>(broadcaster_->broadcasts()) : 0.0; });
  broadcaster_->start();
}

void Live::stop() {
  if (broadcaster_) broadcaster_->stop();
}

}  // namespace daybook::cli
