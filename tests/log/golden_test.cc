// The bytes of format version 1, pinned. DAYBOOK_REWRITE_GOLDEN=1 writes them anew: only when the
// format gets a new version, with a new file.
#include <catch2/catch.hpp>

#include <cstdlib>

#include "base/files.h"
#include "log/helpers.h"
#include "log/record.h"
#include "log/removal.h"

namespace daybook {
namespace {

using namespace test;

const std::string golden_dir = DAYBOOK_SOURCE_DIR "/tests/golden/";
constexpr unsigned golden_mode = 0644;

std::string golden(const std::string& name, const std::string& written) {
  if (std::getenv("DAYBOOK_REWRITE_GOLDEN") != nullptr)
    REQUIRE(write_file_durable(golden_dir + name, written, golden_mode).ok());
  auto bytes = read_file(golden_dir + name);
  REQUIRE(bytes.ok());
  return *bytes;
}

constexpr std::uint8_t payload_bytes[] = {'h', 'e', 'l', 'l', 'o'};

std::string golden_record() {
  log::FrameWriter writer;
  log::FrameFields fields;
  fields.topic = {1};
  fields.schema_version = 1;
  for (std::size_t i = 0; i < 16; ++i) fields.event_id.bytes[i] = static_cast<std::uint8_t>(i + 1);
  fields.server_time = {1'700'000'000'123'456};
  std::string frames;
  writer.append(frames, fields, payload_bytes);
  fields.event_id.bytes[15] = 0xFF;
  fields.trace_id.bytes.fill(0xAA);
  fields.idempotency_key = "order-17";
  fields.fingerprint.bytes.fill(0xBB);
  writer.append(frames, fields, {});
  std::string record;
  log::encode_record(record, {1}, {17}, 2, frames);
  return record;
}

log::GroupHeader golden_group() {
  log::GroupHeader header;
  header.first = {17};
  header.count = 3;
  header.previous.fill(0xCC);
  header.parts = {{{1}, 2, Hash256{}}, {{5}, 1, Hash256{}}};
  header.parts[0].record_hash.fill(0xDD);
  header.parts[1].record_hash.fill(0xEE);
  return header;
}

TEST_CASE("a record is written as format version 1 says") {
  const std::string record = golden_record();
  CHECK(golden("record_v1.bin", record) == record);
}

TEST_CASE("a record of format version 1 stays readable") {
  const std::string bytes = golden("record_v1.bin", golden_record());
  log::AlignedBytes buffer;
  const auto record = buffer.assign(bytes);
  log::RecordHeader header;
  REQUIRE(log::decode_record(record, header) == nullptr);
  CHECK(header.topic == TopicId{1});
  CHECK(header.first == Position{17});
  CHECK(header.count == 2);
  log::FrameCursor frames(record, header);
  log::EventView event;
  REQUIRE(frames.next(event));
  CHECK(event.position == Position{17});
  CHECK(event.event_id.bytes[15] == 16);
  CHECK(event.server_time == UnixUs{1'700'000'000'123'456});
  CHECK(event.trace_id.is_zero());
  CHECK(std::string(event.payload.begin(), event.payload.end()) == "hello");
  REQUIRE(frames.next(event));
  CHECK(event.position == Position{18});
  CHECK(event.idempotency_key == "order-17");
  CHECK(event.fingerprint.bytes[0] == 0xBB);
  CHECK(event.trace_id.bytes[7] == 0xAA);
  CHECK(event.payload.empty());
  CHECK_FALSE(frames.next(event));
  CHECK(frames.problem() == nullptr);
}

TEST_CASE("a group header is written as format version 1 says, and stays readable") {
  std::string written;
  log::encode_group_header(written, golden_group());
  const std::string bytes = golden("group_header_v1.bin", written);
  CHECK(bytes == written);
  log::GroupHeader header;
  REQUIRE(log::decode_group_header(bytes, header) == nullptr);
  CHECK(header.first == Position{17});
  CHECK(header.last() == Position{19});
  CHECK(header.parts[1].topic == TopicId{5});
}

TEST_CASE("a removal mark is written as format version 2 says, and stays readable") {
  const log::RemovalMark mark{{7}, {1'000'001}, {1'000'777}, {4096, 70'000, 12'345'678}};
  const std::string written = log::encode_removal_mark(mark);
  const std::string bytes = golden("removal_mark_v1.bin", written);
  CHECK(bytes == written);
  log::RemovalMark read;
  REQUIRE(log::decode_removal_mark(bytes, read) == nullptr);
  CHECK(read == mark);
}

}  // namespace
}  // namespace daybook
