#include "project/watch.h"

#include <algorithm>

namespace daybook::project {

// The version is read before the orders: at worst they are newer, and are read once more.
void Watch::refresh() {
  const std::uint64_t version = control_.version();
  if (version == seen_version_.load(std::memory_order_relaxed)) return;
  orders_ = control_.orders(projector_);
  halted_.store(orders_.paused || orders_.disabled || orders_.reset_number > obeyed_reset_,
                std::memory_order_relaxed);
  seen_version_.store(version, std::memory_order_release);
}

bool Watch::interrupted() {
  if (stopping()) return true;
  if (control_.version() != seen_version_.load(std::memory_order_acquire)) {
    LockGuard lock(mutex_);
    refresh();
  }
  return halted_.load(std::memory_order_relaxed);
}

Orders Watch::orders() {
  LockGuard lock(mutex_);
  refresh();
  return orders_;
}

void Watch::obeying(std::uint64_t reset_number) {
  LockGuard lock(mutex_);
  obeyed_reset_ = reset_number;
  seen_version_.store(none_seen, std::memory_order_relaxed);
  refresh();
}

bool Watch::wait(std::int64_t ms) {
  const std::int64_t until = clock_.steady_ms() + ms;
  while (!interrupted()) {
    const std::int64_t left = until - clock_.steady_ms();
    if (left <= 0) return true;
    if (!clock_.wait(std::min(left, look_ms_), stop_)) return false;
  }
  return false;
}

}  // namespace daybook::project
