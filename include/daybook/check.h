// DAYBOOK_CHECK: what only a bug can make false. Stays on in release; prints and aborts.
// What can happen in operation returns Result<T> instead (result.h).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace daybook::detail {
[[noreturn]] inline void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "daybook: check failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}
}  // namespace daybook::detail

#define DAYBOOK_CHECK(expression) \
  (static_cast<bool>(expression)  \
       ? static_cast<void>(0)     \
       : ::daybook::detail::check_failed(#expression, __FILE__, __LINE__))
