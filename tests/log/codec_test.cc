#include <catch2/catch.hpp>

#include "base/hex.h"
#include "log/helpers.h"
#include "log/record.h"
#include "log/watermark.h"

namespace daybook {
namespace {

using namespace test;

std::string sample_record() {
  std::string record;
  log::encode_record(record, topic_a, {41}, 2, frame_of(topic_a, "one") + frame_of(topic_a, "two"));
  return record;
}

// What reading all of a record finds wrong; empty: nothing.
std::string problem_of(const std::string& bytes) {
  log::AlignedBytes buffer;
  const auto record = buffer.assign(bytes);
  log::RecordHeader header;
  if (const char* problem = log::decode_record(record, header)) return problem;
  log::FrameCursor frames(record, header);
  log::EventView event;
  while (frames.next(event)) {
  }
  return frames.problem() == nullptr ? "" : frames.problem();
}

log::GroupHeader sample_group() {
  log::GroupHeader header;
  header.first = {41};
  header.count = 5;
  header.previous.fill(0xAB);
  header.parts = {{topic_a, 2, Hash256{}}, {topic_b, 3, Hash256{}}};
  header.parts[0].record_hash.fill(1);
  header.parts[1].record_hash.fill(2);
  return header;
}

TEST_CASE("a flipped bit anywhere in a record is noticed") {
  const std::string record = sample_record();
  REQUIRE(problem_of(record).empty());
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string damaged = record;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    INFO("bit " << bit);
    REQUIRE_FALSE(problem_of(damaged).empty());
  }
}

TEST_CASE("a record cut short anywhere is noticed") {
  const std::string record = sample_record();
  for (std::size_t size = 0; size < record.size(); ++size)
    REQUIRE_FALSE(problem_of(record.substr(0, size)).empty());
}

TEST_CASE("a record whose frames are fewer or more than its count is refused") {
  std::string record;
  const std::string frame = frame_of(topic_a, "one");
  log::encode_record(record, topic_a, {1}, 2, frame);
  CHECK(problem_of(record) == "the record ends before its last event");
  log::encode_record(record, topic_a, {1}, 1, frame + frame);
  CHECK(problem_of(record) == "the record holds bytes after its last event");
  log::encode_record(record, topic_b, {1}, 1, frame);
  CHECK(problem_of(record) == "an event is in another topic's record");
  log::encode_record(record, topic_a, {0}, 1, frame);
  CHECK(problem_of(record) == "the record's position or count is impossible");
  log::encode_record(record, topic_a, Position::max(), 2, frame);
  CHECK(problem_of(record) == "the record's position or count is impossible");
}

TEST_CASE("a record or group of a later version is called that") {
  std::string record = sample_record();
  record[3] = 2;
  CHECK(problem_of(record) == "the record has a version this program does not know");
  std::string group;
  log::encode_group_header(group, sample_group());
  group[3] = 2;
  log::GroupHeader header;
  CHECK(std::string(log::decode_group_header(group, header)) ==
        "the group header has a version this program does not know");
}

TEST_CASE("a group header comes back as it was written, and no flipped bit is missed") {
  const log::GroupHeader wanted = sample_group();
  std::string bytes;
  log::encode_group_header(bytes, wanted);
  log::GroupHeader read;
  REQUIRE(log::decode_group_header(bytes, read) == nullptr);
  CHECK(read.first == wanted.first);
  CHECK(read.count == wanted.count);
  CHECK(read.previous == wanted.previous);
  REQUIRE(read.parts.size() == 2);
  CHECK(read.parts[1].topic == topic_b);
  CHECK(read.parts[1].record_hash == wanted.parts[1].record_hash);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE(log::decode_group_header(damaged, read) != nullptr);
  }
}

TEST_CASE("a group header whose parts do not add up is refused") {
  log::GroupHeader header = sample_group();
  header.count = 6;
  std::string bytes;
  log::encode_group_header(bytes, header);
  log::GroupHeader read;
  CHECK(log::decode_group_header(bytes, read) != nullptr);
  header = sample_group();
  std::swap(header.parts[0], header.parts[1]);
  log::encode_group_header(bytes, header);
  CHECK(log::decode_group_header(bytes, read) != nullptr);
}

TEST_CASE("keys sort as positions do") {
  CHECK(record_key(255) < record_key(256));
  CHECK(header_key(255) < header_key(256));
  CHECK(log::parse_position_key(record_key(0x0102030405060708)) == Position{0x0102030405060708});
  CHECK(log::parse_group_key(header_key(77)) == Position{77});
  CHECK_FALSE(log::parse_group_key("topic/12").has_value());
  CHECK_FALSE(log::parse_position_key("short").has_value());
}

TEST_CASE("a watermark slot comes back, and a torn one does not") {
  log::WatermarkSlot slot{1, 9, {{1234}, {}}};
  slot.mark.hash.fill(7);
  std::string bytes = log::encode_watermark_slot(slot);
  REQUIRE(bytes.size() == log::watermark_slot_bytes);
  const auto read = log::decode_watermark_slot(bytes);
  REQUIRE(read.has_value());
  CHECK(read->sequence == 9);
  CHECK(read->mark == slot.mark);
  for (std::size_t byte = 0; byte < 60; ++byte) {
    std::string damaged = bytes;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 1);
    CHECK_FALSE(log::decode_watermark_slot(damaged).has_value());
  }
  CHECK_FALSE(log::decode_watermark_slot(std::string(4096, '\0')).has_value());
}

TEST_CASE("a receipt's text is read back") {
  Hash256 hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(i * 17);
  const std::string text = log::receipt_text({1234}, hash);
  CHECK(text == "1234-0011223344556677");
  const auto receipt = log::parse_receipt(text);
  REQUIRE(receipt.ok());
  CHECK(receipt->position == Position{1234});
  CHECK(receipt->hash_prefix == "0011223344556677");
}

TEST_CASE("what is not a receipt is refused") {
  for (const char* text :
       {"", "-", "12", "12-", "-0011223344556677", "0-0011223344556677", "01-0011223344556677",
        "12-001122334455667", "12-00112233445566778", "12-001122334455667G", "12-00112233445566AA",
        "x-0011223344556677", "+1-0011223344556677", "99999999999999999999-0011223344556677"})
    CHECK(log::parse_receipt(text).error().code == Errc::malformed);
}

}  // namespace
}  // namespace daybook
