#include "load/epoll_wait.h"

#include <time.h>

#include <atomic>
#include <cerrno>

namespace daybook::load {

int epoll_wait_ns(int epoll, std::span<epoll_event> events, std::int64_t timeout_ns) {
  static std::atomic<bool> precise{true};
  const int count = static_cast<int>(events.size());
  if (precise.load(std::memory_order_relaxed)) {
    const timespec timeout{timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
    const int n = epoll_pwait2(epoll, events.data(), count, &timeout, nullptr);
    if (n >= 0 || errno != ENOSYS) return n;
    precise.store(false, std::memory_order_relaxed);
  }
  return epoll_wait(epoll, events.data(), count,
                    static_cast<int>((timeout_ns + 999'999) / 1'000'000));
}

}  // namespace daybook::load
