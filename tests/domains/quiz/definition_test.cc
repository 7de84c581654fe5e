// Definitions of quizzes and options of rooms: what is read, what is refused, and their one text.
#include "domains/quiz/definition.h"
#include "domains/quiz/nickname.h"
#include "domains/quiz/room_options.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <string>

namespace daybook::quiz {
namespace {

std::string errors_of(const json::Fields& fields) {
  const auto error = fields.error();
  std::string text;
  if (error)
    for (const FieldError& field : error->fields)
      text += (text.empty() ? "" : ", ") + field.field + ": " + field.code;
  return text;
}

// The canonical text, or "<field>: <code>, ...".
std::string read(std::string_view json_text) {
  json::Parser parser;
  const auto value = parser.parse(json_text, false);
  REQUIRE(value.ok());
  json::Fields fields(*value);
  const Quiz quiz = read_definition(fields);
  return fields.error() ? errors_of(fields) : definition_text(quiz);
}

std::string options(std::string_view json_text) {
  json::Parser parser;
  const auto value = parser.parse(json_text, false);
  REQUIRE(value.ok());
  json::Fields fields(*value);
  const RoomOptions read = read_options(fields);
  return fields.error() ? errors_of(fields) : options_text(read);
}

std::string with_questions(std::string_view questions) {
  return R"({"name":"Q","questions":[)" + std::string(questions) + "]}";
}

TEST_CASE("a definition has one text, whatever was left out or how it was written") {
  const std::string text =
      R"({"name":"Q","open":false,"tokens":false,"questions":[{"id":"q1","text":"A?","options":)"
      R"(["x","y"],"answerIndex":1,"seconds":20,"points":1000}]})";
  CHECK(read(R"({"name":"Q","questions":[{"text":"A?","options":["x","y"],"answerIndex":1}]})") ==
        text);
  CHECK(read(R"({"questions":[{"points":1e3,"answerIndex":"1", "options":["x","\u0079"],)"
             R"("id":"q1","text":"A?"}], "tokens":false, "name":"Q"})") == text);
  CHECK(read(text) == text);
  const QuizPtr quiz = compile_quiz("one", 3, text);
  REQUIRE(quiz != nullptr);
  CHECK(definition_text(*quiz) == text);
  CHECK(quiz->id == "one");
  CHECK(quiz->version == 3);
  CHECK(quiz->find("q1") == std::optional<std::uint32_t>(0));
  CHECK_FALSE(quiz->find("q2").has_value());
  CHECK(memory_bytes(*quiz) > text.size() / 2);
}

TEST_CASE("questions are found by their ids") {
  std::string questions;
  for (int i = 0; i < 300; ++i)
    questions += std::string(i == 0 ? "" : ",") + R"({"id":"n)" + std::to_string(i * 7 % 300) +
                 R"(","text":"?","options":["x","y"],"answerIndex":0})";
  const QuizPtr quiz = compile_quiz("one", 1, read(with_questions(questions)));
  REQUIRE(quiz != nullptr);
  for (std::uint32_t i = 0; i < 300; ++i) CHECK(quiz->find(quiz->questions[i].id) == i);
  for (const char* id : {"", "n", "n300", "a", "z"}) CHECK_FALSE(quiz->find(id).has_value());
}

TEST_CASE("every broken rule of a definition is told with its place") {
  struct Row {
    std::string definition;
    const char* errors;
  };
  const std::string good = R"({"text":"A?","options":["x","y"],"answerIndex":0})";
  for (const Row& row : {
           Row{"{}", "name: missing, questions: missing"},
           Row{R"({"name":"","questions":[]})", "name: empty, questions: empty"},
           Row{R"({"name":"Q","open":1,"tokens":"yes","questions":{}})",
               "open: type, tokens: type, questions: type"},
           Row{with_questions("7"), "questions[0]: type"},
           Row{with_questions(good + R"(,{"options":["x"]})"),
               "questions[1].text: missing, questions[1].options: count, "
               "questions[1].answerIndex: missing"},
           Row{with_questions(R"({"text":"A?","options":["x","y"],"answerIndex":2})"),
               "questions[0].answerIndex: range"},
           Row{with_questions(R"({"text":"A?","options":["x",7,""],"answerIndex":2})"),
               "questions[0].options[1]: type, questions[0].options[2]: empty"},
           Row{with_questions(R"({"text":"A?","options":["1","2","3","4","5","6","7","8","9"],)"
                              R"("answerIndex":7})"),
               "questions[0].options: count"},
           Row{with_questions(R"({"id":"a b","text":"A?","options":["x","y"],"answerIndex":0,)"
                              R"("seconds":0,"points":10001})"),
               "questions[0].id: not_an_id, questions[0].seconds: range, questions[0].points: "
               "range"},
           Row{with_questions(R"({"text":"A?","options":["x","y"],"answerIndex":0,"second":5})"),
               "questions[0].second: unknown_member"},
           Row{with_questions(R"({"id":"q2","text":"A?","options":["x","y"],"answerIndex":0},)" +
                              good),
               "questions[1].id: twice"},
       }) {
    INFO(row.definition);
    CHECK(read(row.definition) == row.errors);
  }
  std::string many = good;
  for (std::size_t i = 0; i < questions_limit; ++i) many += "," + good;
  CHECK(read(with_questions(many)) == "questions: too_many");
}

TEST_CASE("a text that is no definition compiles to nothing") {
  for (const char* text : {"", "7", "{", "{}", R"({"name":"Q","questions":[]})"})
    CHECK(compile_quiz("one", 1, text) == nullptr);
}

TEST_CASE(
    "a right answer is worth all points at once, half of them at the end, in between by time") {
  constexpr std::int64_t whole = 20'000'000;
  CHECK(points_of(1000, 0, whole) == 1000);
  CHECK(points_of(1000, whole, whole) == 500);
  CHECK(points_of(1000, whole / 2, whole) == 750);
  CHECK(points_of(1000, 2'000'000, whole) == 950);
  CHECK(points_of(1000, 2'000'000, 30'000'000) == 967);
  CHECK(points_of(1, whole, whole) == 1);  // a half is rounded up
  CHECK(points_of(0, 0, whole) == 0);
  CHECK(points_of(points_max, 1, 600'000'000) == 10'000);
  CHECK(points_of(1000, -5, whole) == 1000);
  CHECK(points_of(1000, whole * 9, whole) == 500);
  CHECK(points_of(1000, 5, 0) == 1000);
}

TEST_CASE("options of a room have one text, and every broken rule is told") {
  CHECK(options("{}") == R"({"closeWhenAnswered":true,"nicknameWords":[]})");
  const std::string all = R"({"questionSeconds":30,"closeWhenAnswered":false,"playersMax":50,)"
                          R"("nicknameWords":["Darn"]})";
  CHECK(options(all) == all);
  const RoomOptions compiled = compile_options(all);
  CHECK(options_text(compiled) == all);
  CHECK(compiled.word_keys == std::vector<std::string>{"darn"});
  CHECK(options_text(compile_options("?")) == options("{}"));
  CHECK(options(R"({"questionSeconds":0,"closeWhenAnswered":"no","playersMax":0})") ==
        "questionSeconds: range, closeWhenAnswered: type, playersMax: range");
  CHECK(options(R"({"nicknameWords":"x"})") == "nicknameWords: type");
  CHECK(options(R"({"nicknameWords":[7,"","\ufe0f"]})") ==
        "nicknameWords[0]: type, nicknameWords[1]: empty, nicknameWords[2]: empty");
  std::string many = R"({"nicknameWords":["x")";
  for (std::size_t i = 0; i < nickname_words_max; ++i) many += R"(,"x")";
  CHECK(options(many + "]}") == "nicknameWords: too_many");
}

TEST_CASE("a room's own seconds go before those of its questions") {
  const QuizPtr quiz = compile_quiz(
      "one", 1,
      read(with_questions(R"({"text":"?","options":["x","y"],"answerIndex":0,"seconds":7})")));
  CHECK(question_us(*quiz, {}, 0) == 7'000'000);
  RoomOptions options;
  options.question_seconds = 30;
  CHECK(question_us(*quiz, options, 0) == 30'000'000);
}

}  // namespace
}  // namespace daybook::quiz
