// Why the log stopped taking writes: set once, by whoever sees a write fail first; shared with
// RocksDB's listener. Private to src/log. Thread: any.
#pragma once

#include <daybook/result.h>

#include <atomic>
#include <functional>
#include <string>

#include "base/logging.h"
#include "base/mutex.h"

namespace daybook::log {

class FailStop {
 public:
  explicit FailStop(std::function<void(const Error&)> on_failure)
      : on_failure_(std::move(on_failure)) {}
  void set(const std::string& why) {
    {
      LockGuard lock(mutex_);
      if (failed_.load(std::memory_order_relaxed)) return;
      why_ = why;
      failed_.store(true, std::memory_order_release);
    }
    log_error("the log has stopped taking writes", {{"reason", why}});
    if (on_failure_) on_failure_(error());
  }
  [[nodiscard]] bool is_set() const { return failed_.load(std::memory_order_acquire); }
  [[nodiscard]] Error error() const {
    LockGuard lock(mutex_);
    return Error{Errc::unavailable, "the log has stopped taking writes: " + why_};
  }

 private:
  const std::function<void(const Error&)> on_failure_;
  std::atomic<bool> failed_{false};
  mutable Mutex mutex_;
  std::string why_ GUARDED_BY(mutex_);
};

}  // namespace daybook::log
