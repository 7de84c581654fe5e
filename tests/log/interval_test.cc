// Durability::interval: written at once, fsynced later; what a power cut may take and what not.
#include <catch2/catch.hpp>

#include <rocksdb/env.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "base/random.h"
#include "log/helpers.h"
#include "log/watermark.h"
#include "support/seed.h"
#include "support/unsynced_env.h"
#include "support/wait.h"

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

// What is left after a power cut now.
std::unique_ptr<log::EventLog> after_power_cut(const TempDir& dir) {
  copy_directory(dir / "data", dir / "copy");
  return open_log(log_options(dir / "copy"));
}

TEST_CASE("an interval append is written without a sync, and sync makes it durable") {
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  const auto before = disk.faults->syncs.load();
  const auto committed = append_interval(*log, {{topic_a, {"a1", "a2"}}, {topic_b, {"b3"}}});
  CHECK(committed.durability == Durability::interval);
  CHECK(disk.faults->syncs.load() == before);
  CHECK(log->head() == Position{3});
  CHECK(log->head_hash() == committed.hash);
  CHECK(log->synced() == Position{0});
  CHECK(scan_all(*log).value() == Lines{"1/1/a1", "2/1/a2", "3/2/b3"});
  CHECK(after_power_cut(dir)->head() == Position{0});
  REQUIRE(log->sync().ok());
  CHECK(disk.faults->syncs.load() == before + 1);
  CHECK(log->synced() == Position{3});
  CHECK(scan_all(*after_power_cut(dir)).value() == scan_all(*log).value());
  REQUIRE(log->sync().ok());
  CHECK(disk.faults->syncs.load() == before + 1);
}

TEST_CASE("a synced append makes the interval groups before it durable") {
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  append_interval(*log, {{topic_a, {"a1"}}});
  append_interval(*log, {{topic_b, {"b2"}}});
  CHECK(append(*log, {{topic_c, {"c3"}}}).durability == Durability::synced);
  append_interval(*log, {{topic_a, {"a4"}}});
  CHECK(log->synced() == Position{3});
  CHECK(scan_all(*after_power_cut(dir)).value() == Lines{"1/1/a1", "2/2/b2", "3/7/c3"});
}

// Holds RocksDB's flushes back for as long as it lives: they would sync files on their own.
class HeldFlushes {
 public:
  explicit HeldFlushes(rocksdb::Env& env) {
    for (int i = 0; i < jobs; ++i) env.Schedule(&HeldFlushes::hold, this, rocksdb::Env::HIGH);
  }
  ~HeldFlushes() {
    std::unique_lock<std::mutex> lock(mutex_);
    released_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return ended_ == jobs; });
  }
  HeldFlushes(const HeldFlushes&) = delete;
  HeldFlushes& operator=(const HeldFlushes&) = delete;

 private:
  static constexpr int jobs = 8;  // more than there are threads for flushes
  static void hold(void* self) {
    auto& held = *static_cast<HeldFlushes*>(self);
    std::unique_lock<std::mutex> lock(held.mutex_);
    held.changed_.wait(lock, [&] { return held.released_; });
    ++held.ended_;
    held.changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
  int ended_ = 0;
};

std::size_t write_ahead_logs(const std::string& data_dir) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data_dir + "/log"))
    if (entry.path().extension() == ".log") ++count;
  return count;
}

TEST_CASE("a write-ahead log is durable before the next one begins") {
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  const auto before = disk.faults->syncs.load();
  const HeldFlushes held(*disk.env);
  Rng rng(7);
  std::uint64_t groups = 0;
  while (write_ahead_logs(dir / "data") == 1) {  // RocksDB changes its files by itself
    std::string payload(1u << 20, '\0');
    for (auto& c : payload) c = static_cast<char>('a' + rng.below(26));
    append_interval(*log, {{topic_a, {payload}}});
    REQUIRE(++groups < 400);
  }
  CHECK(disk.faults->syncs.load() > before);
  CHECK(log->synced() == Position{0});
  {
    const auto cut = after_power_cut(dir);
    CHECK(cut->head().value + 1 == groups);  // all that the first file held
    CHECK_FALSE(cut->verify(nullptr)->problem.has_value());
  }
  append(*log, {{topic_c, {"synced"}}});
  CHECK(after_power_cut(dir)->head() == log->head());
}

TEST_CASE("a power cut takes only what was not synced, whatever was done before") {
  const std::uint64_t seed = test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  const TempDir dir;
  const Disk disk;
  const auto log = open_log(disk.options(dir / "data"));
  for (int step = 0; step < 60; ++step) {
    const TopicId topic = rng.below(2) == 0 ? topic_a : topic_c;
    const auto what = rng.below(5);
    if (what == 0) REQUIRE(log->sync().ok());
    if (what == 1) append(*log, {{topic, {"s" + std::to_string(step), "s"}}});
    if (what > 1) append_interval(*log, {{topic, {"i" + std::to_string(step)}}});
    REQUIRE(log->stat()->watermark <= log->synced());
    if (rng.below(4) != 0) continue;
    const auto cut = after_power_cut(dir);
    REQUIRE(cut->head() == log->synced());
    auto expected = scan_all(*log).value();
    expected.resize(cut->head().value);
    REQUIRE(scan_all(*cut).value() == expected);
    append(*cut, {{topic_b, {"goes on"}}});
    REQUIRE_FALSE(cut->verify(nullptr)->problem.has_value());
  }
}

TEST_CASE("the durable watermark and readers beside the writer go no further than the last sync") {
  const TempDir dir;
  auto options = log_options(dir / "data");
  options.watermark_interval_ms = 1;
  const auto log = open_log(options);
  append(*log, {{topic_a, {"a1"}}});
  const auto written = [&](Position wanted) {
    return wait_until([&] { return log->stat()->watermark == wanted; }, std::chrono::seconds(20));
  };
  REQUIRE(written({1}));
  append_interval(*log, {{topic_a, {"a2"}}});
  CHECK_FALSE(
      wait_until([&] { return log::read_watermark(dir / "data").value()->mark.position.value > 1; },
                 std::chrono::milliseconds(100)));
  log::Options reading;
  reading.data_dir = dir / "data";
  reading.mode = log::OpenMode::read_only;
  const auto reader = open_log(reading);
  CHECK(reader->head() == Position{1});
  CHECK(reader->synced() == Position{1});
  REQUIRE(log->sync().ok());
  REQUIRE(written({2}));
  REQUIRE(reader->refresh().ok());
  CHECK(reader->head() == Position{2});
}

TEST_CASE("closing the log makes its interval groups durable") {
  const TempDir dir;
  const Disk disk;
  {
    const auto log = open_log(disk.options(dir / "data"));
    append_interval(*log, {{topic_a, {"a1"}}});
  }
  const auto log = open_log(log_options(dir / "data"));
  CHECK(log->head() == Position{1});
  CHECK(log->stat()->watermark == Position{1});
}

TEST_CASE("a failed sync stops writing for good, and what was synced is there after a restart") {
  const TempDir dir;
  const Disk disk;
  {
    const auto log = open_log(disk.options(dir / "data"));
    append(*log, {{topic_a, {"a1"}}});
    append_interval(*log, {{topic_a, {"a2"}}});
    disk.faults->fail_next_sync = true;
    const auto failed = log->sync();
    REQUIRE_FALSE(failed.ok());
    CHECK_THAT(failed.error().message, Contains("the log has stopped taking writes"));
    CHECK(log->failed());
    CHECK_FALSE(log->sync().ok());
    CHECK_FALSE(try_append(*log, {{topic_a, {"later"}}}, Durability::interval).ok());
    CHECK(log->synced() == Position{1});
  }
  CHECK(scan_all(*open_log(disk.options(dir / "data"))).value() == Lines{"1/1/a1"});
}

}  // namespace
}  // namespace daybook
