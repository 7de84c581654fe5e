// epoll with a nanosecond timeout.
//
// Thread: any.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>

namespace daybook::load {

// As epoll_wait; kernels before 5.11 get milliseconds, rounded up.
int epoll_wait_ns(int epoll, std::span<epoll_event> events, std::int64_t timeout_ns);

}  // namespace daybook::load
