// Threads have names (docs/threads.md) and confined classes can check theirs.
#pragma once

#include <daybook/check.h>

#include <atomic>
#include <thread>

namespace daybook {
// As shown by `top -H`; at most 15 characters.
void set_thread_name(const char* name);

// A class confined to one thread holds one and calls check() in its methods.
class ThreadConfined {
 public:
  void adopt() { owner_.store(std::this_thread::get_id(), std::memory_order_relaxed); }
  void check() const {
    DAYBOOK_CHECK(owner_.load(std::memory_order_relaxed) == std::this_thread::get_id());
  }

 private:
  std::atomic<std::thread::id> owner_{};
};
}  // namespace daybook
