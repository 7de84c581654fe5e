// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "base/files.h"
#include "domains/quiz/world.h"

#include <cstdlib>

namespace daybook::quiz {
namespace {

const Id128 room_id = parse_id("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").value();
const Id128 token = parse_token("00112233445566778899aabbccddeeff").value();
constexpr std::string_view definition =
    R"({"name":"Quiz 1","open":true,"tokens":false,"questions":[{"id":"q1","text":"Où?",)"
    R"("options":["ici","là"],"answerIndex":1,"seconds":20,"points":1000}]})";

Event sample(Kind kind) {
  Event event;
  event.kind = kind;
  event.at = UnixUs{1'800'000'000'123'456};
  switch (kind) {
    case Kind::quiz_defined:
      event.quiz = "5auOzRcxikM2ebToYIPGx";
      event.version = 3;
      event.definition = definition;
      return event;
    case Kind::user_defined:
      event.user = "1JlHDzkFnFi4KXyhbkppl";
      event.name = "Oliver Ü.";
      event.token = token;
      return event;
    case Kind::answered:
      event.quiz = "5auOzRcxikM2ebToYIPGx";
      event.version = 3;
      event.user = "1JlHDzkFnFi4KXyhbkppl";
      event.question = "q1";
      event.option = 1;
      event.reason = Reason::right;
      event.points = 1;
      event.received = UnixUs{1'800'000'000'100'000};
      return event;
    default:
      break;
  }
  event.room = room_id;
  event.question_index = kind == Kind::room_opened || kind == Kind::player_joined ? 0 : 2;
  if (kind == Kind::room_opened) {
    event.quiz = "5auOzRcxikM2ebToYIPGx";
    event.version = 3;
    event.token = token;
    event.pin = 123'456;
    event.options = R"({"closeWhenAnswered":true,"nicknameWords":[]})";
  }
  if (kind == Kind::player_joined) {
    event.player = 7;
    event.name = "Ärmel";
    event.name_key = "ärmel";
    event.token = token;
  }
  if (kind == Kind::player_kicked) event.player = 7;
  if (kind == Kind::question_started || kind == Kind::question_resumed)
    event.closes = UnixUs{1'800'000'020'123'456};
  if (kind == Kind::question_paused) event.remaining_us = 12'345'678;
  if (kind == Kind::room_answered) {
    event.player = 7;
    event.option = 3;
    event.reason = Reason::late;
    event.received = UnixUs{1'800'000'000'100'000};
  }
  if (kind == Kind::question_closed) event.ender = Ender::clock;
  if (kind == Kind::room_finished) event.ender = Ender::idle;
  return event;
}

void check_same(const Event& a, const Event& b) {
  CHECK(a.kind == b.kind);
  CHECK(a.at == b.at);
  CHECK(a.quiz == b.quiz);
  CHECK(a.version == b.version);
  CHECK(a.definition == b.definition);
  CHECK(a.user == b.user);
  CHECK(a.name == b.name);
  CHECK(a.name_key == b.name_key);
  CHECK(a.token == b.token);
  CHECK(a.question == b.question);
  CHECK(a.option == b.option);
  CHECK(a.reason == b.reason);
  CHECK(a.points == b.points);
  CHECK(a.received == b.received);
  CHECK(a.room == b.room);
  CHECK(a.pin == b.pin);
  CHECK(a.options == b.options);
  CHECK(a.player == b.player);
  CHECK(a.question_index == b.question_index);
  CHECK(a.closes == b.closes);
  CHECK(a.remaining_us == b.remaining_us);
  CHECK(a.ender == b.ender);
}

const std::pair<Kind, const char*> all_kinds[] = {
    {Kind::quiz_defined, "quiz_defined"},
    {Kind::user_defined, "user_defined"},
    {Kind::answered, "answered"},
    {Kind::room_opened, "room_opened"},
    {Kind::player_joined, "player_joined"},
    {Kind::player_kicked, "player_kicked"},
    {Kind::question_started, "question_started"},
    {Kind::question_paused, "question_paused"},
    {Kind::question_resumed, "question_resumed"},
    {Kind::room_answered, "room_answered"},
    {Kind::question_closed, "question_closed"},
    {Kind::room_finished, "room_finished"},
};
static_assert(std::size(all_kinds) == kinds);

// Of bytes that must not be read.
Errc refused(const std::string& bytes, std::uint16_t version = 1) {
  const auto event = decode(version, span_of(bytes));
  REQUIRE_FALSE(event.ok());
  return event.error().code;
}

TEST_CASE("every kind of event survives its bytes") {
  for (const auto& [kind, name] : all_kinds) {
    INFO(name);
    const std::string bytes = bytes_of(sample(kind));
    check_same(event_of(bytes), sample(kind));
  }
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (const auto& [kind, name] : all_kinds) {
    const std::string path =
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/quiz_" + name + "_v1.bin";
    INFO(path);
    if (std::getenv("DAYBOOK_REWRITE_GOLDEN") != nullptr)
      REQUIRE(write_file_durable(path, bytes_of(sample(kind)), 0644).ok());
    auto golden = read_file(path);
    REQUIRE(golden.ok());
    CHECK(*golden == bytes_of(sample(kind)));
    check_same(event_of(*golden), sample(kind));
  }
}

TEST_CASE("an unknown version, a cut or damaged event is refused") {
  for (const auto& [kind, name] : all_kinds) {
    INFO(name);
    const std::string bytes = bytes_of(sample(kind));
    CHECK(refused(bytes, 0) == Errc::corrupt);
    CHECK(refused(bytes, 2) == Errc::corrupt);
    for (std::size_t size = 0; size + 8 < bytes.size(); ++size)
      CHECK(refused(bytes.substr(0, size)) == Errc::corrupt);
    for (std::size_t i = 0; i < bytes.size(); ++i) {  // refused or read, never out of bounds
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 0xFF);
      const auto read = decode(1, span_of(changed));
      if (read.ok()) CHECK(read->definition.size() + read->name.size() < changed.size());
    }
  }
}

TEST_CASE("an event that says less than its kind needs is refused") {
  const auto without = [](Kind kind, auto change) {
    Event event = sample(kind);
    change(event);
    return refused(bytes_of(event)) == Errc::corrupt;
  };
  CHECK(without(Kind::quiz_defined, [](Event& e) { e.quiz = {}; }));
  CHECK(without(Kind::quiz_defined, [](Event& e) { e.version = 0; }));
  CHECK(without(Kind::user_defined, [](Event& e) { e.user = {}; }));
  CHECK(without(Kind::user_defined, [](Event& e) { e.token = {}; }));
  CHECK(without(Kind::answered, [](Event& e) { e.question = {}; }));
  CHECK(without(Kind::answered, [](Event& e) { e.option = -1; }));
  CHECK(without(Kind::room_opened, [](Event& e) { e.pin = 99'999; }));
  CHECK(without(Kind::room_opened, [](Event& e) { e.token = {}; }));
  CHECK(without(Kind::player_joined, [](Event& e) { e.name_key = {}; }));
  CHECK(without(Kind::player_joined, [](Event& e) { e.player = 0; }));
  CHECK(without(Kind::room_answered, [](Event& e) { e.player = 0; }));
  CHECK(without(Kind::room_answered, [](Event& e) { e.option = -1; }));
  CHECK(without(Kind::room_answered, [](Event& e) { e.kind = static_cast<Kind>(kinds); }));
  CHECK(without(Kind::room_answered, [](Event& e) { e.reason = static_cast<Reason>(3); }));
  CHECK(without(Kind::question_closed, [](Event& e) { e.ender = static_cast<Ender>(4); }));
  for (const auto& [kind, name] : all_kinds) {
    INFO(name);
    if (!sample(kind).room.is_zero()) CHECK(without(kind, [](Event& e) { e.room = {}; }));
  }
}

TEST_CASE("reasons, enders and phases have the words that go out") {
  CHECK(reason_name(Reason::late) == "late");
  CHECK(ender_name(Ender::everyone) == "everyone");
  CHECK(phase_name(Phase::closed) == "closed");
}

}  // namespace
}  // namespace daybook::quiz
