#include "load/interrupt.h"

#include <time.h>
#include <unistd.h>

namespace daybook::load {
namespace {

// A signal handler can reach nothing but globals.
volatile sig_atomic_t interrupted = 0;
volatile sig_atomic_t first_second = 0;
constexpr int exit_by_signal = 130;

// timeout(1) and some shells send the same signal twice at once, to the process and to its group: only one
// that comes a second later is a second wish.
void on_signal(int) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (interrupted != 0 && now.tv_sec - first_second > 1) _exit(exit_by_signal);
  if (interrupted == 0) first_second = static_cast<sig_atomic_t>(now.tv_sec);
  interrupted = 1;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_int_);
  sigaction(SIGTERM, &action, &before_term_);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &before_int_, nullptr);
  sigaction(SIGTERM, &before_term_, nullptr);
}

bool InterruptGuard::requested() { return interrupted != 0; }

}  // namespace daybook::load
