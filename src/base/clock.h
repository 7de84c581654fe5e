// The clocks. Domains never read one: time comes to them with the command.
#pragma once

#include <daybook/ids.h>

#include <chrono>

namespace daybook {
// Wall clock; may step.
inline UnixUs system_now() {
  return UnixUs{std::chrono::duration_cast<std::chrono::microseconds>(
                    std::chrono::system_clock::now().time_since_epoch())
                    .count()};
}
// For durations and deadlines; never steps. Microseconds from an arbitrary start.
inline std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
}  // namespace daybook
