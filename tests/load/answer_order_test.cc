#include "load/answer_order.h"

#include <daybook/json.h>

#include "load/live_quiz.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <utility>

using namespace daybook;
using namespace daybook::load;

namespace {

template <class Order>
std::set<std::pair<std::uint32_t, std::uint32_t>> all_of(Order order, std::size_t& made) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  made = 0;
  while (const auto answer = order.next()) {
    pairs.emplace(answer->user, answer->question);
    ++made;
  }
  return pairs;
}

}  // namespace

TEST_CASE("driver and answerers give every answer once, each those of their own users") {
  const LiveQuiz quiz{"q", 37, 5};
  std::size_t driven = 0, drawn = 0;
  auto pairs = all_of(DrivenAnswers(quiz), driven);
  CHECK(driven == 10 * 5);
  pairs.merge(all_of(DrawnAnswers(quiz, 7), drawn));
  CHECK(drawn == 27 * 5);
  CHECK(pairs.size() == 37 * 5);
}

TEST_CASE("the driver's answers change one of ten rows each") {
  DrivenAnswers order({"q", 100, 3});
  for (std::uint32_t i = 0; i < 30; ++i) {
    const auto answer = order.next();
    REQUIRE(answer);
    CHECK(answer->user == i % 10);
    CHECK(answer->question == i / 10);
  }
  CHECK_FALSE(order.next());
}

TEST_CASE("the quiz and its users are definitions as the server takes them") {
  const LiveQuiz quiz{"bench", 3, 2};
  const Definitions all = live_definitions(quiz, "h", "key");
  REQUIRE(all.count == 4);
  json::Parser parser;
  CHECK(all.make(0).path == "/quizzes/bench");
  const std::string body = all.make(0).body;
  const auto value = parser.parse(body, false);
  REQUIRE(value.ok());
  std::set<std::string> questions;
  value->find("questions")->each_element([&](json::Value question) {
    questions.emplace(question.find("id")->string());
    CHECK(question.find("answerIndex")->as_int64() == 0);
  });
  CHECK(questions.size() == 2);
  CHECK(all.make(3).path == "/users/bench-user-0000000002");
  const std::string payload = answer_json(quiz, {2, 1});
  const auto answer = parser.parse(payload, false);
  REQUIRE(answer.ok());
  CHECK(answer->find("userId")->string() == "bench-user-0000000002");
  CHECK(questions.contains(std::string(answer->find("questionId")->string())));
}
