// RateBucket: a token bucket kept as one instant (GCRA): when it will be full again. Driven by the
// events' own times only, so that a replay fills and empties it exactly as the live run did.
// Thread: its owner's.
#pragma once

#include <daybook/ids.h>

#include <algorithm>
#include <cstdint>

namespace daybook::forms {

struct Rate {
  std::uint32_t per_minute = 0;  // 0: no limit
  std::uint32_t burst = 0;       // tokens a full bucket holds

  [[nodiscard]] std::int64_t token_us() const {
    constexpr std::int64_t minute_us = 60'000'000;
    return per_minute == 0 ? 0 : minute_us / per_minute;
  }
  [[nodiscard]] std::int64_t bucket_us() const {
    return token_us() * std::max<std::int64_t>(burst, 1);
  }
};

class RateBucket {
 public:
  // Seconds until there is a token, at least 1; 0: there is one now.
  [[nodiscard]] std::uint32_t wait_s(const Rate& rate, UnixUs now) const {
    if (rate.per_minute == 0) return 0;
    const std::int64_t wait_us = empty_us(rate, now) + rate.token_us() - rate.bucket_us();
    if (wait_us <= 0) return 0;
    constexpr std::int64_t second_us = 1'000'000;
    return static_cast<std::uint32_t>((wait_us + second_us - 1) / second_us);
  }
  void take(const Rate& rate, UnixUs at) {
    if (rate.per_minute == 0) return;
    full_at_.value = at.value + empty_us(rate, at) + rate.token_us();
  }

  [[nodiscard]] UnixUs full_at() const { return full_at_; }
  void set_full_at(UnixUs at) { full_at_ = at; }

 private:
  // How much of the bucket is empty, as time. More than the whole means that the clock has gone
  // back (or the rate has changed): then it is full again, rather than closed for that long.
  [[nodiscard]] std::int64_t empty_us(const Rate& rate, UnixUs now) const {
    if (full_at_ <= now) return 0;
    const std::int64_t empty = full_at_.value - now.value;
    return empty > rate.bucket_us() ? 0 : empty;
  }

  UnixUs full_at_{};
};

}  // namespace daybook::forms
