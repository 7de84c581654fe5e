#include "http/worker.h"

#include "base/thread.h"

#include <daybook/check.h>

namespace daybook::http {

void Worker::start() {
  thread_ = std::thread([this] {
    set_thread_name("worker");
    run();
  });
}

bool Worker::post(std::function<void()> job) { return add({std::move(job), false}); }

bool Worker::post_part(std::function<void()> job) { return add({std::move(job), true}); }

bool Worker::add(Job job) {
  {
    LockGuard lock(mutex_);
    if (stopping_) return false;
    if (!job.is_part && jobs_.size() - parts_ >= jobs_max_) return false;
    if (job.is_part) ++parts_;
    DAYBOOK_CHECK(parts_ <= parts_max_);
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
  return jobs_.size() - parts_;
}

void Worker::run() {
  for (;;) {
    Job job;
    {
      LockGuard lock(mutex_);
      while (jobs_.empty() && !stopping_) changed_.wait(mutex_);
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      if (job.is_part) --parts_;
    }
    job.run();
  }
}

}  // namespace daybook::http
