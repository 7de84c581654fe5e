// What a server's process uses, read from /proc: only for one on this machine.
//
// Thread: any.
#pragma once

#include <daybook/result.h>

#include <cstdint>

namespace daybook::load {

struct ProcessUsage {
  double cpu_seconds = 0;            // user and system, all threads, since its start
  std::uint64_t resident_bytes = 0;  // sockets' buffers are the kernel's and not in it
};

// Errors: Errc::not_found when there is no such process.
Result<ProcessUsage> process_usage(int pid);

}  // namespace daybook::load
