// The numbered files of one projector in their folder, and the one that is written:
// <base>.<sequence, 6 digits>[.<day>].<extension>. Every write is synced, new names too.
//
// Thread: the projector's. Invariant: while open() is in force no other sink, of this process or
// another, writes files of this base name (an advisory lock on .<base>.<extension>.lock).
#pragma once

#include <daybook/result.h>

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::csv_sink {

// The calls that can fail for want of a disk; a test puts its own in.
struct Io {
  std::function<ssize_t(int fd, const void* bytes, std::size_t count, off_t at)> write;
  std::function<int(int fd)> sync;
};
Io system_io();  // pwrite, fdatasync

class FileSet {
 public:
  FileSet(std::string folder, std::string base, std::string extension, Io io);
  ~FileSet();
  FileSet(const FileSet&) = delete;
  FileSet& operator=(const FileSet&) = delete;

  // "<folder>/<base>", what tells one set from another.
  [[nodiscard]] std::string place() const { return folder_ + "/" + base_; }
  [[nodiscard]] std::string path(std::uint64_t sequence, std::string_view day) const;

  // Makes the folder and takes the lock. Idempotent. Errc::unavailable, Errc::busy: locked.
  Result<void> open();
  // The highest sequence there is; 0: none.
  Result<std::uint64_t> highest() const;
  // A note in the lock file, synced: where this projector began, until its first checkpoint holds
  // it. So a file of a first batch that was killed is known for its own and is not left behind.
  Result<void> note_begin(std::string_view projector, std::uint64_t sequence);
  // nullopt: there is none of this projector.
  [[nodiscard]] std::optional<std::uint64_t> noted_begin(std::string_view projector) const;
  void forget_begin();
  // Removes the files of later sequences: tries that never reached a checkpoint.
  Result<void> remove_after(std::uint64_t sequence);

  // The file rows go to. It must be there and hold at least `length` bytes, else Errc::corrupt;
  // what it has more is cut off.
  Result<void> use(std::uint64_t sequence, std::string_view day, std::uint64_t length);
  // A new one, empty; what an earlier try has left under its name is cut off.
  Result<void> create(std::uint64_t sequence, std::string_view day);
  // Writes at `length` and syncs; a new file's name, too. When it fails the file is cut back to
  // `length`, at once or by the next use(). REQUIRES: use() or create() went well.
  Result<void> append(std::string_view bytes, std::uint64_t length);

 private:
  struct Found {
    std::string name;
    std::uint64_t sequence = 0;
  };
  [[nodiscard]] Result<std::vector<Found>> list() const;
  void close_current();
  void give_up(std::uint64_t length);

  const std::string folder_, base_, extension_;
  const Io io_;
  int lock_fd_ = -1;
  bool may_have_note_ = true;  // the lock file
  int fd_ = -1;
  std::string current_;      // its path
  bool is_unnamed_ = false;  // the directory does not yet hold its name for sure
};

}  // namespace daybook::csv_sink
