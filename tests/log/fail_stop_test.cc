// A disk that fails or lies.
#include <catch2/catch.hpp>

#include <rocksdb/env.h>

#include <chrono>
#include <thread>

#include "log/helpers.h"
#include "support/unsynced_env.h"

namespace daybook {
namespace {

using namespace test;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

struct Disk {
  std::shared_ptr<DiskFaults> faults = std::make_shared<DiskFaults>();
  std::unique_ptr<rocksdb::Env> env = make_unsynced_env(faults);

  log::Options options(const std::string& data_dir) const {
    auto options = log_options(data_dir);
    options.env_for_tests = env.get();
    return options;
  }
};

TEST_CASE("each append is one sync") {
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  const auto before = disk.faults->syncs.load();
  for (int i = 0; i < 5; ++i) append(*log, {{topic_a, {"a", "b"}}, {topic_c, {"c"}}});
  CHECK(disk.faults->syncs.load() - before == 5);
}

TEST_CASE("a failed fsync stops writing for good, and reading goes on") {
  const TempDir dir;
  const Disk disk;
  {
    const auto log = open_log(disk.options(dir / "data"));
    append(*log, {{topic_a, {"a1"}}});
    const Hash256 hash = log->head_hash();
    disk.faults->fail_next_sync = true;
    const auto failed = try_append(*log, {{topic_a, {"lost"}}});
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == Errc::unavailable);
    CHECK_THAT(failed.error().message, Contains("the log has stopped taking writes"));
    for (int i = 0; i < 3; ++i) CHECK_FALSE(try_append(*log, {{topic_a, {"later"}}}).ok());
    CHECK(log->head() == Position{1});
    CHECK(log->head_hash() == hash);
    CHECK(scan_all(*log).value() == Lines{"1/1/a1"});
  }
  const auto log = open_log(disk.options(dir / "data"));
  CHECK(scan_all(*log).value() == Lines{"1/1/a1"});
  CHECK(append(*log, {{topic_b, {"b2"}}}).first == Position{2});
}

TEST_CASE("what was synced survives a power cut at any moment") {
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  Lines expected;
  for (int i = 1; i <= 5; ++i) {
    append(*log, {{topic_a, {"a"}}});
    expected.push_back(std::to_string(i) + "/1/a");
    copy_directory(dir / "data", dir / "copy");  // unsynced bytes are not in the files
    CHECK(scan_all(*open_log(log_options(dir / "copy"))).value() == expected);
  }
}

TEST_CASE("a disk that lies about syncing is found out at the next start") {
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  append(*log, {{topic_a, {"a1"}}});
  disk.faults->ignore_syncs = true;
  append(*log, {{topic_a, {"a2", "a3"}}});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (log->stat()->watermark != Position{3}) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  copy_directory(dir / "data", dir / "copy");
  const Error error = refused(log_options(dir / "copy"));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains("the log ends at position 1 but position 3 was acknowledged"));
}

TEST_CASE("a group larger than a record may be is refused and stops the log") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append(*log, {{topic_a, {"a1"}}});
  const std::string frames(log::record_bytes_max, '\0');
  const log::GroupPart part{topic_a, 1, frames};
  CHECK(log->append({&part, 1}).error().code == Errc::too_large);
  CHECK(try_append(*log, {{topic_a, {"a2"}}}).error().code == Errc::unavailable);
  CHECK(log->head() == Position{1});
}

}  // namespace
}  // namespace daybook
