#include "sequencer/sequencer.h"

#include "base/clock.h"
#include "base/thread.h"
#include "sequencer/sequencer_impl.h"

#include <limits>

namespace daybook {

Sequencer::Sequencer(std::span<AnyDomain* const> domains, const SequencerLimits& limits,
                     SequencerSeam seam, Position head)
    : impl_(std::make_unique<Impl>(domains, limits, std::move(seam), head)) {}

Sequencer::~Sequencer() { drain_and_stop(); }

void Sequencer::remember(std::string_view idempotency_key, Position first) {
  const std::uint64_t hash = KeyHash{impl_->key_seed}(idempotency_key);
  // The later events of one command follow its first and carry the same key.
  if (idempotency_key == impl_->last_remembered_key) return;
  impl_->last_remembered_key = idempotency_key;
  impl_->index.insert(hash, first);
  impl_->stats.idempotency_keys.store(impl_->index.size(), std::memory_order_relaxed);
}

void Sequencer::start() {
  impl_->on_failure = on_failure;
  impl_->on_group = on_group;
  impl_->thread = std::thread([this] { impl_->run(); });
}

void Sequencer::drain_and_stop() {
  impl_->stopping.store(true, std::memory_order_release);
  impl_->queue.close();
  if (impl_->thread.joinable()) impl_->thread.join();
}

Submission* Sequencer::push(Submission* first) {
  Submission* rest = impl_->queue.push(first);
  std::uint64_t busy = 0;
  for (const Submission* s = rest; s != nullptr; s = s->next) ++busy;
  if (busy > 0) impl_->stats.busy.fetch_add(busy, std::memory_order_relaxed);
  return rest;
}

Position Sequencer::visible() const { return {impl_->visible.load(std::memory_order_acquire)}; }
bool Sequencer::failed() const { return impl_->failed.load(std::memory_order_acquire); }
bool Sequencer::stopping() const { return impl_->stopping.load(std::memory_order_acquire); }
std::size_t Sequencer::queue_commands() const { return impl_->queue.commands(); }
const SequencerStats& Sequencer::stats() const { return impl_->stats; }

void Sequencer::Impl::run() {
  set_thread_name("sequencer");
  for (;;) {
    const CommandQueue::Taken taken =
        queue.take(limits.group_commands_max, limits.group_bytes_max, wait_us());
    if (taken.first != nullptr && failed.load(std::memory_order_relaxed)) {
      fail(taken.first, Error{Errc::unavailable, std::string(log_failed_words)});
      continue;
    }
    if (taken.closed) break;
    const std::int64_t from_us = steady_us();
    if (taken.first != nullptr || is_due()) run_group(taken.first);
    if (sync_by_us != 0 && steady_us() >= sync_by_us) sync();
    stats.busy_us.fetch_add(static_cast<std::uint64_t>(steady_us() - from_us),
                            std::memory_order_relaxed);
  }
  sync();
}

// How long the queue may be waited for before time itself is an event. The wall clock may step, so
// a wait for it ends early now and then.
std::int64_t Sequencer::Impl::wait_us() const {
  constexpr std::int64_t look_again_us = 200'000;
  if (failed.load(std::memory_order_relaxed)) return CommandQueue::wait_forever;
  std::int64_t wait = std::numeric_limits<std::int64_t>::max();
  const std::int64_t steady = steady_us();
  const UnixUs now = seam.now();
  for (const Part& part : parts) {
    const auto due = part.domain->next_due();
    if (!due) continue;
    const std::int64_t until_due = due->value > now.value ? due->value - now.value : 0;
    wait = std::min({wait, look_again_us, std::max(until_due, quiet_until_us - steady)});
  }
  if (sync_by_us != 0) wait = std::min(wait, sync_by_us - steady);
  if (wait == std::numeric_limits<std::int64_t>::max()) return CommandQueue::wait_forever;
  return std::max<std::int64_t>(wait, 0);
}

bool Sequencer::Impl::is_due() const {
  if (failed.load(std::memory_order_relaxed) || steady_us() < quiet_until_us) return false;
  const UnixUs now = seam.now();
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    const auto due = part.domain->next_due();
    return due && *due <= now;
  });
}

// What was appended under Durability::interval becomes durable.
void Sequencer::Impl::sync() {
  if (sync_by_us == 0 || failed.load(std::memory_order_relaxed)) return;
  sync_by_us = 0;
  const auto synced = seam.sync();
  if (synced.ok()) return;
  stop_writing();
  if (on_failure) on_failure(synced.error());
}

void Sequencer::Impl::stop_writing() {
  failed.store(true, std::memory_order_release);
  queue.close();
}

}  // namespace daybook
