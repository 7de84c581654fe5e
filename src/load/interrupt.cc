#include "load/interrupt.h"

#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace daybook::load {
namespace {

// A signal handler can reach nothing but globals, and touch none but lock-free atomics.
std::atomic<bool> interrupted{false};
std::atomic<std::int64_t> first_second{0};
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);
constexpr int exit_by_signal = 130;

// timeout(1) and some shells send the same signal twice at once, to the process and to its group:
// only one that comes a second later is a second wish.
void on_signal(int) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (interrupted && now.tv_sec - first_second > 1) _exit(exit_by_signal);
  if (!interrupted) first_second = now.tv_sec;
  interrupted = true;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupted = false;
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

bool InterruptGuard::requested() { return interrupted; }

}  // namespace daybook::load
