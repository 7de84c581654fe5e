// What ends a projector's wait early: stop, pause, reset. Set by any thread, waited on by one.
#pragma once

#include "base/mutex.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>

namespace daybook::project {

class Interrupt {
 public:
  void set() EXCLUDES_LOCK(mutex_) {
    {
      LockGuard lock(mutex_);
      set_.store(true, std::memory_order_release);
    }
    changed_.notify_all();
  }
  void clear() { set_.store(false, std::memory_order_release); }
  [[nodiscard]] bool is_set() const { return set_.load(std::memory_order_acquire); }
  // False: it is set.
  bool wait_for(std::int64_t ms) EXCLUDES_LOCK(mutex_) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    LockGuard lock(mutex_);
    while (!is_set() && changed_.wait_until(mutex_, until) != std::cv_status::timeout) continue;
    return !is_set();
  }

 private:
  std::atomic<bool> set_{false};
  Mutex mutex_;
  std::condition_variable_any changed_;
};

}  // namespace daybook::project
