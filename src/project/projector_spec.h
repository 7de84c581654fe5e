// A projector as configured: one [[projector]] table.
#pragma once

#include <daybook/publish.h>
#include <daybook/result.h>
#include <daybook/sink.h>

#include "config/config.h"
#include "domain/any_domain.h"
#include "project/sink_catalog.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace daybook::project {

constexpr std::size_t projectors_max = 64;
constexpr std::size_t name_chars_max = 64;

struct ProjectorSpec {
  std::string name;
  std::string topic;
  EventFilter filter;
  std::string sink;        // the type's name
  bool start_now = false;  // with no checkpoint yet: false from the beginning, true from the end
  std::size_t batch_events_max = 500;
  std::size_t batch_bytes_max = 1u << 20;
  std::int64_t batch_ms = 1000;
  std::int64_t retry_min_ms = 1000;     // back-off while the target is unavailable: doubles, with
  std::int64_t retry_max_ms = 300'000;  // full jitter, up to this
  // Whether the table gives one of the two that follow: then they hold in place of the sink's plan.
  bool own_retries = false;
  std::int64_t dead_letter_retry_s = 3600;  // 0: only when a person asks
  std::uint32_t dead_letter_tries_max = 3;  // by itself; then only when a person asks
  std::size_t dead_letters_max = 100'000;   // open ones; then the projector waits for a person
  std::unique_ptr<Sink> sink_object;
};

// Every [[projector]] table, its sink made. Errc::invalid lists every mistake with its place:
// unknown keys (the nearest known one), a topic or a type of event that does not exist, a sink that
// does not exist, two of one name, what the sink has against its options.
Result<std::vector<ProjectorSpec>> read_projectors(const config::Config& config,
                                                   const SinkCatalog& sinks,
                                                   std::span<AnyDomain* const> domains);

}  // namespace daybook::project
