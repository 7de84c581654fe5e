#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace daybook {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error io_error(std::string_view what, const std::string& path) {
  const int error = errno;
  return Error{error == ENOENT ? Errc::not_found : Errc::unavailable,
               std::string(what) + " " + path + ": " + errno_text(error)};
}

std::string parent_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::string errno_text(int error) { return std::generic_category().message(error); }

Result<std::string> read_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error("cannot open", path);
  std::string out;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(file.get(), buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read", path);
    if (n == 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

Result<void> fsync_directory(const std::string& path) {
  const FileDescriptor dir(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir.get() < 0) return io_error("cannot open directory", path);
  if (::fsync(dir.get()) != 0) return io_error("cannot fsync directory", path);
  return {};
}

Result<void> write_file_durable(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string temporary = path + ".new";
  {
    const FileDescriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return io_error("cannot create", temporary);
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t n = ::write(file.get(), bytes.data() + done, bytes.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("cannot write", temporary);
      done += static_cast<std::size_t>(n);
    }
    if (::fsync(file.get()) != 0) return io_error("cannot fsync", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return io_error("cannot rename to", path);
  return fsync_directory(parent_of(path));
}

Result<void> make_directories(const std::string& path) {
  if (path.empty() || path == "/" || path == ".") return {};
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    errno = ENOTDIR;
    return io_error("cannot use", path);
  }
  std::string clean = path;
  while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  const std::string parent = parent_of(clean);
  DAYBOOK_TRY_VOID(make_directories(parent));
  if (::mkdir(clean.c_str(), 0755) != 0 && errno != EEXIST)
    return io_error("cannot make directory", clean);
  return fsync_directory(parent);
}

}  // namespace daybook
