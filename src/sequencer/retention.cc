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

void Retention::remove_from(const AnyDomain& domain, UnixUs now) {
  const Position limit = options_.limit ? options_.limit() : Position::max();
  const Position before = std::min(domain.removable_before(now), limit);
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
