#include "project/real_clock.h"

#include "base/clock.h"
#include "project/interrupt.h"

namespace daybook::project {

UnixUs RealClock::now() { return system_now(); }

std::int64_t RealClock::steady_ms() {
  constexpr std::int64_t us_per_ms = 1000;
  return steady_us() / us_per_ms;
}

bool RealClock::wait(std::int64_t ms, Interrupt& interrupt) { return interrupt.wait_for(ms); }

}  // namespace daybook::project
