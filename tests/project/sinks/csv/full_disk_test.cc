// A disk that is full, and one that fails: nothing is lost, nothing is torn.
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "project/sinks/csv/harness.h"

namespace daybook::csv_sink {
namespace {

using Outcome = Delivery::Outcome;

std::vector<PublicEvent> some_events(std::uint64_t from, std::uint64_t until) {
  std::vector<PublicEvent> events;
  for (std::uint64_t i = from; i < until; ++i)
    events.push_back(event_at(i, R"({"text":")" + std::string(100, 'x') + R"("})"));
  return events;
}

// The first cell of each line of all files, in their order.
std::vector<std::uint64_t> positions(const Harness& h) {
  std::vector<std::uint64_t> found;
  for (const auto& [name, text] : h.files()) {
    std::size_t at = 0;
    while (at < text.size()) {
      const auto end = text.find("\r\n", at);
      REQUIRE(end != std::string::npos);  // a torn line
      const std::string line = text.substr(at, end - at);
      at = end + 2;
      if (line.starts_with("position")) continue;
      REQUIRE(std::ranges::count(line, ',') == 7);
      found.push_back(std::stoull(line));
    }
  }
  return found;
}

std::vector<std::uint64_t> one_to(std::uint64_t last) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 1; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

// A disk with room for so many bytes; -1: no end.
struct SmallDisk {
  std::int64_t room = -1;
  bool sync_fails = false;
  Io io() {
    return {[this](int fd, const void* bytes, std::size_t count, off_t at) -> ssize_t {
              if (room == 0) {
                errno = ENOSPC;
                return -1;
              }
              if (room > 0) count = std::min(count, static_cast<std::size_t>(room));
              const ssize_t n = ::pwrite(fd, bytes, count, at);
              if (room > 0 && n > 0) room -= n;
              return n;
            },
            [this](int fd) {
              if (!sync_fails) return ::fdatasync(fd);
              errno = EIO;
              return -1;
            }};
  }
};

// Delivers until it is done, as the runtime would: the delivered ones do not come again.
void deliver_all(Harness& h, const std::vector<PublicEvent>& events) {
  std::size_t done = 0;
  for (int tries = 0; done < events.size() && tries < 10; ++tries) {
    const auto batch = test::batch_of(std::span(events).subspan(done));
    const auto told = h.sink->deliver(batch, h.progress, h.context);
    done += told.outcome == Outcome::delivered ? batch.size() : told.delivered;
  }
  REQUIRE(done == events.size());
}

}  // namespace

TEST_CASE("a full disk makes the target unavailable; the torn tail is cut away at once") {
  SmallDisk disk;
  Harness h;
  h.io = disk.io();
  h.open();
  REQUIRE(h.deliver(some_events(1, 11)).outcome == Outcome::delivered);
  const auto before = h.files();
  const auto state = h.progress.state;
  disk.room = 500;
  for (int tries = 0; tries < 3; ++tries) {
    const auto told = h.deliver(some_events(11, 21));
    CHECK(told.outcome == Outcome::unavailable);
    CHECK(told.delivered == 0);
    CHECK(told.reason.find("No space left on device") != std::string::npos);
    CHECK(h.progress.state == state);
    CHECK(h.files() == before);
  }
  disk.room = -1;
  REQUIRE(h.deliver(some_events(11, 21)).outcome == Outcome::delivered);
  CHECK(positions(h) == one_to(20));
}

TEST_CASE("a disk that fills up within a batch keeps the files that were ended before") {
  SmallDisk disk;
  Harness h;
  h.options.rotate = Rotate::size;
  h.options.rotate_bytes_max = 1000;
  h.io = disk.io();
  h.open();
  disk.room = 3000;
  const auto told = h.deliver(some_events(1, 31));
  CHECK(told.outcome == Outcome::unavailable);
  CHECK(told.delivered > 5);
  CHECK(told.delivered < 30);
  CHECK(positions(h) == one_to(told.delivered));
  // A new process goes on from exactly there.
  h.open();
  REQUIRE(h.begin().outcome == Outcome::delivered);
  CHECK(positions(h) == one_to(told.delivered));
  disk.room = -1;
  deliver_all(h, some_events(told.delivered + 1, 31));
  CHECK(positions(h) == one_to(30));
}

TEST_CASE("a failed sync is no delivery: the rows are written again") {
  SmallDisk disk;
  Harness h;
  h.io = disk.io();
  h.open();
  disk.sync_fails = true;
  CHECK(h.deliver(some_events(1, 4)).outcome == Outcome::unavailable);
  CHECK(h.files().empty());
  disk.sync_fails = false;
  REQUIRE(h.deliver(some_events(1, 4)).outcome == Outcome::delivered);
  disk.sync_fails = true;
  CHECK(h.deliver(some_events(4, 8)).outcome == Outcome::unavailable);
  CHECK(positions(h) == one_to(3));
  disk.sync_fails = false;
  REQUIRE(h.deliver(some_events(4, 8)).outcome == Outcome::delivered);
  CHECK(positions(h) == one_to(7));
}

TEST_CASE("on a real file system of 1 MiB that fills up nothing is lost", "[tmpfs]") {
  Harness h;
  REQUIRE(make_directories(h.dir / "out").ok());
  const std::string folder = h.dir / "out";
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") != 0) {
    std::cout << "skipped: a tmpfs cannot be mounted here: " << errno_text(errno) << "\n";
    return;
  }
  struct Unmount {
    std::string folder;
    std::unique_ptr<FileSink>& sink;
    ~Unmount() {
      sink.reset();  // its open file
      ::umount(folder.c_str());
    }
  } unmount{folder, h.sink};
  const std::string ballast = folder + "/.ballast";
  REQUIRE(write_file_durable(ballast, std::string(512 * 1024, 'b'), 0600).ok());
  std::uint64_t next = 1;
  Delivery told;
  while ((told = h.deliver(some_events(next, next + 100))).outcome == Outcome::delivered) {
    next += 100;
    REQUIRE(next < 100'000);  // it does fill up
  }
  CHECK(told.outcome == Outcome::unavailable);
  CHECK(told.reason.find("No space left on device") != std::string::npos);
  CHECK(positions(h) == one_to(next - 1));
  CHECK(h.deliver(some_events(next, next + 100)).outcome == Outcome::unavailable);
  REQUIRE(::unlink(ballast.c_str()) == 0);
  deliver_all(h, some_events(next, next + 100));
  CHECK(positions(h) == one_to(next + 99));
}

}  // namespace daybook::csv_sink
