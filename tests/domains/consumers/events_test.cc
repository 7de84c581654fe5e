// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "domains/consumers/events.h"

#include "base/files.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace daybook::consumers {
namespace {

constexpr std::array<std::string_view, 2> types{"submitted", "flagged"};
constexpr std::array<std::string_view, 2> keys{"student", "Jörg Ü."};

Event sample(Kind kind) {
  Event event;
  event.kind = kind;
  event.name = "mailer";
  if (kind == Kind::defined) {
    event.topic = "forms";
    event.types = TextList(types);
    event.keys = TextList(keys);
    event.from = From::position;
    event.position = Position{17};
  }
  if (kind == Kind::acknowledged) {
    event.position = Position{4'000'000'000'000};
    event.free = true;
  }
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

void check_same(const TextList& a, const TextList& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == b[i]);
}

void check_same(const Event& a, const Event& b) {
  CHECK(a.kind == b.kind);
  CHECK(a.name == b.name);
  CHECK(a.topic == b.topic);
  check_same(a.types, b.types);
  check_same(a.keys, b.keys);
  CHECK(a.from == b.from);
  CHECK(a.position == b.position);
  CHECK(a.free == b.free);
}

const std::array<std::pair<Event, const char*>, 3> samples{{
    {sample(Kind::defined), "defined"},
    {sample(Kind::acknowledged), "acknowledged"},
    {sample(Kind::deleted), "deleted"},
}};

TEST_CASE("every kind of event survives its bytes") {
  for (const auto& [event, name] : samples) {
    INFO(name);
    const std::string bytes = bytes_of(event);
    const auto read = decode(1, span_of(bytes));
    REQUIRE(read.ok());
    check_same(*read, event);
    CHECK(bytes_of(*read) == bytes);  // as it is read, too
  }
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (const auto& [event, name] : samples) {
    const std::string path =
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/consumers_" + name + "_v1.bin";
    INFO(path);
    if (std::getenv("DAYBOOK_REWRITE_GOLDEN") != nullptr)
      REQUIRE(write_file_durable(path, bytes_of(event), 0644).ok());
    auto golden = read_file(path);
    REQUIRE(golden.ok());
    CHECK(*golden == bytes_of(event));
    auto read = decode(1, span_of(*golden));
    REQUIRE(read.ok());
    check_same(*read, event);
  }
}

TEST_CASE("an unknown version, a cut or damaged event is refused") {
  const std::string bytes = bytes_of(sample(Kind::defined));
  CHECK_FALSE(decode(0, span_of(bytes)).ok());
  CHECK(decode(2, span_of(bytes)).error().code == Errc::corrupt);
  for (std::size_t size = 0; size + 8 < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    CHECK_FALSE(decode(1, span_of(cut)).ok());
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {  // any byte: refused or read within its bounds
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    const auto read = decode(1, span_of(changed));
    if (!read.ok()) continue;
    std::size_t size = read->name.size() + read->topic.size();
    for (std::size_t k = 0; k < read->keys.size(); ++k) size += read->keys[k].size();
    CHECK(size < 3 * changed.size());
  }
}

TEST_CASE("an event that lacks what its kind needs is refused") {
  const auto refused = [](Kind kind, void (*break_it)(Event&)) {
    Event event = sample(kind);
    break_it(event);
    const auto read = decode(1, span_of(bytes_of(event)));
    return !read.ok() && read.error().code == Errc::corrupt;
  };
  CHECK(refused(Kind::deleted, [](Event& e) { e.name = {}; }));
  CHECK(refused(Kind::defined, [](Event& e) { e.topic = {}; }));
  CHECK(refused(Kind::defined, [](Event& e) { e.position = {}; }));
  CHECK(refused(Kind::defined, [](Event& e) { e.from = From::now; }));
  CHECK(refused(Kind::defined, [](Event& e) { e.from = static_cast<From>(4); }));
  CHECK(refused(Kind::acknowledged, [](Event& e) { e.position = Position::max(); }));
  CHECK(refused(Kind::deleted, [](Event& e) { e.kind = static_cast<Kind>(3); }));
}

}  // namespace
}  // namespace daybook::consumers
