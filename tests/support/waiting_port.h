// A completion port that a test can wait on.
#pragma once

#include "sequencer/submission.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace daybook::test {

class WaitingPort final : public CompletionPort {
 public:
  void complete(Submission* first) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++calls_;
    for (Submission* s = first; s != nullptr; s = s->next) ++completed_;
    changed_.notify_all();
  }
  // False when the deadline passed first.
  bool wait_for(std::size_t count, std::chrono::milliseconds deadline = std::chrono::seconds(30)) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return completed_ >= count; });
  }
  std::size_t completed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return completed_;
  }
  std::size_t calls() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return calls_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t completed_ = 0;
  std::size_t calls_ = 0;
};

}  // namespace daybook::test
