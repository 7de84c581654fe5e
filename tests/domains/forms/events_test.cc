// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "domains/forms/events.h"

#include "base/files.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

namespace daybook::forms {
namespace {

Event sample(Kind kind, Spam spam = Spam::none) {
  Event event;
  event.kind = kind;
  event.form = "student-data-form";
  event.version = 3;
  event.at = UnixUs{1'773'140'400'123'456};
  if (kind == Kind::form_defined) {
    event.definition = R"({"title":"Täst","schema":{"type":"object"}})";
    return event;
  }
  event.body = R"({"name":"Ann Lee","email":"ann@example.org"})";
  event.day = Day{20'522};
  event.spam = spam;
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
  CHECK(a.form == b.form);
  CHECK(a.version == b.version);
  CHECK(a.at == b.at);
  CHECK(a.definition == b.definition);
  CHECK(a.body == b.body);
  CHECK(a.day == b.day);
  CHECK(a.spam == b.spam);
}

const std::pair<Event, const char*> samples[] = {
    {sample(Kind::form_defined), "form_defined"},
    {sample(Kind::submitted), "submitted"},
    {sample(Kind::submitted, Spam::too_fast), "submitted_spam"},
};

TEST_CASE("every kind of event survives its bytes") {
  for (const auto& [event, name] : samples) {
    INFO(name);
    const std::string bytes = bytes_of(event);
    auto read = decode(1, span_of(bytes));
    REQUIRE(read.ok());
    check_same(*read, event);
  }
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (const auto& [event, name] : samples) {
    const std::string path =
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/forms_" + name + "_v1.bin";
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
  const std::string bytes = bytes_of(sample(Kind::submitted));
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
    if (read.ok()) CHECK(read->form.size() + read->body.size() < changed.size());
  }
}

TEST_CASE("an event that lacks what its kind needs is refused") {
  Event event = sample(Kind::submitted);
  event.body = {};
  CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
  event = sample(Kind::submitted);
  event.form = {};
  CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
  event = sample(Kind::submitted);
  event.version = 0;
  CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
  event = sample(Kind::form_defined);
  event.definition = {};
  CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
  event = sample(Kind::submitted);
  event.spam = static_cast<Spam>(3);
  CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
  event = sample(static_cast<Kind>(2));
  CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
}

}  // namespace
}  // namespace daybook::forms
