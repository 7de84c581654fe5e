// The one thread for what blocks: uploads, pictures, scans of the log. Its queue is bounded.
//
// Threads: post() from any; jobs run on the thread named "worker", in order.
#pragma once

#include "base/mutex.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>

namespace daybook::http {

class Worker {
 public:
  explicit Worker(std::size_t jobs_max) : jobs_max_(jobs_max) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  // False: the queue is full, or stop() was called.
  [[nodiscard]] bool post(std::function<void()> job) EXCLUDES_LOCK(mutex_);
  // Runs what is queued, then ends. Idempotent.
  void stop() EXCLUDES_LOCK(mutex_);
  [[nodiscard]] std::size_t waiting() const EXCLUDES_LOCK(mutex_);

 private:
  void run() EXCLUDES_LOCK(mutex_);

  const std::size_t jobs_max_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> jobs_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace daybook::http
