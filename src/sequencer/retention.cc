#include "sequencer/retention.h"

#include <algorithm>
#include <chrono>

#include "base/logging.h"
#include "base/thread.h"

namespace daybook {
namespace {

constexpr std::int64_t ms_per_s = 1000;

}  // namespace

Retention::Retention(log::EventLog& log, std::span<AnyDomain* const> domains,
                     RetentionOptions options)
    : log_(log), domains_(domains.begin(), domains.end()), options_(std::move(options)) {}

Retention::~Retention() { stop(); }

void Retention::start() {
  thread_ = std::thread([this] { run(); });
}

void Retention::stop() {
  if (!thread_.joinable()) return;
  stop_removing_ = true;
  {
    LockGuard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Retention::run() {
  set_thread_name("retention");
  for (std::int64_t wait_ms = options_.first_after_ms; wait_for(wait_ms);
       wait_ms = options_.interval_s * ms_per_s)
    round();
}

bool Retention::wait_for(std::int64_t wait_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  LockGuard lock(mutex_);
  while (!stopping_) {
    if (wake_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
  }
  return !stopping_;
}

void Retention::round() {
  const UnixUs now = options_.now();
  for (const AnyDomain* domain : domains_) {
    if (stop_removing_ || log_.failed()) return;
    remove_from(*domain, now);
  }
  stats_.last_run_us = options_.now().value;
  ++stats_.rounds;
}

std::uint64_t Retention::held(TopicId topic) const {
  LockGuard lock(mutex_);
  const auto found = held_.find(topic);
  return found == held_.end() ? 0 : found->second.events;
}

Position Retention::bound(const AnyDomain& domain, Position removable) {
  const RetentionLimit limit = options_.limit ? options_.limit(domain) : RetentionLimit{};
  const bool held = limit.before < removable;
  {
    LockGuard lock(mutex_);
    Held& known = held_[domain.topic()];
    known.events = held ? removable.value - limit.before.value : 0;
    if (known.holder == (held ? limit.holder : "")) return std::min(removable, limit.before);
    known.holder = held ? limit.holder : "";
  }
  if (held)
    log_warn("retention waits for a reader that has not seen the events it may remove",
             {{"topic", domain.name()},
              {"reader", limit.holder},
              {"next", limit.before.value},
              {"removable_before", removable.value}});
  else
    log_info("retention is held back no longer", {{"topic", domain.name()}});
  return std::min(removable, limit.before);
}

void Retention::remove_from(const AnyDomain& domain, UnixUs now) {
  const Position before = bound(domain, domain.removable_before(now));
  if (before.value == 0) return;
  const auto removed = log_.remove_before(
      domain.topic(), before,
      [&domain](const log::EventView& event) { return domain.removable(event); }, &stop_removing_);
  if (!removed.ok()) {
    ++stats_.failures;
    log_warn("retention could not remove old events; it will try again",
             {{"topic", domain.name()}, {"reason", removed.error().message}});
    return;
  }
  if (removed->records == 0) return;
  stats_.removed_events += removed->events;
  stats_.removed_records += removed->records;
  stats_.removed_bytes += removed->bytes;
  log_info("retention removed old events", {{"topic", domain.name()},
                                            {"before", before.value},
                                            {"events", removed->events},
                                            {"records", removed->records},
                                            {"bytes", removed->bytes}});
}

}  // namespace daybook
