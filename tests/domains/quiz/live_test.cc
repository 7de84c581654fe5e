#include "domains/quiz/reads.h"

#include <set>

namespace daybook::quiz {
namespace {

std::string join_of(const Result<LiveAnswer>& answer) {
  return answer.ok() ? joined(answer->join) : words(answer.error());
}

std::string topics_of(const World& world) { return "room:" + world.room + " board:" + world.room; }

void open_with(World& world, int players) {
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  for (int i = 1; i <= players; ++i) REQUIRE(world.join("P" + std::to_string(i)) == "ok");
}

std::string seat(const World& world, std::uint32_t player) {
  return object({{"roomId", world.room}, {"token", world.tokens.at(player)}});
}
std::string host(const World& world) {
  return object({{"roomId", world.room}, {"hostToken", world.host}});
}

TEST_CASE("every message of the protocol and both paths are registered once") {
  LiveMessages<Domain> messages;
  Domain::live(messages);
  std::set<std::string_view> names;
  for (const auto& read : messages.reads) names.insert(read.name);
  for (const auto& command : messages.commands) names.insert(command.name);
  CHECK(names.size() == messages.reads.size() + messages.commands.size());
  CHECK(names == std::set<std::string_view>{"join-quiz", "leave-quiz", "submit-answer",
                                            "watch-room", "join-room", "return-room", "leave-room",
                                            "answer", "my-result", "host-room", "start-room",
                                            "next-question", "close-question", "pause-question",
                                            "resume-question", "finish-room", "kick-player"});
  REQUIRE(messages.paths.size() == 2);
  CHECK(messages.paths[0].pattern == "/quizzes/{id}/live");
  CHECK(messages.paths[1].pattern == "/rooms/{room}/live");
  for (const auto& path : messages.paths) CHECK(path.subprotocol == "daybook.quiz.v1");
}

TEST_CASE("a quiz is followed by its id, as a text or in an object, when it is open") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.define("closed", "") == "ok");
  CHECK(join_of(message(world, "join-quiz", R"("q")")) == "quiz:q");
  CHECK(join_of(message(world, "join-quiz", R"({"quizId":"q","type":"join-quiz"})")) == "quiz:q");
  CHECK(said(message(world, "join-quiz", R"("q")")).empty());
  const auto left = message(world, "leave-quiz", R"("q")");
  CHECK(joined(left->leave) == "quiz:q");
  CHECK(left->join.empty());
  CHECK(joined(message(world, "leave-quiz", '"' + std::string(500, 'x') + '"')->leave).empty());
  for (const char* unknown : {R"("x")", R"("closed")", R"("")"})
    CHECK(said(message(world, "join-quiz", unknown)) == "quiz not found");
  for (const char* wrong : {"null", "7", "[]", "{}", R"({"quizId":7})", "true"}) {
    INFO(wrong);
    CHECK_FALSE(message(world, "join-quiz", wrong).ok());
    CHECK_FALSE(message(world, "leave-quiz", wrong).ok());
  }
}

TEST_CASE("an answer of the reference's form scores once, and its followers see it") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.define_user("u", "Oliver") == "ok");
  CHECK(state_of(world, "quiz:q") == R"(leaderboard-updated {"quizId":"q","leaderboard":[]})");
  CHECK(changed(world).empty());
  const std::string payload = R"({"userId":"u","quizId":"q","questionId":"a","answerIndex":0})";
  CHECK(said(message(world, "submit-answer", payload)) ==
        R"({"quizId":"q","questionId":"a","right":true,"score":1})");
  CHECK(changed(world) == "quiz:q/500");
  CHECK(changed(world).empty());
  CHECK(said(message(world, "submit-answer", payload)) == "User already answered");
  CHECK(changed(world).empty());
  CHECK(state_of(world, "quiz:q") == R"(leaderboard-updated {"quizId":"q","leaderboard":[)"
                                     R"({"score":1,"username":"Oliver","value":"u"}]})");
}

TEST_CASE("a room is watched by its PIN or its id") {
  World world;
  open_with(world, 0);
  const std::string state =
      R"({"roomId":")" + world.room +
      R"(","state":"lobby","quizId":"q","quizName":"Quiz","questionIndex":null,"questions":3,)" +
      R"("now":1800000000000})";
  for (const std::string& payload :
       {R"({"pin":")" + world.pin + "\"}", R"({"pin":)" + world.pin + "}",
        R"({"roomId":")" + world.room + "\"}", R"({"roomId":")" + world.pin + "\"}"}) {
    INFO(payload);
    const auto answer = message(world, "watch-room", payload);
    CHECK(said(answer) == state);
    CHECK(join_of(answer) == topics_of(world));
  }
  CHECK(said(message(world, "watch-room", R"({"pin":"000001"})")) == "room not found");
  CHECK(said(message(world, "watch-room", R"({"roomId":"x"})")) == "roomId: not_an_id");
  CHECK(said(message(world, "watch-room", "{}")) == "roomId: missing");
  const std::string other = world.pin == "999999" ? "999998" : "999999";
  CHECK(said(message(world, "watch-room", R"({"pin":)" + other + "}")) == "room not found");
}

TEST_CASE("who joins gets a seat, the room's state, and follows room, board and seat") {
  World world;
  open_with(world, 1);
  const auto answer =
      message(world, "join-room", R"({"pin":")" + world.pin + R"(","nickname":" Bob "})");
  CHECK(join_of(answer) == topics_of(world) + " player:" + world.room + ":2");
  json::Parser parser;
  const auto body = parser.parse(said(answer), false);
  REQUIRE(body.ok());
  CHECK(body->find("nickname")->string() == "Bob");
  CHECK(body->find("playerId")->string() == "2");
  CHECK(body->find("token")->string().size() == 32);
  CHECK(body->find("roomId")->string() == world.room);
  CHECK(body->find("room")->find("state")->string() == "lobby");
  CHECK(changed(world).find("board:" + world.room + "/500") != std::string::npos);
  CHECK(state_of(world, "player:" + world.room + ":2") == "none");
}

TEST_CASE("a token brings back seat, score and what was answered, on any device") {
  World world;
  open_with(world, 2);
  REQUIRE(world.order("start-room") == "ok");
  CHECK(said(message(world, "return-room", seat(world, 1))).find(R"("answered":false)") !=
        std::string::npos);
  REQUIRE(world.reply(1, "a", 0) == "ok");
  REQUIRE(world.order("close-question") == "ok");
  const auto answer = message(world, "return-room", seat(world, 1));
  CHECK(join_of(answer) == topics_of(world) + " player:" + world.room + ":1");
  CHECK(said(answer).starts_with(
      R"({"playerId":"1","nickname":"P1","score":1000,"rank":1,"room":{"roomId":")"));
  CHECK(said(answer).ends_with(R"("answered":true})"));
  CHECK(said(message(world, "return-room",
                     object({{"roomId", world.room}, {"token", std::string(32, '0')}}))) ==
        "the token is no player's of this room");
  CHECK(said(message(world, "return-room", object({{"roomId", world.room}}))) ==
        "this needs the player's token");
  const auto left =
      message(world, "leave-room", object({{"roomId", world.room}, {"playerId", "#1"}}));
  CHECK(joined(left->leave) == topics_of(world) + " player:" + world.room + ":1");
  CHECK(said(message(world, "return-room", seat(world, 1))).find(R"("score":1000)") !=
        std::string::npos);
}

TEST_CASE("a player's result tells what became of the answer once its question has closed") {
  World world;
  open_with(world, 2);
  const auto result = [&](std::uint32_t player) {
    return said(message(world, "my-result", seat(world, player)));
  };
  CHECK(result(2) == R"({"score":0,"rank":2,"players":2,"last":null})");
  REQUIRE(world.order("start-room") == "ok");
  REQUIRE(world.reply(2, "a", 0) == "ok");
  CHECK(result(2) == R"({"score":0,"rank":2,"players":2,"last":null})");
  REQUIRE(world.order("close-question") == "ok");
  CHECK(result(2) ==
        R"({"score":1000,"rank":1,"players":2,"last":{"questionId":"a","answerIndex":0,)"
        R"("right":true,"points":1000,"reason":"right"}})");
  CHECK(result(1) == R"({"score":0,"rank":2,"players":2,"last":null})");
  world.pass(1);
  REQUIRE(world.reply(1, "a", 0) == "ok");  // late
  CHECK(result(1) == R"({"score":0,"rank":2,"players":2,"last":{"questionId":"a","answerIndex":0,)"
                     R"("right":false,"points":0,"reason":"late"}})");
  REQUIRE(world.order("next-question") == "ok");
  CHECK(result(2).find(R"("questionId":"a")") != std::string::npos);
}

TEST_CASE("the host sees the players and the PIN, nobody else does") {
  World world;
  open_with(world, 2);
  REQUIRE(world.kick(1) == "ok");
  const auto answer = message(world, "host-room", host(world));
  CHECK(join_of(answer) == topics_of(world));
  CHECK(said(answer).ends_with(R"("pin":")" + world.pin +
                               R"(","playerCount":1,"players":[)"
                               R"({"playerId":"2","nickname":"P2","score":0}]})"));
  CHECK(said(message(world, "host-room", object({{"roomId", world.room}}))) ==
        "this needs the host's token");
  CHECK(said(message(world, "host-room",
                     object({{"roomId", world.room}, {"hostToken", world.tokens[2]}}))) ==
        "the token is not the host's of this room");
}

TEST_CASE(
    "the host's orders answer with the room as it is after them, and followers see it at once") {
  World world;
  open_with(world, 1);
  changed(world);
  const std::string room = "room:" + world.room;
  const std::string head = R"({"roomId":")" + world.room + R"(","state":")";
  const std::string middle =
      R"(","quizId":"q","quizName":"Quiz","questionIndex":0,"questions":3,)"
      R"("question":{"id":"a","text":"A?","options":["1","2"],"seconds":20},)";
  const auto order = [&](std::string_view name) { return said(message(world, name, host(world))); };
  CHECK(order("start-room") ==
        head + "question" + middle + R"("closesAt":1800000020000,"now":1800000000000})");
  CHECK(changed(world) == room + "/0 board:" + world.room + "/500");
  world.pass(5 * second);
  CHECK(order("pause-question") ==
        head + "paused" + middle + R"("remainingMs":15000,"now":1800000005000})");
  CHECK(changed(world) == room + "/0");
  world.pass(60 * second);
  CHECK(order("resume-question") ==
        head + "question" + middle + R"("closesAt":1800000080000,"now":1800000065000})");
  CHECK(state_of(world, room) == "room-updated " + order("resume-question"));
  CHECK(order("close-question") ==
        head + "closed" + middle + R"("rightIndex":0,"now":1800000065000})");
  CHECK(order("start-room") == "the room has started already");
  // By the PIN, which is free once the room has finished.
  const auto finished =
      message(world, "finish-room", object({{"pin", world.pin}, {"hostToken", world.host}}));
  CHECK(said(finished) == head + R"(finished","quizId":"q","quizName":"Quiz","questionIndex":0,)" +
                              R"("questions":3,"now":1800000065000})");
  CHECK(state_of(world, room) == "room-updated " + said(finished));
}

TEST_CASE("a board shows the ten best, how many play and how many have answered") {
  World world;
  open_with(world, 12);
  REQUIRE(world.order("start-room") == "ok");
  REQUIRE(world.reply(12, "a", 0) == "ok");
  const std::string before = state_of(world, "board:" + world.room);
  CHECK(before.starts_with(R"(board-updated {"roomId":")" + world.room +
                           R"(","players":12,"answers":1,"leaderboard":[)"
                           R"({"rank":1,"playerId":"1","nickname":"P1","score":0})"));
  CHECK(before.find(R"("rank":10)") != std::string::npos);
  CHECK(before.find(R"("rank":11)") == std::string::npos);
  REQUIRE(world.order("close-question") == "ok");
  CHECK(state_of(world, "board:" + world.room)
            .find(R"({"rank":1,"playerId":"12","nickname":"P12","score":1000})") !=
        std::string::npos);
}

TEST_CASE("who is kicked is told so and leaves the room's topics") {
  World world;
  open_with(world, 2);
  changed(world);
  const std::string payload =
      object({{"roomId", world.room}, {"hostToken", world.host}, {"playerId", "#2"}});
  CHECK(said(message(world, "kick-player", payload)).empty());
  const std::string topic = "player:" + world.room + ":2";
  CHECK(changed(world) == topic + "/0 board:" + world.room + "/500");
  const auto state = Domain::live_state(world.view, topic, world.now);
  REQUIRE(state.has_value());
  CHECK(state->event == "kicked");
  CHECK(state->json == R"({"roomId":")" + world.room + R"(","playerId":"2"})");
  CHECK(joined(state->leave) == topics_of(world) + " " + topic);
  CHECK(state->revision > 0);
  CHECK(said(message(world, "return-room", seat(world, 2))) == "the host has put this player out");
}

TEST_CASE("changed topics are given each once, a few at a time, and none is lost") {
  World world;
  REQUIRE(world.define("q") == "ok");
  std::set<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(world.open("q") == "ok");
    REQUIRE(world.join("A") == "ok");
    REQUIRE(world.join("B") == "ok");
    REQUIRE(world.order("start-room") == "ok");
    expected.insert("room:" + world.room);
    expected.insert("board:" + world.room);
  }
  std::set<std::string> taken;
  while (true) {
    const auto changes = Domain::take_changed(world.view, 3);
    CHECK(changes.size() <= 3);
    for (const auto& change : changes) CHECK(taken.insert(change.topic).second);
    if (changes.size() < 3) break;
  }
  CHECK(taken == expected);
  CHECK(changed(world).empty());
  REQUIRE(world.join("C") == "ok");
  CHECK(changed(world) == "board:" + world.room + "/500");
}

TEST_CASE("a topic's revision grows with each of its changes and is the same after a replay") {
  World world;
  open_with(world, 2);
  const auto revision = [&](const View& view, std::string_view prefix) {
    return Domain::live_state(view, std::string(prefix) + world.room, world.now)->revision;
  };
  std::uint64_t room = revision(world.view, "room:");
  std::uint64_t board = revision(world.view, "board:");
  REQUIRE(world.order("start-room") == "ok");
  CHECK(revision(world.view, "room:") > room);
  room = revision(world.view, "room:");
  board = revision(world.view, "board:");
  REQUIRE(world.reply(1, "a", 1) == "ok");
  CHECK(revision(world.view, "room:") == room);
  CHECK(revision(world.view, "board:") > board);
  const auto again = projected_again(world);
  CHECK(revision(*again, "room:") == room);
  CHECK(revision(*again, "board:") == revision(world.view, "board:"));
}

TEST_CASE("a topic that is none has no state") {
  World world;
  open_with(world, 1);
  for (const std::string& topic :
       {std::string(), std::string("quiz:"), std::string("quiz:x"), std::string("room:"),
        std::string("room:x"), "board:" + world.room + "x", "player:" + world.room,
        "player:" + world.room + ":", "player:" + world.room + ":0", "player:" + world.room + ":9",
        "player:" + world.room + ":1x", "other:" + world.room, "room:" + world.pin}) {
    INFO(topic);
    CHECK(state_of(world, topic) == "none");
  }
}

TEST_CASE("the paths let a spectator follow an open quiz, or a room by PIN or id") {
  World world;
  open_with(world, 0);
  LiveMessages<Domain> messages;
  Domain::live(messages);
  const auto open = [&](std::size_t path, std::string param) {
    Request request;
    request.params.push_back(std::move(param));
    return join_of(messages.paths[path].open(world.view, request));
  };
  CHECK(open(0, "q") == "quiz:q");
  CHECK(open(0, "x") == "quiz not found");
  CHECK(open(1, world.pin) == topics_of(world));
  CHECK(open(1, world.room) == topics_of(world));
  CHECK(open(1, "nothing") == "room not found");
}

TEST_CASE("a message of the wrong kind or with wrong members is a problem, never more") {
  World world;
  open_with(world, 1);
  LiveMessages<Domain> messages;
  Domain::live(messages);
  std::vector<std::string_view> names;
  for (const auto& read : messages.reads) names.push_back(read.name);
  for (const auto& command : messages.commands) names.push_back(command.name);
  for (const std::string_view name : names)
    for (const char* payload :
         {"null", "true", "17", "1.5", "[]", "[[]]", "{}", R"({"roomId":null,"pin":null})",
          R"({"roomId":{},"token":[],"hostToken":7,"questionId":{},"answerIndex":"x"})",
          R"({"pin":-1})", R"({"pin":1e99})", R"({"userId":"u","quizId":[]})"}) {
      INFO(name << " " << payload);
      CHECK_FALSE(message(world, name, payload).ok());
    }
}

}  // namespace
}  // namespace daybook::quiz
