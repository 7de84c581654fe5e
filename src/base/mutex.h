// A mutex that clang's thread-safety analysis understands (preset `clang`).
#pragma once

#include <mutex>

#if defined(__clang__)
#define DAYBOOK_TSA(x) __attribute__((x))
#else
#define DAYBOOK_TSA(x)
#endif
#define GUARDED_BY(m) DAYBOOK_TSA(guarded_by(m))
#define REQUIRES_LOCK(m) DAYBOOK_TSA(requires_capability(m))
#define EXCLUDES_LOCK(m) DAYBOOK_TSA(locks_excluded(m))

namespace daybook {
class DAYBOOK_TSA(capability("mutex")) Mutex {
 public:
  void lock() DAYBOOK_TSA(acquire_capability()) { m_.lock(); }
  void unlock() DAYBOOK_TSA(release_capability()) { m_.unlock(); }
  bool try_lock() DAYBOOK_TSA(try_acquire_capability(true)) { return m_.try_lock(); }
  // For std::condition_variable_any: it is a BasicLockable itself.

 private:
  std::mutex m_;
};

class DAYBOOK_TSA(scoped_lockable) LockGuard {
 public:
  explicit LockGuard(Mutex& m) DAYBOOK_TSA(acquire_capability(m)) : m_(m) { m_.lock(); }
  ~LockGuard() DAYBOOK_TSA(release_capability()) { m_.unlock(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Mutex& m_;
};
}  // namespace daybook
