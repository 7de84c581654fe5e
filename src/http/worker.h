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
  // `parts_max`: how many parts of streams may wait besides jobs_max other jobs; one per stream.
  Worker(std::size_t jobs_max, std::size_t parts_max)
      : jobs_max_(jobs_max), parts_max_(parts_max) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  // False: the queue is full, or stop() was called.
  [[nodiscard]] bool post(std::function<void()> job) EXCLUDES_LOCK(mutex_);
  // A stream's next part: behind the jobs that wait, and never refused because there are many, as
  // its answer has begun. False: stop() was called. REQUIRES: at most parts_max wait.
  [[nodiscard]] bool post_part(std::function<void()> job) EXCLUDES_LOCK(mutex_);
  // Runs what is queued, then ends. Idempotent.
  void stop() EXCLUDES_LOCK(mutex_);
  [[nodiscard]] std::size_t waiting() const EXCLUDES_LOCK(mutex_);

 private:
  struct Job {
    std::function<void()> run;
    bool is_part = false;
  };
  void run() EXCLUDES_LOCK(mutex_);
  bool add(Job job) EXCLUDES_LOCK(mutex_);

  const std::size_t jobs_max_, parts_max_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_ GUARDED_BY(mutex_);
  std::size_t parts_ GUARDED_BY(mutex_) = 0;  // among the jobs
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace daybook::http
