#include "project/sinks/csv/file_set.h"

#include <daybook/check.h>

#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace daybook::csv_sink {
namespace {

constexpr std::size_t sequence_digits = 6;
constexpr unsigned file_mode = 0640;  // rows hold personal data

Error io_error(std::string_view what, const std::string& path) {
  return Error{Errc::unavailable, std::string(what) + " " + path + ": " + errno_text(errno)};
}

// "000012.2026-03-29" → 12; 0: no name of ours.
std::uint64_t sequence_of(std::string_view middle) {
  const auto digits = middle.substr(0, middle.find('.'));
  if (digits.size() < sequence_digits) return 0;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

Io system_io() { return {&::pwrite, &::fdatasync}; }

FileSet::FileSet(std::string folder, std::string base, std::string extension, Io io)
    : folder_(std::move(folder)),
      base_(std::move(base)),
      extension_(std::move(extension)),
      io_(std::move(io)) {}

FileSet::~FileSet() {
  close_current();
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

std::string FileSet::path(std::uint64_t sequence, std::string_view day) const {
  std::string number = std::to_string(sequence);
  if (number.size() < sequence_digits) number.insert(0, sequence_digits - number.size(), '0');
  std::string out = place() + "." + number;
  if (!day.empty()) out.append(".").append(day);
  return out + "." + extension_;
}

Result<void> FileSet::open() {
  DAYBOOK_TRY_VOID(make_directories(folder_));
  if (lock_fd_ >= 0) return {};
  const std::string lock = folder_ + "/." + base_ + "." + extension_ + ".lock";
  lock_fd_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
  if (lock_fd_ < 0) return io_error("cannot open", lock);
  if (::flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return {};
  const Error error = errno == EWOULDBLOCK
                          ? Error{Errc::busy, "another projector or program writes " + place() +
                                                  ".*." + extension_ + " (it holds " + lock + ")"}
                          : io_error("cannot lock", lock);
  ::close(lock_fd_);
  lock_fd_ = -1;
  return error;
}

Result<std::vector<FileSet::Found>> FileSet::list() const {
  std::vector<Found> found;
  std::error_code error;
  std::filesystem::directory_iterator at(folder_, error), end;
  for (; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::string_view middle = name;
    const std::string prefix = base_ + ".", suffix = "." + extension_;
    if (middle.size() <= prefix.size() + suffix.size() || !middle.starts_with(prefix) ||
        !middle.ends_with(suffix))
      continue;
    middle.remove_prefix(prefix.size());
    middle.remove_suffix(suffix.size());
    if (const auto sequence = sequence_of(middle); sequence > 0) found.push_back({name, sequence});
  }
  if (error) return Error{Errc::unavailable, "cannot read " + folder_ + ": " + error.message()};
  return found;
}

Result<std::uint64_t> FileSet::highest() const {
  DAYBOOK_TRY(const auto found, list());
  std::uint64_t most = 0;
  for (const Found& file : found) most = std::max(most, file.sequence);
  return most;
}

// "<projector> <sequence>\n"
Result<void> FileSet::note_begin(std::string_view projector, std::uint64_t sequence) {
  DAYBOOK_CHECK(lock_fd_ >= 0);
  const std::string note = std::string(projector) + " " + std::to_string(sequence) + "\n";
  const auto size = static_cast<ssize_t>(note.size());
  if (::ftruncate(lock_fd_, 0) != 0 || ::pwrite(lock_fd_, note.data(), note.size(), 0) != size ||
      ::fsync(lock_fd_) != 0)
    return io_error("cannot write to the lock file of", place());
  may_have_note_ = true;
  return fsync_directory(folder_);
}

std::optional<std::uint64_t> FileSet::noted_begin(std::string_view projector) const {
  char bytes[512];
  const ssize_t n = ::pread(lock_fd_, bytes, sizeof bytes, 0);
  if (n <= 0) return std::nullopt;
  std::string_view note(bytes, static_cast<std::size_t>(n));
  if (!note.starts_with(projector) || !note.ends_with('\n')) return std::nullopt;
  note.remove_prefix(projector.size());
  if (!note.starts_with(' ')) return std::nullopt;
  std::uint64_t sequence = 0;
  const char* last = note.data() + note.size() - 1;
  const auto [end, error] = std::from_chars(note.data() + 1, last, sequence);
  if (error != std::errc{} || end != last) return std::nullopt;
  return sequence;
}

void FileSet::forget_begin() {
  // A note that stays does no harm as long as there is a checkpoint: it is not asked for then.
  if (may_have_note_ && lock_fd_ >= 0 && ::ftruncate(lock_fd_, 0) == 0) may_have_note_ = false;
}

Result<void> FileSet::remove_after(std::uint64_t sequence) {
  DAYBOOK_TRY(const auto found, list());
  bool any = false;
  for (const Found& file : found) {
    if (file.sequence <= sequence) continue;
    const std::string path = folder_ + "/" + file.name;
    if (path == current_) close_current();
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return io_error("cannot remove", path);
    any = true;
  }
  if (any) return fsync_directory(folder_);
  return {};
}

Result<void> FileSet::use(std::uint64_t sequence, std::string_view day, std::uint64_t length) {
  const std::string wanted = path(sequence, day);
  if (fd_ >= 0 && current_ != wanted) close_current();
  struct stat named {};
  if (::stat(wanted.c_str(), &named) != 0) {
    if (errno != ENOENT) return io_error("cannot look at", wanted);
    close_current();
    return Error{Errc::corrupt, wanted + " is gone, and " + std::to_string(length) +
                                    " bytes of it are in the checkpoint: put it back and resume, "
                                    "or reset and resume the projector to begin a new file"};
  }
  struct stat held {};
  // Replaced by another of its name: look at that one.
  if (fd_ >= 0 && (::fstat(fd_, &held) != 0 || held.st_ino != named.st_ino)) close_current();
  if (fd_ < 0) {
    fd_ = ::open(wanted.c_str(), O_RDWR | O_CLOEXEC);
    if (fd_ < 0) return io_error("cannot open", wanted);
    current_ = wanted;
    is_unnamed_ = false;
    if (::fstat(fd_, &held) != 0) return io_error("cannot look at", wanted);
  }
  const auto size = static_cast<std::uint64_t>(held.st_size);
  if (size < length)
    return Error{Errc::corrupt, wanted + " has " + std::to_string(size) + " bytes, less than the " +
                                    std::to_string(length) +
                                    " of the checkpoint: restore it and resume, or reset and "
                                    "resume the projector to begin a new file"};
  if (size == length) return {};
  if (::ftruncate(fd_, static_cast<off_t>(length)) != 0 || io_.sync(fd_) != 0)
    return io_error("cannot cut", wanted);
  return {};
}

Result<void> FileSet::create(std::uint64_t sequence, std::string_view day) {
  close_current();
  current_ = path(sequence, day);
  fd_ = ::open(current_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, file_mode);
  if (fd_ < 0) return io_error("cannot create", current_);
  is_unnamed_ = true;
  return {};
}

Result<void> FileSet::append(std::string_view bytes, std::uint64_t length) {
  DAYBOOK_CHECK(fd_ >= 0);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        io_.write(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(length + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) errno = ENOSPC;
      const Error error = io_error("cannot write", current_);
      give_up(length);
      return error;
    }
    done += static_cast<std::size_t>(n);
  }
  if (io_.sync(fd_) != 0) {
    const Error error = io_error("cannot sync", current_);
    give_up(length);
    return error;
  }
  if (!is_unnamed_) return {};
  if (auto synced = fsync_directory(folder_); !synced) {
    give_up(length);
    return synced;
  }
  is_unnamed_ = false;
  return {};
}

// A file that never held a row of a checkpoint goes; any other is cut back to what one knows.
void FileSet::give_up(std::uint64_t length) {
  if (length == 0)
    ::unlink(current_.c_str());
  else if (::ftruncate(fd_, static_cast<off_t>(length)) != 0)
    close_current();  // use() cuts it when it opens it again
  if (length == 0) close_current();
}

void FileSet::close_current() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  current_.clear();
}

}  // namespace daybook::csv_sink
