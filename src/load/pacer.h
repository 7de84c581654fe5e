// Fixed times at which something is due, so many a second: the open loop's clock.
//
// Thread: one owner.
#pragma once

#include <cstdint>
#include <limits>

namespace daybook::load {

class Pacer {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  // The first is due at `at_ns`. `per_second` 0: nothing ever is.
  void start(std::int64_t at_ns, double per_second) {
    start_ns_ = at_ns;
    interval_ns_ = per_second > 0 ? 1e9 / per_second : 0;
    made_ = 0;
  }
  void stop() { interval_ns_ = 0; }
  [[nodiscard]] std::int64_t due_ns() const {
    if (interval_ns_ <= 0) return never;
    return start_ns_ + static_cast<std::int64_t>(static_cast<double>(made_) * interval_ns_);
  }
  // What was due has been done.
  void made() { ++made_; }

 private:
  std::int64_t start_ns_ = 0;
  double interval_ns_ = 0;
  std::uint64_t made_ = 0;
};

}  // namespace daybook::load
