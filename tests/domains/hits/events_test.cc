// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "domains/hits/events.h"

#include "base/files.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

namespace daybook::hits {
namespace {

const std::string& sample_entries() {
  static const std::string packed = [] {
    std::string out;
    Entry entry;
    entry.id = "1";
    entry.hours[0] = 3;
    entry.hours[23] = 1'000'000;
    entry.visitors = 7;
    append_entry(out, entry);
    entry = {};
    entry.id = "/products/42?ref=home";
    entry.hours[12] = 1;
    append_entry(out, entry);
    return out;
  }();
  return packed;
}

Event sample(Kind kind) {
  Event event;
  event.kind = kind;
  if (kind == Kind::hit) {
    event.id = "/products/42";
    event.at = UnixMs{1'773'140'400'123};
    event.visitor = 0x1234'5678'9ABC'DEF0;
    return event;
  }
  event.day = Day{20'522};
  if (kind == Kind::salt_drawn)
    for (std::size_t i = 0; i < event.salt.bytes.size(); ++i)
      event.salt.bytes[i] = static_cast<std::uint8_t>(i * 17);
  if (kind != Kind::rolled_up) return event;
  event.from_part = 0;
  event.until_part = parts;
  event.entries = {reinterpret_cast<const std::uint8_t*>(sample_entries().data()),
                   sample_entries().size()};
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
  CHECK(a.id == b.id);
  CHECK(a.at == b.at);
  CHECK(a.visitor == b.visitor);
  CHECK(a.day == b.day);
  CHECK(a.salt == b.salt);
  CHECK(a.from_part == b.from_part);
  CHECK(a.until_part == b.until_part);
  CHECK(std::string(a.entries.begin(), a.entries.end()) ==
        std::string(b.entries.begin(), b.entries.end()));
}

const std::pair<Kind, const char*> kinds[] = {
    {Kind::hit, "hit"},
    {Kind::salt_drawn, "salt_drawn"},
    {Kind::day_closed, "day_closed"},
    {Kind::rolled_up, "rolled_up"},
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
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/hits_" + name + "_v1.bin";
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

TEST_CASE("a hit without a visitor takes at most 44 bytes besides its id") {
  Event event = sample(Kind::hit);
  event.visitor = 0;
  CHECK(bytes_of(event).size() <= 44 + event.id.size());
}

TEST_CASE("the hash that orders the ids on disk is what it always was") {
  CHECK(hash_of_id("1") == 0xD506'C416'35CB'B2FC);
  CHECK(part_of(0xABCD'0000'0000'0000) == 0xABCD);
}

TEST_CASE("entries come back in order, and damaged ones are refused") {
  EntryReader reader(sample(Kind::rolled_up).entries);
  Entry entry;
  REQUIRE(reader.next(entry));
  CHECK(entry.id == "1");
  CHECK(entry.count() == 1'000'003);
  CHECK(entry.visitors == 7);
  REQUIRE(reader.next(entry));
  CHECK(entry.id == "/products/42?ref=home");
  CHECK(entry.hours[12] == 1);
  CHECK(entry.hours[0] == 0);
  CHECK_FALSE(reader.next(entry));
  CHECK(reader.ok());

  Event event = sample(Kind::rolled_up);
  for (std::size_t size = 1; size < sample_entries().size(); ++size) {
    event.entries = sample(Kind::rolled_up).entries.first(size);
    std::size_t entries = 0;
    EntryReader cut(event.entries);
    while (cut.next(entry)) ++entries;
    CHECK((!cut.ok() || entries == 1));  // only the border between the two is a clean end
    CHECK(decode(1, span_of(bytes_of(event))).ok() == cut.ok());
  }
}

TEST_CASE("an event that could not have been written is refused") {
  Event nobody = sample(Kind::hit);
  nobody.id = {};
  CHECK_FALSE(decode(1, span_of(bytes_of(nobody))).ok());
  Event late = sample(Kind::hit);
  late.at = UnixMs{at_ms_max + 1};
  CHECK_FALSE(decode(1, span_of(bytes_of(late))).ok());
  Event elsewhere = sample(Kind::rolled_up);
  elsewhere.until_part = 1;  // its ids are of other parts
  CHECK_FALSE(decode(1, span_of(bytes_of(elsewhere))).ok());
  Event nothing = sample(Kind::rolled_up);
  nothing.from_part = parts;
  CHECK_FALSE(decode(1, span_of(bytes_of(nothing))).ok());

  const std::string bytes = bytes_of(sample(Kind::rolled_up));
  CHECK(decode(0, span_of(bytes)).error().code == Errc::corrupt);
  CHECK(decode(2, span_of(bytes)).error().code == Errc::corrupt);
  for (std::size_t size = 0; size + 8 < bytes.size(); ++size)
    CHECK_FALSE(decode(1, span_of(bytes.substr(0, size))).ok());
  for (std::size_t i = 0; i < bytes.size(); ++i) {  // refused or read, never out of bounds
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    const auto read = decode(1, span_of(changed));
    if (read.ok()) CHECK(read->entries.size() <= changed.size());
  }
}

}  // namespace
}  // namespace daybook::hits
