// Ctrl-C for tools that run for a while: the first SIGINT or SIGTERM asks them to end and say what
// they have, another more than a second later ends the process.
//
// Thread: one guard at a time, made and destroyed by the main thread; requested() from any.
#pragma once

#include <signal.h>

namespace daybook::load {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();  // puts the handlers back that were there before
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  [[nodiscard]] static bool requested();

 private:
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

}  // namespace daybook::load
