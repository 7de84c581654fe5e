#include "base/random.h"

#include <daybook/check.h>

#include <sys/random.h>

#include <cerrno>

namespace daybook {

void system_random(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = getrandom(out.data() + done, out.size() - done, 0);
    if (n < 0 && errno == EINTR) continue;
    DAYBOOK_CHECK(n > 0);
    done += static_cast<std::size_t>(n);
  }
}

std::uint64_t system_random_u64() {
  std::uint8_t bytes[8];
  system_random(bytes);
  std::uint64_t v = 0;
  for (const std::uint8_t b : bytes) v = (v << 8) | b;
  return v;
}

}  // namespace daybook
