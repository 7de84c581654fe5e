#include "http/worker.h"

#include "base/thread.h"

namespace daybook::http {

void Worker::start() {
  thread_ = std::thread([this] {
    set_thread_name("worker");
    run();
  });
}

bool Worker::post(std::function<void()> job) {
  {
    LockGuard lock(mutex_);
    if (stopping_ || jobs_.size() >= jobs_max_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void Worker::stop() {
  {
    LockGuard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t Worker::waiting() const {
  LockGuard lock(mutex_);
  return jobs_.size();
}

void Worker::run() {
  for (;;) {
    std::function<void()> job;
    {
      LockGuard lock(mutex_);
      while (jobs_.empty() && !stopping_) changed_.wait(mutex_);
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace daybook::http
