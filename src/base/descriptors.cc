#include "base/descriptors.h"

#include <sys/resource.h>

namespace daybook {

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t before = limit.rlim_cur;
  if (limit.rlim_cur == limit.rlim_max) return before;
  limit.rlim_cur = limit.rlim_max;
  // A sandbox may forbid it; then what is there must do.
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace daybook
