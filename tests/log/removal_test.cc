// What retention may take out of the log, and what the log says of it afterwards.
#include <catch2/catch.hpp>

#include <rocksdb/env.h>

#include "base/random.h"
#include "log/helpers.h"
#include "log/record.h"
#include "log/removal.h"
#include "log/watermark.h"
#include "support/unsynced_env.h"
#include "support/wait.h"

namespace daybook {
namespace {

using namespace test;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

// Events whose text begins with "k" are kept.
Result<bool> all_but_k(const log::EventView& event) {
  return event.payload.empty() || event.payload[0] != 'k';
}

log::Removed remove(log::EventLog& log, TopicId topic, Position before) {
  const auto removed = log.remove_before(topic, before, all_but_k);
  INFO((removed.ok() ? "" : removed.error().message));
  REQUIRE(removed.ok());
  return *removed;
}

log::Options reading(const std::string& data_dir) {
  log::Options options;
  options.data_dir = data_dir;
  options.mode = log::OpenMode::read_only;
  return options;
}

// 1-2 alpha beta, 3-4 alpha, 5-6 alpha (one to keep), 7 beta, 8 alpha.
std::unique_ptr<log::EventLog> make_log(const std::string& data_dir) {
  auto log = open_log(log_options(data_dir));
  append(*log, {{topic_a, {"a1"}}, {topic_b, {"b2"}}});
  append(*log, {{topic_a, {"a3", "a4"}}});
  append(*log, {{topic_a, {"a5", "k6"}}});
  append(*log, {{topic_b, {"b7"}}});
  append(*log, {{topic_a, {"a8"}}});
  return log;
}

void check_sound(log::EventLog& log, std::uint64_t removed_records, std::uint64_t removed_events) {
  const auto report = log.verify(nullptr);
  REQUIRE(report.ok());
  INFO(report->problem.value_or(""));
  CHECK_FALSE(report->problem.has_value());
  CHECK(report->head == log.head());
  CHECK(report->events + removed_events == log.head().value);
  CHECK(report->removed.records == removed_records);
  CHECK(report->removed.events == removed_events);
}

TEST_CASE("a topic's old records go, the rest stays readable and the chain stays whole") {
  const TempDir dir;
  const Lines left{"2/2/b2", "5/1/a5", "6/1/k6", "7/2/b7", "8/1/a8"};
  {
    const auto log = make_log(dir / "data");
    const auto removed = remove(*log, topic_a, {8});
    CHECK(removed.records == 2);
    CHECK(removed.events == 3);
    CHECK(removed.bytes > 100);
    CHECK(scan_all(*log).value() == left);
    check_sound(*log, 2, 3);
    CHECK(log->group_of({3})->first == Position{3});
    CHECK(append(*log, {{topic_a, {"a9"}}}).first == Position{9});
  }
  const auto log = open_log(log_options(dir / "data"));
  log::ScanOptions options;
  options.until = {8};
  options.verify_hashes = true;
  CHECK(scan_all(*log, options).value() == left);
  options.topic = topic_a;
  CHECK(scan_all(*log, options).value() == Lines{"5/1/a5", "6/1/k6", "8/1/a8"});
  options.from = {4};  // inside a removed record
  CHECK(scan_all(*log, options).value() == Lines{"5/1/a5", "6/1/k6", "8/1/a8"});
  options.topic.reset();
  CHECK(scan_all(*log, options).value() == Lines{"5/1/a5", "6/1/k6", "7/2/b7", "8/1/a8"});
  check_sound(*log, 2, 3);
  const auto stat = log->stat();
  CHECK(stat->topics[0].removed.events == 3);
  CHECK(stat->topics[0].removed_before == Position{5});
  CHECK(stat->topics[1].removed.records == 0);
}

TEST_CASE("a record that reaches to the limit, or past what is durable, stays") {
  const TempDir dir;
  const auto log = make_log(dir / "data");
  CHECK(remove(*log, topic_a, {4}).records == 1);  // 3-4 ends at 4
  append_interval(*log, {{topic_b, {"b9"}}});
  CHECK(remove(*log, topic_b, Position::max()).events == 2);
  CHECK(scan_all(*log).value() ==
        Lines{"3/1/a3", "4/1/a4", "5/1/a5", "6/1/k6", "8/1/a8", "9/2/b9"});
  REQUIRE(log->sync().ok());
  CHECK(remove(*log, topic_b, Position::max()).events == 1);
  check_sound(*log, 4, 4);
}

TEST_CASE("everything may go, up to the last group") {
  const TempDir dir;
  {
    const auto log = make_log(dir / "data");
    CHECK(remove(*log, topic_b, Position::max()).records == 2);
    CHECK(remove(*log, topic_a, Position::max()).records == 3);
  }
  const auto log = open_log(log_options(dir / "data"));
  CHECK(scan_all(*log).value() == Lines{"5/1/a5", "6/1/k6"});
  check_sound(*log, 5, 6);
  CHECK(append(*log, {{topic_c, {"c9"}}}).first == Position{9});
}

TEST_CASE("a second removal does not look again at what the first one kept") {
  const TempDir dir;
  std::vector<std::uint64_t> asked;
  const auto ask = [&](const log::EventView& event) {
    asked.push_back(event.position.value);
    return all_but_k(event);
  };
  {
    const auto log = make_log(dir / "data");
    REQUIRE(log->remove_before(topic_a, {7}, ask).ok());
    CHECK(asked == std::vector<std::uint64_t>{1, 3, 4, 5, 6});
    append(*log, {{topic_a, {"a9"}}});
  }
  asked.clear();
  const auto log = open_log(log_options(dir / "data"));
  REQUIRE(log->remove_before(topic_a, {7}, ask).ok());
  CHECK(asked.empty());
  REQUIRE(log->remove_before(topic_a, {5}, ask).ok());
  CHECK(asked.empty());
  REQUIRE(log->remove_before(topic_a, {10}, ask).ok());
  CHECK(asked == std::vector<std::uint64_t>{8, 9});
  CHECK(scan_all(*log).value() == Lines{"2/2/b2", "5/1/a5", "6/1/k6", "7/2/b7"});
  check_sound(*log, 4, 5);
}

TEST_CASE("a removal that is told to stop, or whose question fails, leaves a sound log") {
  const TempDir dir;
  const auto log = make_log(dir / "data");
  std::atomic<bool> stop{true};
  const auto removed = log->remove_before(topic_a, {9}, all_but_k, &stop);
  REQUIRE(removed.ok());
  CHECK(removed->records == 0);
  const auto failed = log->remove_before(topic_a, {9}, [](const log::EventView& event) {
    if (event.position.value < 8) return all_but_k(event);
    return Result<bool>(Error{Errc::corrupt, "not readable"});
  });
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message == "not readable");
  CHECK_FALSE(log->failed());
  check_sound(*log, 0, 0);
  CHECK(remove(*log, topic_a, {9}).records == 3);
  CHECK(log->remove_before({99}, {9}, all_but_k).error().code == Errc::not_found);
}

TEST_CASE("a record that is missing without having been removed is damage") {
  const TempDir dir;
  { remove(*make_log(dir / "data"), topic_a, {5}); }
  {
    RawStore raw(dir / "data");
    raw.remove("beta", record_key(2));
  }
  auto log = open_log(log_options(dir / "data"));
  CHECK_THAT(scan_all(*log).error().message, Contains("position 2") && Contains("missing"));
  CHECK(log->verify(nullptr)->problem_at == Position{2});
}

TEST_CASE("a record lost below the mark is found by verify, for the mark counts what it took") {
  const TempDir dir;
  { remove(*make_log(dir / "data"), topic_a, {9}); }
  {
    RawStore raw(dir / "data");
    raw.remove("alpha", record_key(5));
  }
  const auto report = open_log(log_options(dir / "data"))->verify(nullptr);
  REQUIRE(report->problem.has_value());
  CHECK_THAT(*report->problem, Contains("4 records with 6 events of topic 'alpha' are missing, but "
                                        "retention removed 3 with 4"));
}

TEST_CASE("a damaged removal mark is damage") {
  const TempDir dir;
  { remove(*make_log(dir / "data"), topic_a, {5}); }
  {
    RawStore raw(dir / "data");
    std::string mark = raw.get("meta", "removed/alpha");
    mark[9] = static_cast<char>(mark[9] ^ 1);
    raw.put("meta", "removed/alpha", mark);
  }
  CHECK_THAT(refused(log_options(dir / "data")).message, Contains("removal mark"));
  const auto reader = open_log(reading(dir / "data"));
  CHECK_THAT(scan_all(*reader).error().message, Contains("removal mark"));
}

TEST_CASE("a removal mark past the log's end is refused, unless losses are accepted") {
  const TempDir dir;
  { make_log(dir / "data"); }
  {
    RawStore raw(dir / "data");
    raw.put("meta", "removed/alpha", log::encode_removal_mark({topic_a, {50}, {60}, {9, 9, 9}}));
  }
  auto options = log_options(dir / "data");
  CHECK_THAT(refused(options).message, Contains("ends at position 8") && Contains("position 59"));
  options.accept_loss = true;
  CHECK(open_log(options)->stat()->topics[0].removed_before == Position{9});
  CHECK(open_log(log_options(dir / "data"))->head() == Position{8});
}

TEST_CASE("the first removal raises the store's format, so that an older program refuses it") {
  const TempDir dir;
  auto log = make_log(dir / "data");
  CHECK(log->stat()->store_format == 1);
  CHECK(log->remove_before(topic_a, {9}, [](const log::EventView&) { return Result<bool>(false); })
            ->records == 0);
  CHECK(log->stat()->store_format == 1);
  append(*log, {{topic_b, {"b9"}}});
  remove(*log, topic_b, {9});
  CHECK(log->stat()->store_format == 2);
  const auto written = [&] {
    const auto slot = log::read_watermark(dir / "data");
    return slot.ok() && *slot && (*slot)->store_format == 2;
  };
  CHECK(wait_until(written, std::chrono::seconds(20)));
  log.reset();
  RawStore raw(dir / "data");
  CHECK(raw.get("meta", "format") == std::string("\2\0\0\0", 4));
}

TEST_CASE("readers, alone and beside the writer, pass over what was removed") {
  const TempDir dir;
  const auto log = make_log(dir / "data");
  const auto earlier = open_log(reading(dir / "data"));
  remove(*log, topic_a, {9});
  append(*log, {{topic_c, {"c9"}}});
  const auto seen = [&] { return earlier->refresh().ok() && earlier->head() == log->head(); };
  REQUIRE(wait_until(seen, std::chrono::seconds(20)));
  const Lines left{"2/2/b2", "5/1/a5", "6/1/k6", "7/2/b7", "9/7/c9"};
  // A reader from before may have the removed records in memory; what it shows is sound.
  CHECK(scan_all(*earlier).value().size() >= left.size());
  CHECK_FALSE(earlier->verify(nullptr)->problem.has_value());
  const auto beside = open_log(reading(dir / "data"));
  CHECK(scan_all(*beside).value() == left);
  check_sound(*beside, 3, 4);
  copy_directory(dir / "data", dir / "killed");
  const auto alone = open_log(reading(dir / "killed"));
  CHECK(scan_all(*alone).value() == left);
  check_sound(*alone, 3, 4);
}

TEST_CASE("the disk gets the space of removed records back") {
  const TempDir dir;
  constexpr std::uint64_t groups = 200;
  Rng rng(11);
  {
    const auto log = open_log(log_options(dir / "data"));
    for (std::uint64_t i = 0; i < groups; ++i) {
      std::string payload(100'000, '\0');
      for (auto& c : payload) c = static_cast<char>('A' + rng.below(26));
      if (i % 50 == 0) payload[0] = 'k';
      append(*log, {{topic_a, {payload}}, {topic_b, {"b"}}});
    }
  }
  const auto log = open_log(log_options(dir / "data"));
  const auto before = log->stat()->disk_bytes;
  CHECK(before > 10'000'000);
  remove(*log, topic_a, {2 * groups - 19});
  const auto shrunk = [&] { return log->stat()->disk_bytes < before / 5; };
  CHECK(wait_until(shrunk, std::chrono::seconds(20)));
  check_sound(*log, 186, 186);
}

TEST_CASE("a removal whose write fails stops the log and loses nothing it should not") {
  const TempDir dir;
  auto faults = std::make_shared<DiskFaults>();
  const auto env = make_unsynced_env(faults);
  auto options = log_options(dir / "data");
  options.env_for_tests = env.get();
  {
    const auto log = open_log(options);
    append(*log, {{topic_a, {"a1"}}});
    append(*log, {{topic_a, {"a2"}}});
    faults->fail_next_sync = true;
    CHECK_FALSE(log->remove_before(topic_a, {3}, all_but_k).ok());
    CHECK(log->failed());
    CHECK_FALSE(try_append(*log, {{topic_a, {"a3"}}}).ok());
  }
  const auto log = open_log(log_options(dir / "data"));
  CHECK(scan_all(*log).value() == Lines{"1/1/a1", "2/1/a2"});
  check_sound(*log, 0, 0);
}

}  // namespace
}  // namespace daybook
