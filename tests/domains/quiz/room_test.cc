// Rooms: opening, joining, the host's orders and kicking, in the order decide looks at them.
#include "domains/quiz/world.h"

namespace daybook::quiz {
namespace {

struct Fixture : World {
  explicit Fixture(Policy policy_in = {}) : World(std::move(policy_in)) {
    REQUIRE(define("Q", "") == "ok");
    REQUIRE(open("Q") == "ok");
  }
  std::string phase() { return std::string(phase_name(here().phase)); }
};

TEST_CASE_METHOD(Fixture, "opening a room tells its id, its PIN and the host's token") {
  CHECK(answer.status == 201);
  CHECK(answer.location == "/rooms/" + room);
  CHECK(answer.body ==
        R"({"roomId":")" + room + R"(","pin":")" + pin + R"(","hostToken":")" + host + "\"}");
  CHECK(pin.size() == 6);
  CHECK(host.size() == token_text_chars);
  const Event event = newest();
  CHECK(event.kind == Kind::room_opened);
  CHECK(event.version == 1);
  CHECK(event.options == R"({"closeWhenAnswered":true,"nicknameWords":[]})");
  CHECK(open("X") == "quiz not found");
  CHECK(open("Q", R"(,"playersMax":100001)") == "playersMax: range");
  CHECK(refusal.message == "playersMax must be from 1 to 100000");
}

TEST_CASE("open rooms never share a PIN, and a finished room gives its own back") {
  Policy policy;
  policy.rooms_max = 3000;
  World world(policy);
  REQUIRE(world.define("Q", "") == "ok");
  std::set<std::string> pins;
  for (std::uint32_t i = 0; i < policy.rooms_max; ++i) {
    REQUIRE(world.open("Q") == "ok");
    CHECK(pins.insert(world.pin).second);
  }
  CHECK(world.state.open_rooms() == policy.rooms_max);
  CHECK(world.open("Q") == "too many rooms");
  CHECK(world.refusal.code == Errc::unavailable);
  REQUIRE(world.order("finish-room") == "ok");
  CHECK(world.state.is_pin_free(static_cast<std::uint32_t>(std::stoul(world.pin))));
  CHECK(world.open("Q") == "ok");
  CHECK(World::audit(world.log).empty());
}

TEST_CASE_METHOD(Fixture, "players join by PIN or id and are numbered in their order") {
  CHECK(send(object({{"type", "join-room"}, {"pin", pin}, {"nickname", "  Ann   Lee "}})) == "ok");
  CHECK(answer.status == 201);
  CHECK(answer.body == R"({"roomId":")" + room + R"(","playerId":"1","token":")" +
                           token_text(last.at(0).token) + R"(","nickname":"Ann Lee"})");
  CHECK(newest().name_key == "ann lee");
  CHECK(send(object({{"type", "join-room"}, {"pin", "#" + pin}, {"nickname", "Bob"}})) == "ok");
  CHECK(join("Cy") == "ok");
  CHECK(newest().player == 3);
  CHECK(send(object({{"type", "join-room"}, {"pin", "100000"}, {"nickname", "Bob"}})) ==
        "room not found");
}

TEST_CASE("a nickname is refused that is taken, too long, or holds a word of the room") {
  Policy policy;
  policy.nickname_chars_max = 5;
  Fixture world(policy);
  REQUIRE(world.open("Q", R"(,"nicknameWords":["DARN"])") == "ok");
  REQUIRE(world.join("Straß") == "ok");
  CHECK(world.join("STRASS") == "nickname: too_long");
  CHECK(world.refusal.message == "nickname must be 1 to 5 characters");
  CHECK(world.join("sTRAß") == "the nickname is taken in this room");
  CHECK(world.refusal.code == Errc::conflict);
  CHECK(world.join("darns") == "nickname: not_allowed");
  CHECK(world.join("dar n") == "ok");
  CHECK(world.join("\u202e") == "nickname: hidden_character");
  CHECK(world.join("") == "nickname: empty");
  const std::size_t events = world.log.size();
  REQUIRE(world.kick(1) == "ok");
  CHECK(world.join("straß") == "the nickname is taken in this room");  // put out, still taken
  CHECK(world.log.size() == events + 1);
}

TEST_CASE(
    "a full room is full until somebody is put out, and never has more than the setting says") {
  Policy policy;
  policy.players_max = 3;
  Fixture world(policy);
  REQUIRE(world.open("Q", R"(,"playersMax":2)") == "ok");
  REQUIRE(world.join("a") == "ok");
  REQUIRE(world.join("b") == "ok");
  CHECK(world.join("c") == "the room is full");
  REQUIRE(world.kick(1) == "ok");
  CHECK(world.join("c") == "ok");
  REQUIRE(world.kick(2) == "ok");
  CHECK(world.join("d") == "the room is full");
}

TEST_CASE_METHOD(Fixture, "late joiners are welcome until the room has finished") {
  REQUIRE(join("a") == "ok");
  REQUIRE(order("start-room") == "ok");
  CHECK(join("b") == "ok");
  REQUIRE(order("close-question") == "ok");
  CHECK(join("c") == "ok");
  REQUIRE(order("finish-room") == "ok");
  CHECK(join("d") == "the room has finished");
}

TEST_CASE_METHOD(Fixture, "a game goes from the lobby through its questions to its end") {
  CHECK(phase() == "lobby");
  CHECK(order("next-question") == "the room has not started");
  CHECK(order("close-question") == "the room has not started");
  CHECK(order("pause-question") == "no question is running");
  CHECK(order("resume-question") == "no question is paused");
  CHECK(order("start-room") == "ok");
  CHECK(answer.body == R"({"roomId":")" + room + R"(","state":"question","questionIndex":0,)" +
                           R"("closesAt":)" + std::to_string(now.value / 1000 + 20'000) + "}");
  CHECK(order("start-room") == "the room has started already");
  CHECK(order("next-question") == "question 1 is running");
  pass(5 * second);
  CHECK(order("pause-question") == "ok");
  CHECK(answer.body ==
        R"({"roomId":")" + room + R"(","state":"paused","questionIndex":0,"remainingMs":15000})");
  CHECK(order("next-question") == "question 1 is running");
  pass(100 * second);
  CHECK(order("resume-question") == "ok");
  CHECK(here().clock.end().value == now.value + 15 * second);
  CHECK(order("close-question") == "ok");
  CHECK(answer.body == R"({"roomId":")" + room + R"(","state":"closed","questionIndex":0})");
  CHECK(order("next-question") == "ok");
  CHECK(here().clock.end().value == now.value + 10 * second);
  REQUIRE(order("close-question") == "ok");
  REQUIRE(order("next-question") == "ok");
  REQUIRE(order("close-question") == "ok");
  CHECK(order("next-question") == "that was the last question");
  CHECK(phase() == "closed");
  CHECK(order("finish-room") == "ok");
  CHECK(answer.body == R"({"roomId":")" + room + R"(","state":"finished","questionIndex":2})");
  for (const char* type : {"start-room", "next-question", "close-question", "pause-question"})
    CHECK(order(type) == "the room has finished");
  CHECK(kick(1) == "the room has finished");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "what is so already changes nothing and is answered as if it had") {
  const auto again = [&](const char* type) {
    REQUIRE(order(type) == "ok");
    const std::string first = answer.body;
    const std::size_t events = log.size();
    CHECK(order(type) == "ok");
    CHECK(log.size() == events);
    CHECK(answer.body == first);
  };
  REQUIRE(order("start-room") == "ok");
  again("pause-question");
  again("resume-question");
  again("close-question");
  again("finish-room");
}

TEST_CASE_METHOD(Fixture, "finishing ends the question first") {
  REQUIRE(order("start-room") == "ok");
  REQUIRE(order("finish-room") == "ok");
  REQUIRE(last.size() == 2);
  CHECK(last[0].kind == Kind::question_closed);
  CHECK(last[0].ender == Ender::host);
  CHECK(last[1].kind == Kind::room_finished);
}

TEST_CASE_METHOD(Fixture, "only who has the host's token gives orders") {
  const auto order_with = [&](Members more) {
    more.insert(more.begin(), {{"type", "start-room"}, {"roomId", room}});
    return send(object(more));
  };
  CHECK(order_with({}) == "this needs the host's token");
  CHECK(refusal.code == Errc::unauthenticated);
  REQUIRE(join("a") == "ok");
  for (const std::string& wrong : {tokens[1], std::string("x"), std::string(32, '0')}) {
    CHECK(order_with({{"hostToken", wrong}}) == "the token is not the host's of this room");
    CHECK(refusal.code == Errc::forbidden);
  }
  const std::string first = host;
  REQUIRE(open("Q") == "ok");
  CHECK(order_with({{"hostToken", first}}) == "the token is not the host's of this room");
  CHECK(order_with({{"hostToken", host}}) == "ok");
}

TEST_CASE_METHOD(Fixture, "a player who is put out stays out and answers nothing") {
  REQUIRE(join("a") == "ok");
  REQUIRE(join("b") == "ok");
  CHECK(kick(3) == "player not found");
  CHECK(kick(1) == "ok");
  CHECK(answer.body == "{}");
  CHECK(newest().kind == Kind::player_kicked);
  const std::size_t events = log.size();
  CHECK(kick(1) == "ok");
  CHECK(log.size() == events);
  REQUIRE(order("start-room") == "ok");
  CHECK(reply(1, "a", 0) == "the host has put this player out");
  CHECK(refusal.code == Errc::forbidden);
  CHECK(reply(2, "a", 0) == "ok");
}

TEST_CASE_METHOD(Fixture, "a room plays the version it was opened with") {
  REQUIRE(join("a") == "ok");
  REQUIRE(
      send(R"({"type":"define-quiz","quizId":"Q","name":"New","questions":[{"id":"z","text":"?",)"
           R"("options":["1","2"],"answerIndex":0}]})") == "ok");
  REQUIRE(order("start-room") == "ok");
  CHECK(reply(1, "z", 0) == "question not found");
  CHECK(reply(1, "a", 0) == "ok");
  REQUIRE(order("next-question") == "ok");
  const std::string old = room;
  REQUIRE(open("Q") == "ok");
  CHECK(newest().version == 2);
  REQUIRE(order("start-room") == "ok");
  REQUIRE(order("close-question") == "ok");
  CHECK(order("next-question") == "that was the last question");
  CHECK(audit(log).empty());
}

TEST_CASE("finished rooms are remembered up to the setting, then they are not found") {
  Policy policy;
  policy.finished_rooms_kept = 2;
  Fixture world(policy);
  std::vector<std::string> rooms;
  for (int i = 0; i < 4; ++i) {
    REQUIRE(world.open("Q") == "ok");
    rooms.push_back(world.room);
    REQUIRE(world.join("a") == "ok");
    REQUIRE(world.order("finish-room") == "ok");
  }
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    world.room = rooms[i];
    CHECK(world.join("b") == (i < 2 ? "room not found" : "the room has finished"));
  }
}

}  // namespace
}  // namespace daybook::quiz
