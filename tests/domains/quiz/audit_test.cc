// The Audit must find each kind of broken promise, at the event that breaks it.
#include "domains/quiz/world.h"

#include <functional>

namespace daybook::quiz {
namespace {

// A sound log with one of everything.
struct Fixture : World {
  Fixture() {
    REQUIRE(define("Q") == "ok");                 // 1
    REQUIRE(define_user("ada") == "ok");          // 2
    REQUIRE(define_user("bob") == "ok");          // 3
    REQUIRE(submit("ada", "Q", "a", 0) == "ok");  // 4
    REQUIRE(submit("bob", "Q", "a", 1) == "ok");  // 5
    REQUIRE(open("Q") == "ok");                   // 6
    REQUIRE(join("a") == "ok");                   // 7
    REQUIRE(join("b") == "ok");                   // 8
    REQUIRE(join("c") == "ok");                   // 9
    REQUIRE(order("start-room") == "ok");         // 10
    pass(4 * second);
    REQUIRE(order("pause-question") == "ok");  // 11
    pass(second);
    REQUIRE(order("resume-question") == "ok");  // 12
    REQUIRE(reply(1, "a", 0) == "ok");          // 13
    REQUIRE(kick(3) == "ok");                   // 14
    pass(60 * second);
    REQUIRE(tick() == 1);                     // 15
    REQUIRE(reply(2, "a", 0) == "ok");        // 16, late
    REQUIRE(order("next-question") == "ok");  // 17
    REQUIRE(reply(2, "b", 2) == "ok");        // 18
    REQUIRE(order("finish-room") == "ok");    // 19, 20
    REQUIRE(open("Q") == "ok");               // 21
    REQUIRE(define("Q", "") == "ok");         // 22
    REQUIRE(log.size() == 22);
    REQUIRE(audit(log).empty());
  }
  using Change = std::function<void(Event&)>;
  // What the audit says when event number `n` (from 1) is changed.
  std::string changed(std::size_t n, const Change& change) const {
    auto other = log;
    const std::string bytes = other.at(n - 1);
    Event event = event_of(bytes);
    change(event);
    other.at(n - 1) = bytes_of(event);
    return audit(other);
  }
  // ... when it comes once more, changed, after event number `after`.
  std::string repeated(std::size_t n, std::size_t after, const Change& change) const {
    auto other = log;
    const std::string bytes = other.at(n - 1);
    Event event = event_of(bytes);
    change(event);
    other.insert(other.begin() + static_cast<std::ptrdiff_t>(after), bytes_of(event));
    return audit(other);
  }
  static void nothing(Event&) {}
};

void says(const std::string& complaint, std::size_t position, std::string_view rule) {
  INFO(complaint);
  const std::string where = "position " + std::to_string(position);
  CHECK((complaint.find(where + ",") != std::string::npos ||
         complaint.find(where + ":") != std::string::npos));
  CHECK(complaint.find(rule) != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "the audit finds a second answer that counts") {
  constexpr std::string_view second_answer = "a second answer to one question counts";
  says(repeated(4, 5, nothing), 6, second_answer);
  says(repeated(13, 13, nothing), 14, second_answer);
  says(repeated(16, 16, nothing), 17, second_answer);
}

TEST_CASE_METHOD(Fixture, "the audit finds answers that are not judged by the definition") {
  says(changed(4, [](Event& e) { e.reason = Reason::wrong; }), 4, "said to be wrong");
  says(changed(4, [](Event& e) { e.points = 2; }), 4, "points 2, must be 1");
  says(changed(5, [](Event& e) { e.option = 9; }), 5, "no such option");
  says(changed(5, [](Event& e) { e.question = "z"; }), 5, "no such question");
  says(changed(5, [](Event& e) { e.user = "eve"; }), 5, "the user is not known");
  says(changed(5, [](Event& e) { e.version = 2; }), 5, "answers version 2");
  says(repeated(5, 22, nothing), 23, "the quiz is not open");
  says(changed(13, [](Event& e) { e.points = 1000; }), 13, "points 1000, must be 900");
  says(changed(13, [](Event& e) { e.reason = Reason::wrong; }), 13, "said to be wrong");
}

TEST_CASE_METHOD(Fixture, "the audit holds answers against the clock, pauses left out") {
  says(changed(16, [](Event& e) { e.reason = Reason::right; }), 16, "late is not what");
  says(changed(13, [](Event& e) { e.reason = Reason::late; }), 13, "late is not what");
  says(changed(11, [](Event& e) { e.remaining_us += 1; }), 11, "paused with");
  says(changed(10, [](Event& e) { e.closes.value += 1; }), 10, "closes at");
  says(changed(15, [](Event& e) { e.at.value -= 60 * second; }), 15, "too early");
  says(repeated(11, 11, nothing), 12, "paused while it stood");
  says(repeated(12, 12, nothing), 13, "resumed while it ran");
}

TEST_CASE_METHOD(Fixture, "the audit holds the questions to their order") {
  says(changed(10, [](Event& e) { e.question_index = 1; }), 10, "began question 1, must be 0");
  says(repeated(17, 13, nothing), 14, "a question runs already");
  says(repeated(15, 15, nothing), 16, "no question has begun");
  says(changed(18, [](Event& e) { e.question_index = 0; }), 18, "not to the newest question");
  says(changed(15, [](Event& e) { e.question_index = 2; }), 15, "is of question 2");
}

TEST_CASE_METHOD(Fixture, "the audit knows the players") {
  says(changed(8, [](Event& e) { e.player = 3; }), 8, "joined as 3, must be 2");
  says(changed(8, [](Event& e) { e.name_key = "a"; }), 8, "another player has the nickname");
  const Id128 first = event_of(log[6]).token;
  says(changed(8, [&](Event& e) { e.token = first; }), 8, "another player has the token");
  says(changed(13, [](Event& e) { e.player = 4; }), 13, "no such player");
  says(changed(14, [](Event& e) { e.player = 4; }), 14, "no such player");
  says(repeated(14, 14, nothing), 15, "put out twice");
  says(changed(18, [](Event& e) { e.player = 3; }), 18, "answers after being put out");
}

TEST_CASE_METHOD(Fixture, "the audit knows the rooms") {
  says(repeated(8, 20, nothing), 21, "the room had finished before");
  says(changed(7, [](Event& e) { e.room.bytes[0] ^= 1; }), 7, "no such room");
  says(repeated(6, 6, [](Event& e) { e.room.bytes[0] ^= 1; }), 7, "another open room has the PIN");
  says(repeated(6, 6, [](Event& e) { e.pin = e.pin == pin_min ? pin_max : pin_min; }), 7,
       "the room's id is used already");
  says(changed(6, [](Event& e) { e.version = 2; }), 6, "plays version 2");
  says(changed(6, [](Event& e) { e.quiz = "X"; }), 6, "the quiz is not defined");
  auto other = log;
  other.erase(other.begin() + 18);  // the question that the host's finish ended
  says(audit(other), 19, "finished while a question ran");
}

TEST_CASE_METHOD(Fixture, "the audit knows the versions") {
  says(changed(22, [](Event& e) { e.version = 3; }), 22, "the version is 3, must be 2");
  says(changed(22, [](Event& e) { e.definition = "{}"; }), 22, "cannot be read");
}

}  // namespace
}  // namespace daybook::quiz
