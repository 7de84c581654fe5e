// What a start makes of a log that lost or changed something: refused in words, never served.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/files.h"
#include "log/helpers.h"
#include "log/record.h"
#include "log/watermark.h"

namespace daybook {
namespace {

using namespace test;
using Catch::Matchers::Contains;
using Lines = std::vector<std::string>;

void wait_for_watermark(log::EventLog& log) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (log.stat()->watermark != log.head()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::string wal_of(const std::string& data_dir) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(data_dir + "/log"))
    if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
  REQUIRE_FALSE(newest.empty());
  return newest;
}

log::Options accepting(const std::string& data_dir) {
  auto options = log_options(data_dir);
  options.accept_loss = true;
  return options;
}

// A closed log of groups at 1-2 (alpha, beta), 3 (alpha), 4 (beta).
void make_log(const std::string& data_dir, const std::string& mark = "") {
  const auto log = open_log(log_options(data_dir));
  append(*log, {{topic_a, {"a1" + mark}}, {topic_b, {"b2" + mark}}});
  append(*log, {{topic_a, {"a3" + mark}}});
  append(*log, {{topic_b, {"b4" + mark}}});
}

TEST_CASE("a log that lost its acknowledged tail is refused, in words") {
  const TempDir dir;
  const std::string data = dir / "data";
  {
    const auto log = open_log(log_options(data));
    append(*log, {{topic_a, {"a1"}}, {topic_b, {"b2"}}});
    copy_directory(data + "/log", dir / "earlier");
    append(*log, {{topic_a, {"a3", "a4", "a5"}}});
  }
  copy_directory(dir / "earlier", data + "/log");
  const Error error = refused(log_options(data));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message,
             Contains("the log ends at position 2 but position 5 was acknowledged: 3 "
                      "acknowledged events are gone") &&
                 Contains("--accept-loss"));
  {
    const auto log = open_log(accepting(data));
    CHECK(scan_all(*log).value() == Lines{"1/1/a1", "2/2/b2"});
    CHECK(append(*log, {{topic_c, {"c3"}}}).first == Position{3});
  }
  const auto log = open_log(log_options(data));
  CHECK(log->head() == Position{3});
}

TEST_CASE("a write-ahead log cut at any record's end or inside a record is noticed") {
  const TempDir dir;
  const std::string data = dir / "data";
  const auto log = open_log(log_options(data));
  std::vector<std::uintmax_t> sizes;
  for (int i = 0; i < 4; ++i) {
    append(*log, {{topic_a, {"a"}}, {topic_c, {"c"}}});
    sizes.push_back(std::filesystem::file_size(wal_of(data)));
  }
  wait_for_watermark(*log);
  for (std::size_t kept = 1; kept < sizes.size(); ++kept) {
    for (const std::uintmax_t torn : {0u, 20u}) {
      const std::string copy = dir / "copy";
      copy_directory(data, copy);
      std::filesystem::resize_file(wal_of(copy), sizes[kept - 1] + torn);
      const Error error = refused(log_options(copy));
      CHECK(error.code == Errc::corrupt);
      CHECK_THAT(error.message, Contains("the log ends at position " + std::to_string(2 * kept) +
                                         " but position 8 was acknowledged"));
    }
  }
}

TEST_CASE("a killed process's log opens with everything it acknowledged") {
  const TempDir dir;
  const std::string data = dir / "data";
  const auto log = open_log(log_options(data));
  append(*log, {{topic_a, {"a1"}}, {topic_c, {"c2"}}});
  wait_for_watermark(*log);
  append(*log, {{topic_b, {"b3"}}});
  copy_directory(data, dir / "copy");  // what a kill leaves: nothing was closed
  const auto copy = open_log(log_options(dir / "copy"));
  CHECK(scan_all(*copy).value() == Lines{"1/1/a1", "2/7/c2", "3/2/b3"});
  CHECK(copy->stat()->watermark == Position{3});
}

TEST_CASE(
    "damage in the middle of the write-ahead log is refused, with the acknowledged position") {
  const TempDir dir;
  const std::string data = dir / "data";
  const auto log = open_log(log_options(data));
  append(*log, {{topic_a, {"a1"}}});
  const auto at = std::filesystem::file_size(wal_of(data));
  append(*log, {{topic_a, {std::string(2000, 'x')}}});
  append(*log, {{topic_a, {"a3"}}});
  wait_for_watermark(*log);
  const std::string copy = dir / "copy";
  copy_directory(data, copy);
  std::string wal = read_file(wal_of(copy)).value();
  wal[at + 200] = static_cast<char>(wal[at + 200] ^ 1);
  REQUIRE(write_file_durable(wal_of(copy), wal, 0644).ok());
  const Error error = refused(log_options(copy));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains("RocksDB cannot open") && Contains("Corruption") &&
                                Contains("position 3 was acknowledged"));
}

TEST_CASE("acknowledged history that was changed is refused, whatever the flags") {
  const TempDir dir;
  make_log(dir / "data");
  make_log(dir / "other", " otherwise");
  copy_directory((dir / "other") + "/log", (dir / "data") + "/log");
  for (const auto& options : {log_options(dir / "data"), accepting(dir / "data")}) {
    const Error error = refused(options);
    CHECK(error.code == Errc::corrupt);
    CHECK_THAT(error.message, Contains("acknowledged history was changed at position 4"));
  }
}

TEST_CASE("a log without its watermark is refused") {
  const TempDir dir;
  const std::string data = dir / "data";
  make_log(data);
  const std::string path = log::watermark_path(data);
  SECTION("when the file is gone") { std::filesystem::remove(path); }
  SECTION("when both slots are damaged") {
    REQUIRE(write_file_durable(path, std::string(log::watermark_file_bytes, 'x'), 0644).ok());
  }
  const Error error = refused(log_options(data));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains("WATERMARK is missing or unreadable"));
  { CHECK(open_log(accepting(data))->head() == Position{4}); }
  CHECK(open_log(log_options(data))->head() == Position{4});
}

TEST_CASE("one torn slot of the watermark leaves the one before") {
  const TempDir dir;
  const std::string data = dir / "data";
  make_log(data);
  append(*open_log(log_options(data)), {{topic_a, {"a5"}}});
  const auto newest = log::read_watermark(data).value();
  REQUIRE(newest.has_value());
  REQUIRE(newest->mark.position == Position{5});
  std::string bytes = read_file(log::watermark_path(data)).value();
  const std::size_t slot = newest->sequence % 2 * log::watermark_slot_bytes;
  bytes[slot + 20] = static_cast<char>(bytes[slot + 20] ^ 1);
  REQUIRE(write_file_durable(log::watermark_path(data), bytes, 0644).ok());
  CHECK(log::read_watermark(data).value()->mark.position == Position{4});
  CHECK(open_log(log_options(data))->head() == Position{5});
}

TEST_CASE("a store of a newer format is refused") {
  const TempDir dir;
  const std::string data = dir / "data";
  make_log(data);
  SECTION("as its meta says") {
    RawStore(data).put("meta", "format", std::string("\x09\0\0\0", 4));
  }
  SECTION("as its watermark says, before anything else is opened") {
    log::WatermarkSlot slot = *log::read_watermark(data).value();
    slot.store_format = 9;
    const std::string bytes = log::encode_watermark_slot(slot);
    REQUIRE(write_file_durable(log::watermark_path(data), bytes + bytes, 0644).ok());
  }
  const Error error = refused(log_options(data));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains("written by a newer version of daybook (format 9, this one "
                                     "reads up to 2)"));
}

TEST_CASE("a store with a topic the catalog does not know is refused for writing") {
  const TempDir dir;
  make_log(dir / "data");
  auto options = log_options(dir / "data");
  options.topics.pop_back();
  const Error error = refused(options);
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains("'gamma'"));
}

TEST_CASE("a topic whose number changed is refused") {
  const TempDir dir;
  make_log(dir / "data");
  auto options = log_options(dir / "data");
  options.topics[2].id = {8};
  for (const auto mode : {log::OpenMode::read_write, log::OpenMode::read_only}) {
    options.mode = mode;
    const Error error = refused(options);
    CHECK(error.code == Errc::corrupt);
    CHECK_THAT(error.message, Contains("topic 'gamma' has number 7 in the store, not 8"));
  }
}

TEST_CASE("topics that cannot be are refused") {
  const TempDir dir;
  auto options = log_options(dir / "data");
  options.topics.push_back({{8}, "meta"});
  CHECK(refused(options).code == Errc::invalid);
  options.topics.back() = {topic_a, "delta"};
  CHECK(refused(options).code == Errc::invalid);
}

TEST_CASE("a second opener is refused with the pid of the first") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  const Error error = refused(log_options(dir / "data"));
  CHECK(error.code == Errc::unavailable);
  CHECK_THAT(error.message, Contains("in use by process " + std::to_string(::getpid())));
  log->close();
  CHECK(open_log(log_options(dir / "data"))->head() == Position{0});
}

TEST_CASE("a torn last group is refused, and cut off when loss is accepted") {
  const TempDir dir;
  const std::string data = dir / "data";
  make_log(data);
  std::string missing;
  std::uint64_t kept = 3;
  SECTION("a header without its record") {
    RawStore(data).remove("beta", record_key(4));
    missing = "position 4: the record of topic 'beta' is missing";
  }
  SECTION("a record without its header") {
    RawStore raw(data);
    raw.put("gamma", record_key(5), raw.get("beta", record_key(4)));
    missing = "position 5: a record of topic 'gamma' belongs to no commit group";
    kept = 4;
  }
  SECTION("a last record that was changed") {
    RawStore raw(data);
    std::string record = raw.get("beta", record_key(4));
    record.back() = static_cast<char>(record.back() ^ 1);
    raw.put("beta", record_key(4), record);
    missing = "position 4: the record's CRC does not match";
  }
  const Error error = refused(log_options(data));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains(missing));
  {
    const auto log = open_log(accepting(data));
    CHECK(log->head() == Position{kept});
    CHECK(append(*log, {{topic_b, {"next"}}}).first == Position{kept + 1});
  }
  const auto log = open_log(log_options(data));
  CHECK(log->head() == Position{kept + 1});
  CHECK_FALSE(log->verify(nullptr)->problem.has_value());
}

TEST_CASE("an empty store under an old watermark is refused") {
  const TempDir dir;
  make_log(dir / "data");
  std::filesystem::remove_all((dir / "data") + "/log");
  const Error error = refused(log_options(dir / "data"));
  CHECK(error.code == Errc::corrupt);
  CHECK_THAT(error.message, Contains("the log ends at position 0 but position 4 was acknowledged"));
}

TEST_CASE("the watermark trails the head by its interval, and is exact after closing") {
  const TempDir dir;
  auto options = log_options(dir / "data");
  options.watermark_interval_ms = 3'600'000;
  {
    const auto log = open_log(options);
    append(*log, {{topic_a, {"a1"}}});
    CHECK(log->stat()->watermark == Position{0});
    CHECK(log::read_watermark(dir / "data").value()->mark.position == Position{0});
  }
  CHECK(log::read_watermark(dir / "data").value()->mark.position == Position{1});
}

}  // namespace
}  // namespace daybook
