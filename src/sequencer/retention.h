// Retention: a thread that has the log remove what its domains no longer need (RetainedDomain).
// Every interval_s, and once soon after start, it asks each domain how far and which of its events
// may go. A domain whose removal fails is warned about and tried again in the next round.
//
// Never past limit(): the slowest reader of the topic (a projector, a named consumer) that has not
// seen an event yet. When it holds retention back, the log and held_events say so, with its name.
//
// Threads: start() and stop() by the owner; stats() from any; the rest is the thread "retention".
// Stop it before the log closes.
#pragma once

#include <daybook/ids.h>

#include "base/mutex.h"
#include "domain/any_domain.h"
#include "log/event_log.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace daybook {

// How far a topic's readers let retention go.
struct RetentionLimit {
  Position before = Position::max();  // events at or after this position stay
  std::string holder;                 // whose position it is, for a person: "projector sheet"
};

struct RetentionOptions {
  std::int64_t interval_s = 3600;
  std::int64_t first_after_ms = 1000;  // of the start
  std::function<UnixUs()> now;
  // What the topic's readers still need, whatever the domains say. Null: no such limit.
  std::function<RetentionLimit(const AnyDomain&)> limit;
};

// Counters any thread may read; written by the thread only.
struct RetentionStats {
  std::atomic<std::uint64_t> removed_events{0}, removed_records{0}, removed_bytes{0};
  std::atomic<std::uint64_t> rounds{0}, failures{0};
  std::atomic<std::int64_t> last_run_us{0};  // since 1970, when the last round ended; 0: none yet
};

class Retention {
 public:
  // REQUIRES: options.now. `log` and `domains` are not owned.
  Retention(log::EventLog& log, std::span<AnyDomain* const> domains, RetentionOptions options);
  ~Retention();
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  void start();
  // Ends a removal at its next step and joins. Idempotent.
  void stop();
  [[nodiscard]] const RetentionStats& stats() const { return stats_; }
  // How many positions of the topic's removable range its slowest reader held back in the last
  // round; 0: none. Any thread.
  [[nodiscard]] std::uint64_t held(TopicId topic) const EXCLUDES_LOCK(mutex_);

 private:
  void run();
  bool wait_for(std::int64_t wait_ms);  // false: to stop
  void round();
  void remove_from(const AnyDomain& domain, UnixUs now);
  // The lower of what the domain lets go and what the readers let go; tells when these hold it.
  Position bound(const AnyDomain& domain, Position removable) EXCLUDES_LOCK(mutex_);

  log::EventLog& log_;
  const std::vector<AnyDomain*> domains_;
  const RetentionOptions options_;
  RetentionStats stats_;
  std::atomic<bool> stop_removing_{false};
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  struct Held {
    std::uint64_t events = 0;
    std::string holder;
  };
  std::map<TopicId, Held> held_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace daybook
