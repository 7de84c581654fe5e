// The bounded queue between the http threads and the sequencer: an intrusive list under one mutex.
// The consumer takes everything at once, so a ring would buy nothing (docs/adr/0003).
#pragma once

#include "base/mutex.h"
#include "sequencer/submission.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>

namespace daybook {

class CommandQueue {
 public:
  CommandQueue(std::size_t commands_max, std::size_t bytes_max)
      : commands_max_(commands_max), bytes_max_(bytes_max) {}

  // Appends the list in order; returns what found no room (or all of it once closed).
  // One submission always fits into an empty queue, however large.
  Submission* push(Submission* first) EXCLUDES_LOCK(mutex_);

  static constexpr std::int64_t wait_forever = -1;
  struct Taken {
    Submission* first = nullptr;  // null: nothing came in time, or closed
    bool closed = false;          // and empty: nothing will come any more
  };
  // Waits for something, but no longer than wait_us, then takes up to the limits (at least one
  // submission).
  Taken take(std::size_t commands_max, std::size_t bytes_max, std::int64_t wait_us = wait_forever)
      EXCLUDES_LOCK(mutex_);

  // No more pushes; take() still gives what is in.
  void close() EXCLUDES_LOCK(mutex_);

  [[nodiscard]] std::size_t commands() const { return commands_.load(std::memory_order_relaxed); }

 private:
  const std::size_t commands_max_;
  const std::size_t bytes_max_;
  std::atomic<std::size_t> commands_{0};  // written under the mutex
  std::condition_variable_any not_empty_;
  Mutex mutex_;
  Submission* head_ GUARDED_BY(mutex_) = nullptr;
  Submission* tail_ GUARDED_BY(mutex_) = nullptr;
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  bool waiting_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace daybook
