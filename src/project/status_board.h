// What is shown of one projector: written by its thread, read by HTTP, metrics and retention.
//
// Threads: the setters from the projector's; status(), needed_from() from any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "project/clock.h"
#include "project/control.h"
#include "project/runtime.h"
#include "project/source.h"

namespace daybook::project {

// Events per second over the last minute, in buckets of a second.
class Rate {
 public:
  explicit Rate(std::int64_t now_ms) : started_s_(now_ms / ms_per_s) {}
  void add(std::int64_t now_ms, std::uint64_t count);
  [[nodiscard]] double per_s(std::int64_t now_ms) const;

 private:
  static constexpr std::int64_t ms_per_s = 1000;
  static constexpr std::int64_t window_s = 60;
  struct Bucket {
    std::int64_t second = -1;
    std::uint64_t count = 0;
  };
  const std::int64_t started_s_;
  std::array<Bucket, static_cast<std::size_t>(window_s)> buckets_{};
};

class StatusBoard {
 public:
  // Nothing is owned.
  StatusBoard(const ProjectorSpec& spec, const Source& source, const Control& control,
              Clock& clock);

  void set_state(ProjectorState state, std::string reason = {},
                 std::optional<UnixUs> next_try_at = {}) EXCLUDES_LOCK(mutex_);
  [[nodiscard]] ProjectorState state() const EXCLUDES_LOCK(mutex_);
  void set_position(Position position) { position_.store(position.value); }
  // `obeyed_reset`: the checkpoint's. Set after `needed_from`, read before it, so that a reset
  // backwards is never seen as obeyed with the position from before it.
  void set_needed(Position needed_from, std::uint64_t obeyed_reset);
  // The server time of the oldest wanted event that is not brought; nullopt: none is known.
  void set_oldest(std::optional<UnixUs> server_time);
  void count_batch(std::uint64_t events) EXCLUDES_LOCK(mutex_);
  void count_retry() { retries_.fetch_add(1, std::memory_order_relaxed); }

  [[nodiscard]] ProjectorStatus status() const EXCLUDES_LOCK(mutex_);
  [[nodiscard]] Position needed_from() const;

 private:
  const std::string name_, topic_, sink_;
  const Source& source_;
  const Control& control_;
  Clock& clock_;

  std::atomic<std::uint64_t> position_{0};
  std::atomic<std::uint64_t> needed_from_{1};
  std::atomic<std::uint64_t> obeyed_reset_{0};
  static constexpr std::int64_t no_time = INT64_MIN;
  std::atomic<std::int64_t> oldest_us_{no_time};
  std::atomic<std::uint64_t> delivered_{0}, batches_{0}, retries_{0};
  std::atomic<std::int64_t> last_delivered_us_{0};

  mutable Mutex mutex_;
  ProjectorState state_ GUARDED_BY(mutex_) = ProjectorState::starting;
  std::string reason_ GUARDED_BY(mutex_);
  std::optional<UnixUs> next_try_at_ GUARDED_BY(mutex_);
  Rate rate_ GUARDED_BY(mutex_);
};

// The gauges and counters of docs/projectors.md. The board outlives the last rendering.
void register_metrics(metrics::Registry& metrics, const StatusBoard& board,
                      const std::string& projector);

}  // namespace daybook::project
