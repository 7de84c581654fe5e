// A clock for the runtime's tests: time stands still while anybody works, and jumps to the next
// deadline when every projector waits. 24 hours pass in a moment.
//
// Threads: run_until() by the test, the rest by any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>

#include "project/clock.h"
#include "project/interrupt.h"

namespace daybook::project {

class SimClock final : public Clock {
 public:
  static constexpr std::int64_t start_us = 1'760'000'000'000'000;  // October 2025

  [[nodiscard]] UnixUs now() override {
    const std::lock_guard lock(mutex_);
    return {start_us + now_ms_ * 1000};
  }
  [[nodiscard]] std::int64_t steady_ms() override {
    const std::lock_guard lock(mutex_);
    return now_ms_;
  }
  bool wait(std::int64_t ms, Interrupt& interrupt) override {
    std::unique_lock lock(mutex_);
    const auto mine = waiting_.insert(now_ms_ + ms);
    changed_.notify_all();
    while (now_ms_ < *mine && !interrupt.is_set())
      if (!advance()) changed_.wait_for(lock, look);  // an interrupt does not wake us
    waiting_.erase(mine);
    return !interrupt.is_set();
  }

  // As many threads take part.
  void set_threads(std::size_t threads) {
    const std::lock_guard lock(mutex_);
    threads_ = threads;
  }
  // Lets time pass until then. False: somebody was still at work after a minute of real time.
  [[nodiscard]] bool run_until(std::int64_t ms) {
    std::unique_lock lock(mutex_);
    limit_ms_ = ms;
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (waiting_.size() < threads_ || (!waiting_.empty() && *waiting_.begin() <= limit_ms_)) {
      if (!advance()) changed_.wait_for(lock, look);
      if (std::chrono::steady_clock::now() > end) return false;
    }
    now_ms_ = ms;
    return true;
  }
  [[nodiscard]] bool run_for(std::int64_t ms) { return run_until(steady_ms() + ms); }

 private:
  static constexpr std::chrono::milliseconds look{1};

  // REQUIRES: mutex_ held. To the next deadline, when nobody is at work.
  bool advance() {
    if (waiting_.size() < threads_ || waiting_.empty()) return false;
    const std::int64_t next = *waiting_.begin();
    if (next <= now_ms_ || next > limit_ms_) return false;
    now_ms_ = next;
    changed_.notify_all();
    return true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multiset<std::int64_t> waiting_;  // deadlines
  std::size_t threads_ = 0;
  std::int64_t now_ms_ = 0;
  std::int64_t limit_ms_ = 0;
};

}  // namespace daybook::project
