// The clock of the real program.
//
// Threads: any.
#pragma once

#include "project/clock.h"

namespace daybook::project {

class RealClock final : public Clock {
 public:
  [[nodiscard]] UnixUs now() override;
  [[nodiscard]] std::int64_t steady_ms() override;
  bool wait(std::int64_t ms, Interrupt& interrupt) override;
};

}  // namespace daybook::project
