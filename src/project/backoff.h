// How long to wait before the next try: doubling from min_ms to max_ms, with full jitter (Brooker,
// "Exponential Backoff And Jitter", 2015), so that many who lost one target do not come back at
// once.
//
// Threads: one.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace daybook::project {

class Backoff {
 public:
  // REQUIRES: 0 <= min_ms <= max_ms
  Backoff(std::int64_t min_ms, std::int64_t max_ms, std::uint64_t seed)
      : min_ms_(min_ms), max_ms_(max_ms), rng_(seed) {}

  // The next wait: 1 to the doubled bound, but never less than `not_before_ms`.
  [[nodiscard]] std::int64_t next(std::int64_t not_before_ms = 0) {
    const std::int64_t bound = bound_ms();
    ++tries_;
    const auto drawn = static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(bound)));
    return std::max(drawn + 1, not_before_ms);
  }
  void reset() { tries_ = 0; }
  // Waits since the last reset.
  [[nodiscard]] std::uint64_t tries() const { return tries_; }

 private:
  [[nodiscard]] std::int64_t bound_ms() const {
    std::int64_t bound = std::max<std::int64_t>(min_ms_, 1);
    for (std::uint64_t i = 0; i < tries_ && bound < max_ms_; ++i)
      bound = bound > max_ms_ / 2 ? max_ms_ : bound * 2;
    return std::max<std::int64_t>(bound, 1);
  }

  const std::int64_t min_ms_;
  const std::int64_t max_ms_;
  Rng rng_;
  std::uint64_t tries_ = 0;
};

}  // namespace daybook::project
