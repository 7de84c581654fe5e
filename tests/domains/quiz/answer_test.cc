// Answers in rooms: which count, what they are worth, and how a question ends.
#include "domains/quiz/world.h"

namespace daybook::quiz {
namespace {

struct Fixture : World {
  Fixture() {
    REQUIRE(define("Q", "") == "ok");
    room_with("");
  }
  void room_with(std::string_view options) {
    REQUIRE(open("Q", options) == "ok");
    for (const char* name : {"ann", "bob", "cy"}) REQUIRE(join(name) == "ok");
  }
  // Of the last answer: "right 950", "late 0", or the refusal.
  std::string got(const std::string& outcome) const {
    if (outcome != "ok") return outcome;
    const Event& event = last.at(0);
    return std::string(reason_name(event.reason)) + " " + std::to_string(event.points);
  }
  UnixUs ago(std::int64_t us) const { return {now.value - us}; }
};

TEST_CASE_METHOD(Fixture, "points go by the time the answer took to reach the server") {
  REQUIRE(order("start-room") == "ok");
  CHECK(got(reply(1, "a", 0)) == "right 1000");
  CHECK(answer.body == R"({"accepted":true})");
  pass(10 * second);
  CHECK(got(reply(2, "a", 0, ago(6 * second))) == "right 900");
  CHECK(newest().kind == Kind::room_answered);
  CHECK(newest().received == ago(6 * second));
  CHECK(got(reply(3, "a", 1)) == "wrong 0");
}

TEST_CASE_METHOD(Fixture, "only the first answer of a player to a question counts") {
  REQUIRE(order("start-room") == "ok");
  REQUIRE(reply(1, "a", 1) == "ok");
  const std::size_t events = log.size();
  CHECK(reply(1, "a", 0) == "User already answered");
  CHECK(refusal.code == Errc::conflict);
  CHECK(log.size() == events);
}

TEST_CASE_METHOD(Fixture, "an answer is refused in this order") {
  CHECK(reply(1, "a", 0) == "the question has not begun");
  CHECK(refusal.code == Errc::conflict);
  REQUIRE(order("start-room") == "ok");
  CHECK(reply(1, "b", 9) == "the question has not begun");
  CHECK(reply(1, "a", 2) == "answerIndex: range");
  CHECK(reply(1, "x", 0) == "question not found");
  const std::string own = tokens[1];
  tokens[1] = host;
  CHECK(reply(1, "a", 0) == "the token is no player's of this room");
  CHECK(refusal.code == Errc::forbidden);
  CHECK(send(object(
            {{"type", "answer"}, {"roomId", room}, {"questionId", "a"}, {"answerIndex", "#0"}})) ==
        "answering needs the player's token");
  CHECK(refusal.code == Errc::unauthenticated);
  tokens[1] = own;
  REQUIRE(order("close-question") == "ok");
  REQUIRE(order("next-question") == "ok");
  CHECK(reply(1, "a", 0) == "the question is over");
  REQUIRE(order("finish-room") == "ok");
  CHECK(reply(1, "b", 0) == "the room has finished");
}

TEST_CASE_METHOD(Fixture,
                 "a question ends by its clock, and what came in time still counts after it") {
  REQUIRE(order("start-room") == "ok");
  const UnixUs closes = here().clock.end();
  now = {closes.value - 1};
  CHECK(tick() == 0);
  CHECK(Domain::next_due(state, policy) == closes);
  now = {closes.value + 3 * second};
  CHECK(tick() == 1);
  CHECK(newest().kind == Kind::question_closed);
  CHECK(newest().ender == Ender::clock);
  CHECK(newest().at == now);
  CHECK(got(reply(1, "a", 0, closes)) == "right 500");
  CHECK(got(reply(2, "a", 1, {closes.value - 1})) == "wrong 0");
  CHECK(got(reply(3, "a", 0, {closes.value + 1})) == "late 0");
  CHECK(got(reply(3, "a", 0, closes)) == "User already answered");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "an answer after the host's close is late, once") {
  REQUIRE(order("start-room") == "ok");
  pass(4 * second);
  REQUIRE(order("close-question") == "ok");
  pass(1);
  CHECK(got(reply(1, "a", 0)) == "late 0");
  CHECK(got(reply(1, "a", 0)) == "User already answered");
  CHECK(got(reply(2, "a", 0, ago(1))) == "right 900");
}

TEST_CASE_METHOD(Fixture, "a question ends when everybody has answered it") {
  REQUIRE(order("start-room") == "ok");
  REQUIRE(reply(1, "a", 0) == "ok");
  REQUIRE(reply(2, "a", 1) == "ok");
  CHECK(last.size() == 1);
  REQUIRE(reply(3, "a", 1) == "ok");
  REQUIRE(last.size() == 2);
  CHECK(last[1].kind == Kind::question_closed);
  CHECK(last[1].ender == Ender::everyone);
  CHECK(here().phase == Phase::closed);
  CHECK(answer.body == R"({"accepted":true})");
  REQUIRE(order("next-question") == "ok");
  CHECK(reply(1, "b", 2) == "ok");  // who has answered counts for each question anew
  CHECK(here().phase == Phase::question);
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "who is put out is not waited for") {
  REQUIRE(order("start-room") == "ok");
  REQUIRE(reply(1, "a", 0) == "ok");
  REQUIRE(reply(2, "a", 0) == "ok");
  REQUIRE(kick(2) == "ok");
  CHECK(here().phase == Phase::question);
  REQUIRE(kick(3) == "ok");
  REQUIRE(last.size() == 2);
  CHECK(last[1].ender == Ender::everyone);
  CHECK(here().phase == Phase::closed);
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "a room may wait for its clock though everybody has answered") {
  room_with(R"(,"closeWhenAnswered":false)");
  REQUIRE(order("start-room") == "ok");
  for (std::uint32_t player = 1; player <= 3; ++player) REQUIRE(reply(player, "a", 0) == "ok");
  CHECK(here().phase == Phase::question);
  REQUIRE(kick(1) == "ok");
  CHECK(here().phase == Phase::question);
}

TEST_CASE_METHOD(Fixture, "a pause stops the clock, for points too") {
  REQUIRE(order("start-room") == "ok");
  pass(4 * second);
  REQUIRE(order("pause-question") == "ok");
  pass(3600 * second);
  CHECK(tick() == 0);
  CHECK(reply(1, "a", 0) == "the question is paused");
  CHECK(got(reply(1, "a", 0, ago(3600 * second))) == "right 900");  // on its way when it stopped
  REQUIRE(order("resume-question") == "ok");
  CHECK(got(reply(2, "a", 0, ago(100 * second))) == "right 900");  // came during the pause
  pass(4 * second);
  REQUIRE(order("pause-question") == "ok");
  pass(second);
  REQUIRE(order("resume-question") == "ok");
  pass(12 * second - 1);
  CHECK(tick() == 0);
  CHECK(got(reply(3, "a", 0)) == "right 500");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "a clock that is stopped again and again is stopped so often at most") {
  REQUIRE(order("start-room") == "ok");
  for (std::size_t i = 0; i < pauses_max; ++i) {
    pass(1);
    REQUIRE(order("pause-question") == "ok");
    REQUIRE(order("resume-question") == "ok");
  }
  const std::size_t events = log.size();
  CHECK(order("pause-question") == "a question can be paused 100 times at most");
  CHECK(log.size() == events);
  REQUIRE(order("close-question") == "ok");
  REQUIRE(order("next-question") == "ok");
  CHECK(order("pause-question") == "ok");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "an answer from before a pause that is decided after it took no longer") {
  REQUIRE(order("start-room") == "ok");
  pass(4 * second);
  const UnixUs early = now;
  pass(4 * second);
  REQUIRE(order("pause-question") == "ok");
  pass(second);
  REQUIRE(order("resume-question") == "ok");
  CHECK(got(reply(1, "a", 0, early)) == "right 900");
  CHECK(got(reply(2, "a", 0)) == "right 800");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "a paused question that is closed ended when it was paused") {
  REQUIRE(order("start-room") == "ok");
  pass(4 * second);
  REQUIRE(order("pause-question") == "ok");
  pass(4 * second);
  REQUIRE(order("close-question") == "ok");
  CHECK(got(reply(1, "a", 0, ago(1))) == "late 0");
  CHECK(got(reply(2, "a", 0, ago(4 * second))) == "right 900");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "the room's own seconds are the clock's and the points'") {
  room_with(R"(,"questionSeconds":100)");
  REQUIRE(order("start-room") == "ok");
  pass(50 * second);
  CHECK(tick() == 0);
  CHECK(got(reply(1, "a", 0)) == "right 750");
}

TEST_CASE_METHOD(Fixture, "a clock of the server that goes back gives and costs nobody anything") {
  REQUIRE(order("start-room") == "ok");
  const UnixUs began = now;
  now.value -= 3600 * second;
  CHECK(got(reply(1, "a", 0, {began.value + 5 * second})) == "right 1000");
  REQUIRE(order("pause-question") == "ok");
  CHECK(last.at(0).remaining_us == 20 * second);
  REQUIRE(order("resume-question") == "ok");
  CHECK(here().clock.end().value == now.value + 20 * second);
  pass(10 * second);
  CHECK(got(reply(2, "a", 0)) == "right 750");
  CHECK(audit(log).empty());
}

}  // namespace
}  // namespace daybook::quiz
