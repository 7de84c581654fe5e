// The runtime's clock, so that a test can let 24 hours pass in a moment.
//
// Threads: any.
#pragma once

#include <daybook/ids.h>

#include <cstdint>

namespace daybook::project {

// What can end a wait early; one per projector.
class Interrupt;  // interrupt.h

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixUs now() = 0;
  [[nodiscard]] virtual std::int64_t steady_ms() = 0;
  // Returns after `ms`, or as soon as the interrupt is set. False: it is set.
  virtual bool wait(std::int64_t ms, Interrupt& interrupt) = 0;
};

}  // namespace daybook::project
