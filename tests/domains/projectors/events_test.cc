// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "domains/projectors/events.h"

#include "base/files.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <string>

namespace daybook::projectors {
namespace {

constexpr std::array<Attempt, 2> attempts{{{UnixUs{1'773'140'400'000'001}, "400 Bad Request"},
                                           {UnixUs{1'773'140'460'000'002}, "400 wieder: Täst"}}};
constexpr std::array<const char*, kinds> names{
    "added",          "paused",           "resumed",       "disabled",
    "reset",          "letter_made",      "letter_edited", "retry_asked",
    "letter_skipped", "letter_delivered", "letter_failed"};

Event sample(Kind kind) {
  Event event;
  event.kind = kind;
  event.projector = "sheet";
  event.topic = "forms";
  const bool is_of_letter = kind >= Kind::letter_made;
  if (kind == Kind::added) event.sink = "google_sheets";
  if (kind == Kind::paused || kind == Kind::disabled || kind == Kind::letter_skipped)
    event.reason = "a reason";
  if (is_of_letter) event.position = Position{4'711};
  if (kind == Kind::reset) {
    event.reset_number = 3;
    event.reset_to = ResetTo::position;
    event.next = Position{4'000'000'000'000};
  }
  if (kind == Kind::retry_asked) {
    event.position = {};
    event.letters = 12;
  }
  if (kind == Kind::letter_edited) event.copy.data = R"({"name":"Ann"})";
  if (kind == Kind::letter_failed) {
    event.at = UnixUs{1'773'140'500'000'003};
    event.reason = "still";
    event.next_try_at = UnixUs{1'773'144'000'000'000};
  }
  if (kind != Kind::letter_made) return event;
  event.reason = "400 wieder: Täst";
  event.next_try_at = UnixUs{1'773'144'000'000'000};
  event.copy.type = "submitted";
  event.copy.key = "student-data-form";
  event.copy.version = 7;
  for (std::uint8_t i = 0; i < 16; ++i) event.copy.event_id.bytes[i] = i;
  event.copy.server_time = UnixUs{1'773'140'300'123'456};
  event.copy.data = R"({"form":"student-data-form","body":{"name":"Ann Lee"}})";
  event.copy.row = R"({"name":"Ann Lee"})";
  event.attempts = AttemptList(attempts);
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
  CHECK(a.projector == b.projector);
  CHECK(a.topic == b.topic);
  CHECK(a.sink == b.sink);
  CHECK(a.reason == b.reason);
  CHECK(a.reset_number == b.reset_number);
  CHECK(a.reset_to == b.reset_to);
  CHECK(a.next == b.next);
  CHECK(a.position == b.position);
  CHECK(a.letters == b.letters);
  CHECK(a.copy.type == b.copy.type);
  CHECK(a.copy.key == b.copy.key);
  CHECK(a.copy.version == b.copy.version);
  CHECK(a.copy.event_id == b.copy.event_id);
  CHECK(a.copy.server_time == b.copy.server_time);
  CHECK(a.copy.data == b.copy.data);
  CHECK(a.copy.row == b.copy.row);
  CHECK(a.at == b.at);
  CHECK(a.next_try_at == b.next_try_at);
  REQUIRE(a.attempts.size() == b.attempts.size());
  for (std::size_t i = 0; i < a.attempts.size(); ++i) {
    CHECK(a.attempts[i].at == b.attempts[i].at);
    CHECK(a.attempts[i].reason == b.attempts[i].reason);
  }
}

TEST_CASE("every kind of event survives its bytes") {
  for (std::size_t i = 0; i < names.size(); ++i) {
    INFO(names[i]);
    const Event event = sample(static_cast<Kind>(i));
    const std::string bytes = bytes_of(event);
    const auto read = decode(1, span_of(bytes));
    REQUIRE(read.ok());
    check_same(*read, event);
    CHECK(bytes_of(*read) == bytes);  // as it is read, too
  }
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Event event = sample(static_cast<Kind>(i));
    const std::string path =
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/projectors_" + names[i] + "_v1.bin";
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
  const std::string bytes = bytes_of(sample(Kind::letter_made));
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
    std::size_t size = read->projector.size() + read->copy.data.size();
    for (std::size_t a = 0; a < read->attempts.size(); ++a) size += read->attempts[a].reason.size();
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
  CHECK(refused(Kind::paused, [](Event& e) { e.projector = {}; }));
  CHECK(refused(Kind::paused, [](Event& e) { e.topic = {}; }));
  CHECK(refused(Kind::added, [](Event& e) { e.sink = {}; }));
  CHECK(refused(Kind::reset, [](Event& e) { e.reset_number = 0; }));
  CHECK(refused(Kind::reset, [](Event& e) { e.next = {}; }));
  CHECK(refused(Kind::reset, [](Event& e) { e.reset_to = ResetTo::now; }));
  CHECK(refused(Kind::reset, [](Event& e) { e.reset_to = static_cast<ResetTo>(3); }));
  CHECK(refused(Kind::letter_skipped, [](Event& e) { e.position = {}; }));
  CHECK(refused(Kind::letter_made, [](Event& e) { e.copy.data = {}; }));
  CHECK(refused(Kind::letter_edited, [](Event& e) { e.copy.data = {}; }));
  CHECK(refused(Kind::paused, [](Event& e) { e.kind = static_cast<Kind>(kinds); }));
}

}  // namespace
}  // namespace daybook::projectors
