// At most so many actions a minute, with a burst. Time is handed in. Threads: one.
#pragma once

#include <algorithm>
#include <cstdint>

namespace daybook::outbound {

class TokenBucket {
 public:
  // REQUIRES: per_minute >= 1, burst >= 1
  TokenBucket(double per_minute, double burst)
      : per_ms_(per_minute / 60'000.0), burst_(burst), tokens_(burst) {}

  // 0: taken. Else nothing is taken and this many ms are to pass first.
  std::int64_t take(std::int64_t steady_ms) {
    if (last_ms_ != 0)
      tokens_ = std::min(burst_, tokens_ + per_ms_ * static_cast<double>(steady_ms - last_ms_));
    last_ms_ = steady_ms;
    if (tokens_ >= 1.0) {
      tokens_ -= 1.0;
      return 0;
    }
    return static_cast<std::int64_t>((1.0 - tokens_) / per_ms_) + 1;
  }

 private:
  const double per_ms_, burst_;
  double tokens_;
  std::int64_t last_ms_ = 0;
};

}  // namespace daybook::outbound
