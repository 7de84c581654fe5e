// Waiting in a test: for a condition, with a deadline, never for luck.
//
// Threads: any; the condition is called on the caller's.
#pragma once

#include <chrono>
#include <thread>

namespace daybook::test {

// True as soon as `condition` holds; false when it still does not after `deadline`.
template <class Condition>
bool wait_until(Condition&& condition, std::chrono::milliseconds deadline) {
  constexpr std::chrono::milliseconds look_interval{1};
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(look_interval);
  }
  return true;
}

}  // namespace daybook::test
