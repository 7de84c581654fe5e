#include "project/submitter.h"

#include "base/digest.h"
#include "base/mutex.h"

#include <daybook/json.h>

#include <chrono>
#include <condition_variable>
#include <utility>

namespace daybook::project {
namespace {

constexpr std::int64_t queue_full_wait_ms = 5;

// Where one submission comes back to.
class DonePort final : public CompletionPort {
 public:
  void complete(Submission*) override EXCLUDES_LOCK(mutex_) {
    LockGuard lock(mutex_);
    done_ = true;
    changed_.notify_all();  // under the lock: the waiter ends this object as soon as it is free
  }
  void wait() EXCLUDES_LOCK(mutex_) {
    LockGuard lock(mutex_);
    while (!done_) changed_.wait(mutex_);
  }
  // Nothing completes yet: a pause that ends early by nothing.
  void pause(std::int64_t ms) EXCLUDES_LOCK(mutex_) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    LockGuard lock(mutex_);
    while (changed_.wait_until(mutex_, until) != std::cv_status::timeout) continue;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool done_ GUARDED_BY(mutex_) = false;
};

SubmissionItem& add_item(Submission& submission, AnyDomain& domain, ErasedCommand command) {
  SubmissionItem& item = submission.items.emplace_back();
  item.domain = &domain;
  item.command = command;
  return item;
}

}  // namespace

Result<Outcome> Submitter::submit(AnyDomain& domain, std::string_view line,
                                  std::string_view idempotency_key) const {
  json::Parser parser;  // one of its own: a submit is rare beside what it waits for
  DAYBOOK_TRY(const json::Value body, parser.parse(line, false));
  Submission submission;
  DAYBOOK_TRY(const ErasedCommand command, domain.parse(body, submission.arena));
  SubmissionItem& item = add_item(submission, domain, command);
  if (!idempotency_key.empty()) {
    item.idempotency_key = submission.arena.copy(idempotency_key);
    item.fingerprint = xxh128(line, xxh64(domain.name()));
  }
  submission.bytes = line.size();
  return run(submission);
}

Result<Outcome> Submitter::submit(AnyDomain& domain, const Make& make, std::size_t bytes) const {
  Submission submission;
  DAYBOOK_TRY(const ErasedCommand command, make(submission.arena));
  add_item(submission, domain, command);
  submission.bytes = bytes;
  return run(submission);
}

Result<Outcome> Submitter::run(Submission& submission) const {
  DonePort port;
  submission.port = &port;
  while (sequencer_.push(&submission) != nullptr) {
    if (sequencer_.stopping() || sequencer_.failed())
      return Error{Errc::unavailable, "the server takes no more events"};
    port.pause(queue_full_wait_ms);
  }
  port.wait();
  Outcome& outcome = submission.items.front().outcome;
  if (!outcome.accepted) return std::move(outcome.error);
  return std::move(outcome);
}

}  // namespace daybook::project
