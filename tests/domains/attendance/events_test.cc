// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "domains/attendance/events.h"

#include "base/files.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <vector>

namespace daybook::attendance {
namespace {

Event sample(Kind kind) {
  Event event;
  event.kind = kind;
  event.school_id = "12";
  if (kind == Kind::school_defined) {
    event.school_name = "North School";
    event.time_zone = "Asia/Jakarta";
    return event;
  }
  event.user_id = "5f0c1a2b3c4d5e6f70819203";
  event.at = UnixMs{1'773'140'400'123};
  event.day = Day{20'522};
  event.temperature_milli = 38'250;
  if (kind == Kind::checked_out) event.image = "images/0a1b2c";
  return event;
}

std::string bytes_of(const Event& event) {
  flatbuffers::FlatBufferBuilder builder;
  encode(event, builder);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::span<const std::uint8_t> span_of(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

void check_same(const Event& a, const Event& b) {
  CHECK(a.kind == b.kind);
  CHECK(a.school_id == b.school_id);
  CHECK(a.user_id == b.user_id);
  CHECK(a.at == b.at);
  CHECK(a.day == b.day);
  CHECK(a.temperature_milli == b.temperature_milli);
  CHECK(a.image == b.image);
  CHECK(a.school_name == b.school_name);
  CHECK(a.time_zone == b.time_zone);
}

const std::pair<Kind, const char*> kinds[] = {
    {Kind::checked_in, "checked_in"},
    {Kind::checked_out, "checked_out"},
    {Kind::school_defined, "school_defined"},
};

TEST_CASE("every kind of event survives its bytes") {
  for (const auto& [kind, name] : kinds) {
    INFO(name);
    const std::string bytes = bytes_of(sample(kind));
    auto read = decode(1, span_of(bytes));
    REQUIRE(read.ok());
    check_same(*read, sample(kind));
  }
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (const auto& [kind, name] : kinds) {
    const std::string path =
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/attendance_" + name + "_v1.bin";
    INFO(path);
    if (std::getenv("DAYBOOK_REWRITE_GOLDEN") != nullptr)
      REQUIRE(write_file_durable(path, bytes_of(sample(kind)), 0644).ok());
    auto golden = read_file(path);
    REQUIRE(golden.ok());
    CHECK(*golden == bytes_of(sample(kind)));
    auto read = decode(1, span_of(*golden));
    REQUIRE(read.ok());
    check_same(*read, sample(kind));
  }
}

TEST_CASE("an unknown version, a cut or damaged event is refused") {
  const std::string bytes = bytes_of(sample(Kind::checked_out));
  CHECK_FALSE(decode(0, span_of(bytes)).ok());
  CHECK_FALSE(decode(2, span_of(bytes)).ok());
  CHECK(decode(2, span_of(bytes)).error().code == Errc::corrupt);
  for (std::size_t size = 0; size + 8 < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    CHECK_FALSE(decode(1, span_of(cut)).ok());
  }
  for (std::size_t i = 0; i < bytes.size();
       ++i) {  // any byte: refused or read, never out of bounds
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    const auto read = decode(1, span_of(changed));
    if (read.ok()) CHECK(read->school_id.size() + read->user_id.size() < changed.size());
  }
  Event nobody = sample(Kind::checked_in);
  nobody.user_id = {};
  const std::string without_user = bytes_of(nobody);
  CHECK_FALSE(decode(1, span_of(without_user)).ok());
}

}  // namespace
}  // namespace daybook::attendance
