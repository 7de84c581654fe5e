#include "load/live_quiz.h"

#include <daybook/json.h>

#include <array>
#include <cstdio>

namespace daybook::load {
namespace {

std::string numbered(const char* format, std::uint64_t number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<unsigned long long>(number));
  return text.data();
}

// 21 characters, as nanoid makes them.
std::string user_id(std::uint64_t number) { return numbered("bench-user-%010llu", number); }
std::string question_id(std::uint64_t number) { return numbered("bench-question-%06llu", number); }

std::string quiz_json(const LiveQuiz& quiz) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("name", "Bench").member("open", true).key("questions").begin_array();
  for (std::uint32_t i = 0; i < quiz.questions; ++i) {
    w.begin_object().member("id", question_id(i)).member("text", "Which is the first?");
    w.key("options").begin_array();
    for (const char* option : {"this", "that", "the other", "none"}) w.string(option);
    w.end_array().member("answerIndex", std::int64_t{0}).end_object();
  }
  w.end_array().end_object();
  return out;
}

Definition user_definition(std::uint64_t number) {
  return {"/users/" + user_id(number),
          "{\"username\":\"" + numbered("Player %06llu", number) + "\"}"};
}

}  // namespace

Definitions live_definitions(const LiveQuiz& quiz, const std::string& host,
                             const std::string& admin_key) {
  Definitions all{host, admin_key, std::uint64_t{1} + quiz.users, {}};
  all.make = [quiz](std::uint64_t number) {
    return number == 0 ? Definition{"/quizzes/" + quiz.id, quiz_json(quiz)}
                       : user_definition(number - 1);
  };
  return all;
}

std::string answer_json(const LiveQuiz& quiz, const LiveAnswer& answer) {
  return "{\"userId\":\"" + user_id(answer.user) + "\",\"quizId\":\"" + quiz.id +
         "\",\"questionId\":\"" + question_id(answer.question) + "\",\"answerIndex\":0}";
}

}  // namespace daybook::load
