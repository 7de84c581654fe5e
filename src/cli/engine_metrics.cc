// The gauges of a running engine (docs/operating.md lists every metric).
#include "cli/engine.h"

#include "base/clock.h"
#include "daybook_version.h"

#include <unistd.h>

#include <cstdio>
#include <memory>

namespace daybook::cli {
namespace {

// Resident bytes of this process, from /proc/self/statm (pages, second field).
double resident_bytes() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

// The share of the time since it was last read that a busy-time counter grew.
class BusyRatio {
 public:
  explicit BusyRatio(const std::atomic<std::uint64_t>& busy_us) : busy_us_(busy_us) {}
  double read() {
    const std::int64_t now = steady_us();
    const std::uint64_t busy = busy_us_.load(std::memory_order_relaxed);
    const std::int64_t passed = now - last_us_;
    const auto worked = static_cast<double>(busy - last_busy_);
    last_us_ = now;
    last_busy_ = busy;
    return passed <= 0 ? 0.0 : worked / static_cast<double>(passed);
  }

 private:
  const std::atomic<std::uint64_t>& busy_us_;
  std::int64_t last_us_ = steady_us();
  std::uint64_t last_busy_ = 0;
};

}  // namespace

void Engine::register_metrics() {
  metrics::Registry& m = *metrics_;
  const SequencerStats& stats = sequencer_->stats();
  const auto counted = [&m](std::string_view name, std::string_view help,
                            const std::atomic<std::uint64_t>& value, double scale = 1.0) {
    m.counter_function(name, help, [&value, scale] {
      return static_cast<double>(value.load(std::memory_order_relaxed)) * scale;
    });
  };
  m.gauge("daybook_build_info", "Always 1; the labels say what runs.", [] { return 1.0; },
          {{"version", DAYBOOK_VERSION}, {"commit", DAYBOOK_COMMIT}});
  counted("daybook_sequencer_groups_total", "Commit groups made durable.", stats.groups);
  counted("daybook_sequencer_commands_total", "Commands decided.", stats.commands);
  counted("daybook_sequencer_refused_total", "Commands refused by their domain.", stats.refused);
  counted("daybook_sequencer_repeated_total", "Commands answered again by their Idempotency-Key.",
          stats.repeated);
  counted("daybook_sequencer_busy_total", "Requests handed back because the queue was full.",
          stats.busy);
  counted("daybook_sequencer_busy_seconds_total", "Time the sequencer was working.", stats.busy_us,
          1e-6);
  counted("daybook_sequencer_append_seconds_total", "Time the sequencer waited for the log.",
          stats.append_us, 1e-6);
  m.gauge("daybook_sequencer_busy_ratio",
          "Share of the time since the last scrape the sequencer was working.",
          [ratio = std::make_shared<BusyRatio>(stats.busy_us)] { return ratio->read(); });
  m.gauge("daybook_sequencer_queue_commands", "Commands waiting for the sequencer.",
          [this] { return static_cast<double>(sequencer_->queue_commands()); });
  m.gauge("daybook_sequencer_idempotency_keys", "Idempotency keys remembered.", [&stats] {
    return static_cast<double>(stats.idempotency_keys.load(std::memory_order_relaxed));
  });
  m.gauge("daybook_log_position", "The last durable position.",
          [this] { return static_cast<double>(sequencer_->visible().value); });
  const RetentionStats& removed = retention_->stats();
  counted("daybook_retention_removed_events_total", "Events removed from the log.",
          removed.removed_events);
  counted("daybook_retention_removed_records_total", "Records removed from the log.",
          removed.removed_records);
  counted("daybook_retention_failures_total", "Removals that failed; the next round tries again.",
          removed.failures);
  m.gauge("daybook_retention_last_run_seconds", "When retention last looked, since 1970.",
          [&removed] {
            return static_cast<double>(removed.last_run_us.load(std::memory_order_relaxed)) * 1e-6;
          });
  m.gauge("daybook_log_synced_position", "The last position known to be fsynced.",
          [this] { return static_cast<double>(log_->synced().value); });
  m.gauge("daybook_blobs_bytes", "Bytes of uploaded pictures.",
          [this] { return static_cast<double>(blobs_->total_bytes()); });
  m.gauge("daybook_resident_bytes", "Memory of the process.", resident_bytes);
  for (const auto& domain : domains_)
    m.gauge(
        "daybook_retention_held_events",
        "Positions that may be removed but for a reader that has not seen them.",
        [this, topic = domain->topic()] { return static_cast<double>(retention_->held(topic)); },
        {{"topic", std::string(domain->name())}});
  for (const auto& domain : domains_)
    m.gauge("daybook_view_bytes", "Memory of a domain's state and view.",
            [d = domain.get()] { return static_cast<double>(d->memory_bytes()); },
            {{"topic", std::string(domain->name())}});
}

}  // namespace daybook::cli
