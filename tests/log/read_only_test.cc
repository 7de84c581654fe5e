// Reading beside a writer, and without one.
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "base/files.h"
#include "log/helpers.h"
#include "log/watermark.h"

namespace daybook {
namespace {

using namespace test;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

log::Options reading(const std::string& data_dir) {
  log::Options options;
  options.data_dir = data_dir;
  options.mode = log::OpenMode::read_only;
  return options;
}

void refresh_until(log::EventLog& log, Position wanted) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (log.head() < wanted) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    REQUIRE(log.refresh().ok());
  }
}

std::map<std::string, std::string> files_of(const std::string& dir) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir))
    if (entry.is_regular_file()) files[entry.path()] = read_file(entry.path()).value();
  return files;
}

TEST_CASE("a reader beside a writer sees no further than the durable watermark") {
  const TempDir dir;
  auto options = log_options(dir / "data");
  options.watermark_interval_ms = 3'600'000;
  const auto writer = open_log(options);
  append(*writer, {{topic_a, {"a1"}}});
  const auto reader = open_log(reading(dir / "data"));
  CHECK(reader->head() == Position{0});
  CHECK(scan_all(*reader).value().empty());
  CHECK(reader->stat()->server_running);
  CHECK(reader->group_of({1}).error().code == Errc::not_found);
  writer->close();
  REQUIRE(reader->refresh().ok());
  CHECK(reader->head() == Position{1});
  CHECK_FALSE(reader->stat()->server_running);
  CHECK(scan_all(*reader).value() == Lines{"1/1/a1"});
}

TEST_CASE("a reader beside a writer catches up when it looks again") {
  const TempDir dir;
  const auto writer = open_log(log_options(dir / "data"));
  append(*writer, {{topic_a, {"a1"}}, {topic_b, {"b2"}}});
  const auto reader = open_log(reading(dir / "data"));
  refresh_until(*reader, {2});
  append(*writer, {{topic_c, {"c3"}}});
  CHECK(scan_all(*reader).value() == Lines{"1/1/a1", "2/2/b2"});
  refresh_until(*reader, {3});
  CHECK(reader->head_hash() == writer->head_hash());
  CHECK(scan_all(*reader).value() == Lines{"1/1/a1", "2/2/b2", "3/7/c3"});
  CHECK_FALSE(reader->verify(nullptr)->problem.has_value());
}

TEST_CASE("readers beside a busy writer never see a gap") {
  const TempDir dir;
  const auto writer = open_log(log_options(dir / "data"));
  append(*writer, {{topic_a, {"first"}}});
  std::atomic<bool> stop{false};
  std::atomic<bool> appended{true};  // Catch2's macros are for the main thread only
  std::thread appending([&] {
    for (int i = 0; !stop && appended; ++i)
      appended =
          try_append(*writer, {{i % 2 == 0 ? topic_a : topic_b, {std::string(1000, 'x'), "y"}}})
              .ok();
  });
  const auto reader = open_log(reading(dir / "data"));
  std::uint64_t seen = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (seen < 2000 && std::chrono::steady_clock::now() < deadline) {
    const auto refreshed = reader->refresh();
    INFO((refreshed.ok() ? "" : refreshed.error().message));
    CHECK(refreshed.ok());
    log::ScanOptions options;
    options.from = {seen + 1};
    const auto scanned = reader->scan(options, [&](const log::EventView& event) {
      ++seen;
      return event.position.value == seen;
    });
    INFO((scanned.ok() ? "" : scanned.error().message));
    CHECK(scanned.ok());
    if (!refreshed.ok() || !scanned.ok()) break;
  }
  stop = true;
  appending.join();
  CHECK(appended);
  CHECK(seen >= 2000);
}

TEST_CASE("a reader finds the topics and their numbers in the store itself") {
  const TempDir dir;
  { append(*open_log(log_options(dir / "data")), {{topic_c, {"c1"}}}); }
  const auto reader = open_log(reading(dir / "data"));
  CHECK(scan_all(*reader).value() == Lines{"1/7/c1"});
  const auto stat = reader->stat();
  REQUIRE(stat->topics.size() == 3);
  CHECK(stat->topics[2].name == "gamma");
  CHECK(stat->topics[2].id == topic_c);
}

TEST_CASE("a reader writes nothing into the data directory") {
  const TempDir dir;
  {
    const auto writer = open_log(log_options(dir / "data"));
    for (int i = 0; i < 10; ++i) append(*writer, {{topic_a, {"a"}}, {topic_b, {"b"}}});
    copy_directory(dir / "data", dir / "killed");
  }
  for (const char* name : {"data", "killed"}) {
    const auto before = files_of(dir / name);
    {
      const auto reader = open_log(reading(dir / name));
      CHECK(reader->head() == Position{20});
      CHECK(scan_all(*reader)->size() == 20);
      CHECK_FALSE(reader->verify(nullptr)->problem.has_value());
    }
    CHECK(files_of(dir / name) == before);
  }
}

TEST_CASE("a reader where there is no log says so") {
  const TempDir dir;
  CHECK(refused(reading(dir / "nothing")).code == Errc::not_found);
  CHECK_FALSE(std::filesystem::exists(dir / "nothing"));
}

TEST_CASE("a reader verifies a log that lost its tail and tells what is gone") {
  const TempDir dir;
  {
    const auto log = open_log(log_options(dir / "data"));
    append(*log, {{topic_a, {"a1"}}});
    copy_directory((dir / "data") + "/log", dir / "earlier");
    append(*log, {{topic_a, {"a2"}}});
  }
  copy_directory(dir / "earlier", (dir / "data") + "/log");
  const auto report = open_log(reading(dir / "data"))->verify(nullptr);
  REQUIRE(report.ok());
  REQUIRE(report->problem.has_value());
  CHECK_THAT(*report->problem, Contains("ends at position 1 but position 2 was acknowledged"));
  CHECK(report->problem_at == Position{2});
}

}  // namespace
}  // namespace daybook
