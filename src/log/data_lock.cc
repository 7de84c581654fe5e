#include "log/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/files.h"

namespace daybook::log {
namespace {

constexpr unsigned lock_mode = 0644;
// is_held() takes the lock for a moment; taking it outlasts that.
constexpr int take_attempts_max = 10;
constexpr std::chrono::milliseconds take_pause_ms{10};

std::string lock_path(const std::string& data_dir) { return data_dir + "/LOCK"; }

std::string holder(int fd) {
  char text[32] = {};
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  std::string pid;
  for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; ++i) pid += text[i];
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

Result<std::unique_ptr<DataLock>> DataLock::take(const std::string& data_dir) {
  const std::string path = lock_path(data_dir);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, lock_mode);
  if (fd < 0) return Error{Errc::unavailable, "cannot open " + path + ": " + errno_text(errno)};
  std::unique_ptr<DataLock> lock(new DataLock(fd));
  for (int attempt = 1; ::flock(fd, LOCK_EX | LOCK_NB) != 0; ++attempt) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return Error{Errc::unavailable, "cannot lock " + path + ": " + errno_text(errno)};
    if (attempt == take_attempts_max)
      return Error{Errc::unavailable, "the data directory " + data_dir + " is in use by " +
                                          holder(fd) + " (" + path + ")"};
    std::this_thread::sleep_for(take_pause_ms);
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0)
    return Error{Errc::unavailable, "cannot write " + path + ": " + errno_text(errno)};
  return lock;
}

bool DataLock::is_held(const std::string& data_dir) {
  const int fd = ::open(lock_path(data_dir).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return held;
}

DataLock::~DataLock() { ::close(fd_); }

}  // namespace daybook::log
