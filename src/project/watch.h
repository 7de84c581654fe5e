// What makes a projector leave what it is doing: the runtime stops, or a person pauses it, its sink
// disabled it, a reset waits to be obeyed. Orders are looked at, never pushed: a look is one number
// (Control::version) as long as nothing was said about any projector.
//
// Threads: stop(), stopping(), interrupted() from any; the rest from the projector's.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/mutex.h"
#include "project/clock.h"
#include "project/control.h"
#include "project/interrupt.h"

namespace daybook::project {

class Watch {
 public:
  Watch(std::string projector, const Control& control, Clock& clock, std::int64_t look_ms)
      : projector_(std::move(projector)), control_(control), clock_(clock), look_ms_(look_ms) {}

  void stop() { stop_.set(); }
  [[nodiscard]] bool stopping() const { return stop_.is_set(); }
  // To stop, paused, disabled, or to be reset.
  [[nodiscard]] bool interrupted() EXCLUDES_LOCK(mutex_);
  // The orders as they are now.
  [[nodiscard]] Orders orders() EXCLUDES_LOCK(mutex_);
  // This reset is being obeyed and interrupts no more; a later one does.
  void obeying(std::uint64_t reset_number) EXCLUDES_LOCK(mutex_);
  // False: interrupted.
  [[nodiscard]] bool wait(std::int64_t ms);
  // Whatever the orders are. False: to stop.
  [[nodiscard]] bool wait_for_stop(std::int64_t ms) { return clock_.wait(ms, stop_); }

 private:
  void refresh() REQUIRES_LOCK(mutex_);

  const std::string projector_;
  const Control& control_;
  Clock& clock_;
  const std::int64_t look_ms_;
  Interrupt stop_;
  Mutex mutex_;
  // The version the answer is of; none_seen: to be asked again.
  static constexpr std::uint64_t none_seen = ~std::uint64_t{0};
  std::atomic<std::uint64_t> seen_version_{none_seen};
  std::atomic<bool> halted_{false};  // the answer
  Orders orders_ GUARDED_BY(mutex_);
  std::uint64_t obeyed_reset_ GUARDED_BY(mutex_) = 0;
};

}  // namespace daybook::project
