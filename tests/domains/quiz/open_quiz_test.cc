// Open quizzes: who may answer what, and that only the first answer counts.
#include "domains/quiz/world.h"

namespace daybook::quiz {
namespace {

struct Fixture : World {
  Fixture() {
    REQUIRE(define("Q") == "ok");
    REQUIRE(define_user("ada") == "ok");
    ada = token_text(last.at(0).token);
    REQUIRE(define_user("bob", "Bob") == "ok");
  }
  std::string submit_with(std::string_view token_text_in) {
    return send(object({{"type", "submit-answer"},
                        {"userId", "ada"},
                        {"quizId", "Q"},
                        {"questionId", "a"},
                        {"answerIndex", "#0"},
                        {"token", std::string(token_text_in)}}));
  }
  std::string ada;
};

TEST_CASE_METHOD(Fixture, "a right answer gives one point, a wrong one none, and both are told") {
  CHECK(submit("ada", "Q", "a", 0) == "ok");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"quizId":"Q","questionId":"a","right":true,"score":1})");
  CHECK(submit("bob", "Q", "b", 3) == "ok");
  CHECK(answer.body == R"({"quizId":"Q","questionId":"b","right":false,"score":0})");
  const Event event = newest();
  CHECK(event.kind == Kind::answered);
  CHECK(event.reason == Reason::wrong);
  CHECK(event.points == 0);
  CHECK(event.option == 3);
  CHECK(event.question_index == 1);
  CHECK(event.version == 1);
  CHECK(event.received == now);
}

TEST_CASE_METHOD(Fixture,
                 "only the first answer of a person to a question counts, right or wrong") {
  CHECK(submit("ada", "Q", "a", 1) == "ok");
  const std::size_t events = log.size();
  const std::string before = saved(state);
  for (const int option : {0, 1}) {
    CHECK(submit("ada", "Q", "a", option) == "User already answered");
    CHECK(refusal.code == Errc::conflict);
  }
  CHECK(log.size() == events);
  CHECK(saved(state) == before);
  CHECK(submit("ada", "Q", "b", 2) == "ok");  // another question
  CHECK(submit("bob", "Q", "a", 0) == "ok");  // another person
}

TEST_CASE_METHOD(Fixture, "what does not exist is refused in this order and changes nothing") {
  struct Row {
    const char* user;
    const char* quiz;
    const char* question;
    int option;
    const char* refusal;
    Errc code;
  };
  REQUIRE(define("closed", "") == "ok");
  const std::size_t events = log.size();
  for (const Row& row : {Row{"eve", "X", "x", 9, "quiz not found", Errc::not_found},
                         Row{"ada", "closed", "a", 0, "quiz not found", Errc::not_found},
                         Row{"eve", "Q", "x", 9, "user not found", Errc::not_found},
                         Row{"ada", "Q", "x", 9, "question not found", Errc::not_found},
                         Row{"ada", "Q", "a", 2, "answerIndex: range", Errc::invalid}}) {
    CHECK(submit(row.user, row.quiz, row.question, row.option) == row.refusal);
    CHECK(refusal.code == row.code);
  }
  CHECK(refusal.message == "answerIndex must be from 0 to 1");
  CHECK(log.size() == events);
}

TEST_CASE_METHOD(Fixture, "a token that is given must be the user's, and a quiz may ask for it") {
  const std::string other(token_text_chars, '1');
  CHECK(submit_with(other) == "the token is not this user's");
  CHECK(refusal.code == Errc::forbidden);
  CHECK(submit_with("no token") == "the token is not this user's");
  REQUIRE(define("Q", R"(,"open":true,"tokens":true)") == "ok");
  CHECK(submit("ada", "Q", "a", 0) == "this quiz asks for the user's token");
  CHECK(refusal.code == Errc::unauthenticated);
  CHECK(submit_with(ada) == "ok");
}

TEST_CASE_METHOD(Fixture,
                 "the time of an answer is when it reached the server, never later than now") {
  const auto line = [](std::string_view question) {
    return object({{"type", "submit-answer"},
                   {"userId", "ada"},
                   {"quizId", "Q"},
                   {"questionId", std::string(question)},
                   {"answerIndex", "#0"}});
  };
  REQUIRE(send(line("a"), UnixUs{now.value - 5}) == "ok");
  CHECK(newest().received.value == now.value - 5);
  CHECK(newest().at == now);
  REQUIRE(send(line("b"), UnixUs{now.value + 5}) == "ok");
  CHECK(newest().received == now);
}

TEST_CASE_METHOD(Fixture,
                 "a definition that changes gets the next version, the same one changes nothing") {
  CHECK(define("Q") == "ok");
  CHECK(last.empty());
  CHECK(answer.body == R"({"id":"Q","version":1})");
  CHECK(define("Q", R"(,"open":true,"tokens":true)") == "ok");
  CHECK(answer.body == R"({"id":"Q","version":2})");
  CHECK(newest().version == 2);
  CHECK(define("Q") == "ok");
  CHECK(answer.body == R"({"id":"Q","version":3})");
}

TEST_CASE_METHOD(Fixture, "who has answered a question stays so in every version of the quiz") {
  REQUIRE(submit("ada", "Q", "b", 0) == "ok");
  const auto only = [&](std::string_view id) {
    return send(
        R"({"type":"define-quiz","quizId":"Q","name":"Quiz","open":true,"questions":[{"id":")" +
        std::string(id) + R"(","text":"?","options":["1","2"],"answerIndex":0}]})");
  };
  REQUIRE(only("z") == "ok");
  CHECK(submit("ada", "Q", "b", 0) == "question not found");
  CHECK(submit("ada", "Q", "z", 0) == "ok");
  REQUIRE(only("b") == "ok");
  CHECK(submit("ada", "Q", "b", 0) == "User already answered");
  CHECK(submit("bob", "Q", "b", 0) == "ok");
  CHECK(audit(log).empty());
}

TEST_CASE_METHOD(Fixture, "a user defined again keeps the token and may get another name") {
  CHECK(define_user("ada", "Ada") == "ok");
  CHECK(last.empty());
  CHECK(answer.body == R"({"id":"ada","username":"Ada","token":")" + ada + "\"}");
  CHECK(define_user("ada", "Ada L.") == "ok");
  CHECK(answer.body == R"({"id":"ada","username":"Ada L.","token":")" + ada + "\"}");
  CHECK(newest().name == "Ada L.");
  CHECK(define_user("ada", "Ada L.") == "ok");
  CHECK(last.empty());
  CHECK(state.users().size() == 2);
}

TEST_CASE("the settings' limits are told and let what is there be changed") {
  Policy policy;
  policy.quizzes_max = 1;
  policy.users_max = 1;
  policy.questions_max = 3;
  World world(policy);
  REQUIRE(world.define("Q") == "ok");
  CHECK(world.define("R") == "too many quizzes");
  CHECK(world.refusal.code == Errc::unavailable);
  CHECK(world.define("Q", "") == "ok");
  REQUIRE(world.define_user("ada") == "ok");
  CHECK(world.define_user("bob") == "too many users");
  CHECK(world.define_user("ada", "Bea") == "ok");
  Policy fewer = policy;
  fewer.questions_max = 2;
  World small(fewer);
  CHECK(small.define("Q") == "questions: too_many");
}

TEST_CASE("a quiz cannot have had questions without end") {
  Policy policy;
  policy.questions_max = questions_limit;
  World world(policy);
  const auto define = [&](std::size_t version) {
    std::string line = R"({"type":"define-quiz","quizId":"Q","name":"Quiz","questions":[)";
    for (std::size_t i = 0; i < questions_limit; ++i)
      line += std::string(i == 0 ? "" : ",") + R"({"id":"v)" + std::to_string(version) + "-" +
              std::to_string(i) + R"(","text":"?","options":["1","2"],"answerIndex":0})";
    return world.send(line + "]}");
  };
  for (std::size_t version = 0; version < question_ids_max / questions_limit; ++version)
    REQUIRE(define(version) == "ok");
  CHECK(define(99) == "the versions of this quiz have had too many question ids");
  CHECK(define(0) == "ok");
}

}  // namespace
}  // namespace daybook::quiz
