// The lock of a data directory: flock on <data_dir>/LOCK, held for as long as the object lives; the
// file holds the pid of who has it. The kernel lets go when the process dies. Thread: any, one at a
// time.
#pragma once

#include <daybook/result.h>

#include <memory>
#include <string>

namespace daybook::log {

class DataLock {
 public:
  // Errc::unavailable, with the holder's pid, when another has it.
  static Result<std::unique_ptr<DataLock>> take(const std::string& data_dir);
  // Whether somebody (this process too) holds it. Writes nothing.
  static bool is_held(const std::string& data_dir);
  ~DataLock();
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace daybook::log
