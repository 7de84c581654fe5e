// The bytes of every event kind: round trips, and the golden files that pin versions 1 and 2.
#include "domains/forms/events.h"

#include "base/files.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

namespace daybook::forms {
namespace {

constexpr Finding found[] = {{"/name", "darn", "en"}, {"/tags/0", "mist", "de"}};

Event sample(Kind kind, Spam spam = Spam::none) {
  Event event;
  event.kind = kind;
  event.form = "student-data-form";
  if (is_verdict(kind)) {
    event.at = UnixUs{1'773'140'400'123'456};
    for (std::size_t i = 0; i < 16; ++i) event.submission.bytes[i] = static_cast<std::uint8_t>(i);
    event.position = Position{4711};
    event.by = "moderator";
    if (kind == Kind::flagged) event.findings = {found, 2};
    return event;
  }
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
  CHECK(a.submission == b.submission);
  CHECK(a.position == b.position);
  CHECK(a.by == b.by);
  REQUIRE(a.findings.size() == b.findings.size());
  for (std::size_t i = 0; i < a.findings.size(); ++i) {
    CHECK(a.findings[i].field == b.findings[i].field);
    CHECK(a.findings[i].word == b.findings[i].word);
    CHECK(a.findings[i].language == b.findings[i].language);
  }
}

const std::pair<Event, const char*> samples[] = {
    {sample(Kind::form_defined), "form_defined"},
    {sample(Kind::submitted), "submitted"},
    {sample(Kind::submitted, Spam::too_fast), "submitted_spam"},
};

const std::pair<Event, const char*> samples_of_version_2[] = {
    {sample(Kind::flagged), "flagged"},
    {sample(Kind::cleared), "cleared"},
};

// The file holds the event's bytes, and they are read as the event.
void check_golden(const Event& event, const std::string& name, std::uint16_t version) {
  const std::string path = std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/forms_" + name + "_v" +
                           std::to_string(version) + ".bin";
  INFO(path);
  if (std::getenv("DAYBOOK_REWRITE_GOLDEN") != nullptr)
    REQUIRE(write_file_durable(path, bytes_of(event), 0644).ok());
  auto golden = read_file(path);
  REQUIRE(golden.ok());
  CHECK(*golden == bytes_of(event));
  auto read = decode(version, span_of(*golden));
  REQUIRE(read.ok());
  check_same(*read, event);
}

TEST_CASE("every kind of event survives its bytes") {
  const auto check = [](const Event& event, const char* name) {
    INFO(name);
    const std::string bytes = bytes_of(event);
    auto read = decode(2, span_of(bytes));
    REQUIRE(read.ok());
    check_same(*read, event);
  };
  for (const auto& [event, name] : samples) check(event, name);
  for (const auto& [event, name] : samples_of_version_2) check(event, name);
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (const auto& [event, name] : samples) check_golden(event, name, 1);
}

TEST_CASE("the bytes of version 2 are what they always were, and no version 1") {
  for (const auto& [event, name] : samples_of_version_2) {
    check_golden(event, name, 2);
    CHECK_FALSE(decode(1, span_of(bytes_of(event))).ok());
  }
}

TEST_CASE("an unknown version, a cut or damaged event is refused") {
  for (const Kind kind : {Kind::submitted, Kind::flagged}) {
    const std::string bytes = bytes_of(sample(kind));
    CHECK_FALSE(decode(0, span_of(bytes)).ok());
    CHECK(decode(3, span_of(bytes)).error().code == Errc::corrupt);
    for (std::size_t size = 0; size + 8 < bytes.size(); ++size) {
      const std::string cut = bytes.substr(0, size);
      CHECK_FALSE(decode(2, span_of(cut)).ok());
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {  // any byte: refused or read within its bounds
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 0xFF);
      const auto read = decode(2, span_of(changed));
      if (!read.ok()) continue;
      CHECK(read->form.size() + read->body.size() < changed.size());
      for (std::size_t f = 0; f < read->findings.size(); ++f)
        CHECK(read->findings[f].word.size() < changed.size());
    }
  }
}

TEST_CASE("an event that lacks what its kind needs is refused") {
  Event event = sample(Kind::submitted);
  event.body = {};
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(Kind::submitted);
  event.form = {};
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(Kind::submitted);
  event.version = 0;
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(Kind::form_defined);
  event.definition = {};
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(Kind::submitted);
  event.spam = static_cast<Spam>(3);
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(static_cast<Kind>(4));
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(Kind::flagged);
  event.position = {};
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
  event = sample(Kind::cleared);
  event.by = {};
  CHECK_FALSE(decode(2, span_of(bytes_of(event))).ok());
}

}  // namespace
}  // namespace daybook::forms
