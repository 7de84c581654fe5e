#include "domains/quiz/reads.h"

#include <algorithm>
#include <set>

namespace daybook::quiz {
namespace {

std::string rendered(const std::string& bytes) {
  std::string text;
  json::Writer out(text);
  Domain::render(event_of(bytes), {}, out);
  return text;
}

// "<type> <data>" of each event of the world's log from `from` on.
std::vector<std::string> outside(const World& world, std::size_t from = 0) {
  std::vector<std::string> texts;
  for (std::size_t i = from; i < world.log.size(); ++i)
    texts.push_back(std::string(Domain::outline(event_of(world.log[i]))->type) + " " +
                    rendered(world.log[i]));
  return texts;
}

TEST_CASE("a quiz leaves without its right answers") {
  World world;
  REQUIRE(world.define("q") == "ok");
  CHECK(outside(world) ==
        std::vector<std::string>{
            R"(quiz_defined {"quizId":"q","version":1,"name":"Quiz","open":true,"tokens":false,)"
            R"("questions":[{"id":"a","text":"A?","options":["1","2"],"seconds":20,"points":1000},)"
            R"({"id":"b","text":"B?","options":["1","2","3","4"],"seconds":10,"points":500},)"
            R"({"id":"c","text":"C?","options":["1","2"],"seconds":20,"points":0}],)"
            R"("at":"2027-01-15T08:00:00.000Z"})"});
}

TEST_CASE("users leave without their tokens, answers in an open quiz with what became of them") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.define_user("u", "Ada") == "ok");
  REQUIRE(world.submit("u", "q", "a", 0) == "ok");
  CHECK(outside(world, 1) ==
        std::vector<std::string>{
            R"(user_defined {"userId":"u","username":"Ada","at":"2027-01-15T08:00:00.000Z"})",
            R"(answered {"quizId":"q","userId":"u","questionId":"a","answerIndex":0,)"
            R"("reason":"right","points":1,"received":"2027-01-15T08:00:00.000Z"})"});
}

TEST_CASE("a game leaves event by event, its answers without what became of them") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q", R"(,"questionSeconds":5)") == "ok");
  REQUIRE(world.join("Ada") == "ok");
  REQUIRE(world.join("Bob") == "ok");
  REQUIRE(world.order("start-room") == "ok");
  REQUIRE(world.reply(1, "a", 0) == "ok");
  REQUIRE(world.order("pause-question") == "ok");
  REQUIRE(world.order("resume-question") == "ok");
  REQUIRE(world.kick(1) == "ok");
  REQUIRE(world.order("finish-room") == "ok");
  const std::string head = R"({"roomId":")" + world.room + "\",";
  const std::string at = R"("at":"2027-01-15T08:00:00.000Z"})";
  CHECK(outside(world, 1) ==
        std::vector<std::string>{
            "room_opened " + head + R"("quizId":"q","version":1,"pin":")" + world.pin +
                R"(","options":{"questionSeconds":5,"closeWhenAnswered":true,)" +
                R"("nicknameWords":[]},)" + at,
            "player_joined " + head + R"("playerId":"1","nickname":"Ada",)" + at,
            "player_joined " + head + R"("playerId":"2","nickname":"Bob",)" + at,
            "question_started " + head +
                R"("questionIndex":0,"closesAt":"2027-01-15T08:00:05.000Z",)" + at,
            "room_answered " + head +
                R"("playerId":"1","questionIndex":0,"answerIndex":0,)"
                R"("received":"2027-01-15T08:00:00.000Z",)" +
                at,
            "question_paused " + head + R"("questionIndex":0,"remainingMs":5000,)" + at,
            "question_resumed " + head +
                R"("questionIndex":0,"closesAt":"2027-01-15T08:00:05.000Z",)" + at,
            "player_kicked " + head + R"("playerId":"1",)" + at,
            "question_closed " + head + R"("questionIndex":0,"by":"host",)" + at,
            "room_finished " + head + R"("by":"host",)" + at});
}

TEST_CASE("every type an event leaves under is in the list of types, once") {
  const auto types = Domain::event_types();
  CHECK(types.size() == kinds);
  CHECK(std::set<std::string_view>(types.begin(), types.end()).size() == kinds);
  for (std::uint8_t kind = 0; kind < kinds; ++kind) {
    Event event;
    event.kind = static_cast<Kind>(kind);
    const auto outline = Domain::outline(event);
    REQUIRE(outline.has_value());
    CHECK(outline->type == types[kind]);
    std::string text;
    json::Writer out(text);
    Domain::render(event, {}, out);
    json::Parser parser;
    INFO(text);
    CHECK(parser.parse(text, false).ok());
  }
}

}  // namespace
}  // namespace daybook::quiz
