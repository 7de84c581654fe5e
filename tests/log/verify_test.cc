#include <catch2/catch.hpp>

#include "base/crc32c.h"
#include "base/digest.h"
#include "log/helpers.h"
#include "log/record.h"

namespace daybook {
namespace {

using namespace test;
using Catch::Matchers::Contains;

// Ten groups of two events each: alpha at 2n-1, beta at 2n.
void make_log(const std::string& data_dir) {
  const auto log = open_log(log_options(data_dir));
  for (int i = 0; i < 10; ++i)
    append(*log, {{topic_a, {"a" + std::to_string(i)}}, {topic_b, {"b" + std::to_string(i)}}});
}

log::VerifyReport verify(const std::string& data_dir) {
  const auto log = open_log(log_options(data_dir));
  const auto report = log->verify(nullptr);
  REQUIRE(report.ok());
  return *report;
}

std::string with_right_crc(std::string record) {
  const auto head = crc32c(std::string_view(record).substr(0, 24));
  log::put_le(record.data() + 24, crc32c(std::string_view(record).substr(28), head));
  return record;
}

TEST_CASE("verify finds a sound log sound and counts what it read") {
  const TempDir dir;
  make_log(dir / "data");
  const auto log = open_log(log_options(dir / "data"));
  std::vector<Position> told;
  const auto report = log->verify([&](Position at) { told.push_back(at); });
  REQUIRE(report.ok());
  CHECK_FALSE(report->problem.has_value());
  CHECK(report->head == Position{20});
  CHECK(report->events == 20);
  CHECK(report->groups == 10);
  CHECK(report->records == 20);
  CHECK(report->bytes > 20 * 100);
  CHECK(report->head_hash == log->head_hash());
  CHECK(report->watermark == Position{20});
  CHECK(told == std::vector<Position>{{20}});
}

TEST_CASE("verify finds an empty log sound") {
  const TempDir dir;
  const auto report = verify(dir / "data");
  CHECK_FALSE(report.problem.has_value());
  CHECK(report.head == Position{0});
}

TEST_CASE("a flipped bit in a record is found with its position, and stops a scan") {
  const TempDir dir;
  make_log(dir / "data");
  {
    RawStore raw(dir / "data");
    std::string record = raw.get("alpha", record_key(7));
    record[50] = static_cast<char>(record[50] ^ 4);
    raw.put("alpha", record_key(7), record);
  }
  const auto report = verify(dir / "data");
  REQUIRE(report.problem.has_value());
  CHECK(report.problem_at == Position{7});
  CHECK_THAT(*report.problem, Contains("position 7") && Contains("CRC") && Contains("alpha"));
  CHECK(report.head == Position{6});
  const auto log = open_log(log_options(dir / "data"));
  std::uint64_t last = 0;
  const auto scanned = log->scan({}, [&](const log::EventView& event) {
    last = event.position.value;
    return true;
  });
  REQUIRE_FALSE(scanned.ok());
  CHECK(scanned.error().code == Errc::corrupt);
  CHECK(last == 6);
  log::ScanOptions alpha;
  alpha.topic = topic_a;
  CHECK(scan_all(*log, alpha).error().code == Errc::corrupt);
  alpha.from = {9};
  CHECK(scan_all(*log, alpha).ok());
}

TEST_CASE("a record forged with a right CRC is found by its hash") {
  const TempDir dir;
  make_log(dir / "data");
  {
    RawStore raw(dir / "data");
    std::string forged;
    log::encode_record(forged, topic_b, {8}, 1, frame_of(topic_b, "forged"));
    raw.put("beta", record_key(8), forged);
  }
  const auto report = verify(dir / "data");
  REQUIRE(report.problem.has_value());
  CHECK(report.problem_at == Position{8});
  CHECK_THAT(*report.problem, Contains("hash"));
  const auto log = open_log(log_options(dir / "data"));
  log::ScanOptions options;
  CHECK(scan_all(*log, options).ok());
  options.verify_hashes = true;
  CHECK(scan_all(*log, options).error().code == Errc::corrupt);
  options.topic = topic_b;
  CHECK(scan_all(*log, options).error().code == Errc::corrupt);
}

TEST_CASE("a whole group forged in place is found by the chain") {
  const TempDir dir;
  make_log(dir / "data");
  {
    RawStore raw(dir / "data");
    std::string forged;
    log::encode_record(forged, topic_b, {8}, 1, frame_of(topic_b, "forged"));
    raw.put("beta", record_key(8), forged);
    log::GroupHeader header;
    REQUIRE(log::decode_group_header(raw.get("meta", header_key(7)), header) == nullptr);
    header.parts[1].record_hash = sha256(forged);
    std::string bytes;
    log::encode_group_header(bytes, header);
    raw.put("meta", header_key(7), bytes);
  }
  const auto report = verify(dir / "data");
  REQUIRE(report.problem.has_value());
  CHECK(report.problem_at == Position{9});
  CHECK_THAT(*report.problem, Contains("does not continue the chain"));
  CHECK(scan_all(*open_log(log_options(dir / "data"))).error().code == Errc::corrupt);
}

TEST_CASE("a removed group is found as a gap") {
  const TempDir dir;
  make_log(dir / "data");
  {
    RawStore raw(dir / "data");
    raw.remove("meta", header_key(5));
    raw.remove("alpha", record_key(5));
    raw.remove("beta", record_key(6));
  }
  const auto report = verify(dir / "data");
  REQUIRE(report.problem.has_value());
  CHECK(report.problem_at == Position{5});
  CHECK_THAT(*report.problem, Contains("positions 5 to 6"));
  const auto log = open_log(log_options(dir / "data"));
  CHECK(scan_all(*log).error().code == Errc::corrupt);
  log::ScanOptions inside;
  inside.from = {6};
  CHECK(scan_all(*log, inside).error().code == Errc::corrupt);
  CHECK(log->group_of({5}).error().code == Errc::corrupt);
}

TEST_CASE("a missing or additional record in the middle is found") {
  const TempDir dir;
  make_log(dir / "data");
  std::string words;
  std::uint64_t at = 0;
  SECTION("missing") {
    RawStore(dir / "data").remove("beta", record_key(6));
    words = "the record of topic 'beta' is missing";
    at = 6;
  }
  SECTION("additional, in a topic that is written") {
    RawStore raw(dir / "data");
    raw.put("alpha", record_key(6), raw.get("alpha", record_key(5)));
    words = "belongs to no commit group";
    at = 6;
  }
  SECTION("additional, in a topic that is not") {
    RawStore raw(dir / "data");
    raw.put("gamma", record_key(3), raw.get("alpha", record_key(3)));
    words = "belongs to no commit group";
    at = 3;
  }
  const auto report = verify(dir / "data");
  REQUIRE(report.problem.has_value());
  CHECK_THAT(*report.problem, Contains(words));
  CHECK(report.problem_at == Position{at});
}

TEST_CASE("an event whose envelope does not verify is found with its own position") {
  const TempDir dir;
  {
    const auto log = open_log(log_options(dir / "data"));
    append(*log, {{topic_a, {"a1", "a2", "a3"}}});
    append(*log, {{topic_a, {"a4"}}});
  }
  {
    RawStore raw(dir / "data");
    std::string record = raw.get("alpha", record_key(1));
    const std::size_t second =
        log::record_header_bytes + (record.size() - log::record_header_bytes) / 3;
    record[second + log::frame_header_bytes] = '\x7F';
    raw.put("alpha", record_key(1), with_right_crc(record));
  }
  const auto log = open_log(log_options(dir / "data"));
  const auto scanned = scan_all(*log);
  REQUIRE_FALSE(scanned.ok());
  CHECK_THAT(scanned.error().message, Contains("position 2: an event's envelope"));
}

}  // namespace
}  // namespace daybook
