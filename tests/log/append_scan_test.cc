#include <catch2/catch.hpp>

#include <filesystem>

#include "log/helpers.h"

namespace daybook {
namespace {

using namespace test;
using Lines = std::vector<std::string>;

// Three groups: 1-3 (alpha 1-2, gamma 3), 4 (beta), 5-7 (alpha 5, beta 6, gamma 7).
void append_three_groups(log::EventLog& log) {
  append(log, {{topic_a, {"a1", "a2"}}, {topic_c, {"c3"}}});
  append(log, {{topic_b, {"b4"}}});
  append(log, {{topic_a, {"a5"}}, {topic_b, {"b6"}}, {topic_c, {"c7"}}});
}

const Lines all_lines{"1/1/a1", "2/1/a2", "3/7/c3", "4/2/b4", "5/1/a5", "6/2/b6", "7/7/c7"};

TEST_CASE("a new log is empty") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  CHECK(log->head() == Position{0});
  CHECK(log->head_hash() == Hash256{});
  CHECK(scan_all(*log).value().empty());
  CHECK(log->group_of({1}).error().code == Errc::not_found);
}

TEST_CASE("positions are gapless from 1 across topics and groups") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  const auto first = append(*log, {{topic_a, {"x", "y"}}, {topic_b, {"z"}}});
  CHECK(first.first == Position{1});
  CHECK(first.count == 3);
  const auto second = append(*log, {{topic_c, {"w"}}});
  CHECK(second.first == Position{4});
  CHECK(log->head() == Position{4});
  CHECK(log->head_hash() == second.hash);
  CHECK(first.hash != second.hash);
}

TEST_CASE("a merged scan gives all topics in the order of their positions") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  CHECK(scan_all(*log).value() == all_lines);
  log::ScanOptions hashes;
  hashes.verify_hashes = true;
  CHECK(scan_all(*log, hashes).value() == all_lines);
}

TEST_CASE("what was appended is there after closing and opening again") {
  const TempDir dir;
  Hash256 hash;
  {
    const auto log = open_log(log_options(dir / "data"));
    append_three_groups(*log);
    hash = log->head_hash();
    log->close();
  }
  const auto log = open_log(log_options(dir / "data"));
  CHECK(log->head() == Position{7});
  CHECK(log->head_hash() == hash);
  CHECK(scan_all(*log).value() == all_lines);
  CHECK(append(*log, {{topic_a, {"a8"}}}).first == Position{8});
}

TEST_CASE("a scan may begin and end anywhere, in the middle of a record too") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  for (std::uint64_t from = 1; from <= 7; ++from) {
    for (std::uint64_t until = from; until <= 7; ++until) {
      log::ScanOptions options;
      options.from = {from};
      options.until = {until};
      const Lines expected(all_lines.begin() + static_cast<std::ptrdiff_t>(from) - 1,
                           all_lines.begin() + static_cast<std::ptrdiff_t>(until));
      CHECK(scan_all(*log, options).value() == expected);
      for (const auto topic : {topic_a, topic_b, topic_c}) {
        options.topic = topic;
        Lines of_topic;
        for (const auto& line : expected)
          if (line.find("/" + std::to_string(topic.value) + "/") != std::string::npos)
            of_topic.push_back(line);
        options.verify_hashes = from % 2 == 0;
        CHECK(scan_all(*log, options).value() == of_topic);
      }
      options.verify_hashes = false;
    }
  }
  log::ScanOptions beyond;
  beyond.from = {8};
  CHECK(scan_all(*log, beyond).value().empty());
}

TEST_CASE("a scan stops when it is told to") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  int seen = 0;
  REQUIRE(log->scan({}, [&](const log::EventView&) { return ++seen < 2; }).ok());
  CHECK(seen == 2);
}

TEST_CASE("a scan of a topic the log does not have is refused") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  log::ScanOptions options;
  options.topic = TopicId{99};
  CHECK(scan_all(*log, options).error().code == Errc::not_found);
}

TEST_CASE("every field of an event comes back as it was written") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  log::FrameWriter writer;
  log::FrameFields full;
  full.topic = topic_b;
  full.schema_version = 3;
  full.event_id.bytes.fill(0x11);
  full.server_time = {-5};
  full.trace_id.bytes.fill(0x22);
  full.idempotency_key = "key-1";
  full.fingerprint.bytes.fill(0x33);
  log::FrameFields bare;
  bare.topic = topic_b;
  std::string frames;
  const std::vector<std::uint8_t> payload{1, 2, 3};
  writer.append(frames, full, payload);
  writer.append(frames, bare, {});
  const log::GroupPart part{topic_b, 2, frames};
  REQUIRE(log->append({&part, 1}).ok());
  int seen = 0;
  const auto scanned = log->scan({}, [&](const log::EventView& event) {
    const auto& expected = event.position.value == 1 ? full : bare;
    CHECK(event.topic == expected.topic);
    CHECK(event.schema_version == expected.schema_version);
    CHECK(event.event_id == expected.event_id);
    CHECK(event.server_time == expected.server_time);
    CHECK(event.trace_id == expected.trace_id);
    CHECK(event.idempotency_key == expected.idempotency_key);
    CHECK(event.fingerprint == expected.fingerprint);
    CHECK(event.payload.size() == (seen == 0 ? 3u : 0u));
    if (seen == 0) {
      CHECK(std::equal(payload.begin(), payload.end(), event.payload.begin()));
      CHECK(reinterpret_cast<std::uintptr_t>(event.payload.data()) % 8 == 0);
    }
    ++seen;
    return true;
  });
  CHECK(scanned.ok());
  CHECK(seen == 2);
}

TEST_CASE("each position's group is found") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  const auto tail = log->group_of({7});
  REQUIRE(tail.ok());
  CHECK(tail->first == Position{5});
  CHECK(tail->count == 3);
  CHECK(tail->hash == log->head_hash());
  CHECK(log->group_of({5})->hash == tail->hash);
  CHECK(log->group_of({4})->first == Position{4});
  CHECK(log->group_of({3})->first == Position{1});
  CHECK(log->group_of({1})->count == 3);
  CHECK(log->group_of({0}).error().code == Errc::not_found);
  CHECK(log->group_of({8}).error().code == Errc::not_found);
}

TEST_CASE("a topic added to the catalog gets its column family at the next start") {
  const TempDir dir;
  auto options = log_options(dir / "data");
  options.topics.pop_back();
  {
    const auto log = open_log(options);
    append(*log, {{topic_a, {"a1"}}});
  }
  const auto log = open_log(log_options(dir / "data"));
  append(*log, {{topic_c, {"c2"}}});
  CHECK(scan_all(*log).value() == Lines{"1/1/a1", "2/7/c2"});
}

TEST_CASE("stat tells heads, topics and sizes") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  const auto stat = log->stat();
  REQUIRE(stat.ok());
  CHECK(stat->head == Position{7});
  CHECK(stat->head_hash == log->head_hash());
  CHECK(stat->store_format == log::store_format_initial);
  CHECK(stat->disk_bytes > 0);
  CHECK_FALSE(stat->server_running);
  REQUIRE(stat->topics.size() == 3);
  CHECK(stat->topics[0].name == "alpha");
  CHECK(stat->topics[0].records == 2);
  CHECK(stat->topics[2].id == topic_c);
}

TEST_CASE("a closed log answers that it is closed") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  append_three_groups(*log);
  log->close();
  CHECK(scan_all(*log).error().code == Errc::unavailable);
  CHECK(try_append(*log, {{topic_a, {"x"}}}).error().code == Errc::unavailable);
  log->close();
}

}  // namespace
}  // namespace daybook
