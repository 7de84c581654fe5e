#include "cli/demo_quiz.h"

#include <daybook/json.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::cli {
namespace {

struct DemoQuestion {
  std::string_view id;
  std::string_view text;
  std::array<std::string_view, 4> options;
  std::uint64_t answer;
};

struct DemoQuiz {
  std::string_view id;
  std::string_view name;
  std::vector<DemoQuestion> questions;
};

std::vector<DemoQuiz> demo_quizzes() {
  return {{"5auOzRcxikM2ebToYIPGx",
           "Quiz 1",
           {{"QTDi2_bniYD7Ugk0Qc2Lh",
             "What is the capital of France?",
             {"Paris", "Berlin", "Madrid", "Rome"},
             0},
            {"InBSs3HrRjh-mDzPwQ8LS",
             "Which planet is known as the Red Planet?",
             {"Earth", "Mars", "Jupiter", "Venus"},
             1}}},
          {"aFrF5jNiu8nv2BbdigYZt",
           "Quiz 2",
           {{"lfYL3s-3slK7Y0ilWlPQt",
             "Which element has the chemical symbol O?",
             {"Oxygen", "Gold", "Hydrogen", "Nitrogen"},
             0},
            {"YeaoD4_JqGB9XZhzrbsAz",
             "Who wrote 'Romeo and Juliet'?",
             {"William Shakespeare", "Mark Twain", "Charles Dickens", "Leo Tolstoy"},
             0},
            {"_tOTgZBbB3VRCnpSozRBj",
             "What is the largest mammal?",
             {"Elephant", "Blue Whale", "Giraffe", "Hippopotamus"},
             1}}}};
}

struct DemoUser {
  const char* name;
  const char* id;
};
constexpr std::array<DemoUser, 10> users{{{"Oliver", "1JlHDzkFnFi4KXyhbkppl"},
                                          {"Emma", "7bZ8jGFnr8LHZjdTxyql"},
                                          {"Liam", "2tPtDhQ5HnrTxy9XGpKr"},
                                          {"Olivia", "wJSkRjaxuUSvvUYSSoF0j"},
                                          {"Noah", "8kPtlDAVaS3dBzwqHVVX3"},
                                          {"Ava", "63HcCF78Y97o-UjYp7RNm"},
                                          {"Elijah", "xNyHaYV9NOd8r0q8C_mSi"},
                                          {"Sophia", "WMFGdfEv7o9-NMhH-jfNh"},
                                          {"Lucas", "zgBfezXDBvvMLIwko8IOA"},
                                          {"Mia", "5DyH2nDbwFLCPJAXVhdrE"}}};

std::string definition_of(const DemoQuiz& quiz) {
  std::string body;
  json::Writer out(body);
  out.begin_object().member("name", quiz.name).member("open", true);
  out.key("questions").begin_array();
  for (const DemoQuestion& question : quiz.questions) {
    out.begin_object().member("id", question.id).member("text", question.text);
    out.key("options").begin_array();
    for (const std::string_view option : question.options) out.string(option);
    out.end_array().member("answerIndex", question.answer).end_object();
  }
  out.end_array().end_object();
  return body;
}

}  // namespace

void add_quizzes(std::vector<DemoRequest>& requests) {
  for (const DemoQuiz& quiz : demo_quizzes())
    requests.push_back({"quiz", "/quizzes/{id}", {std::string(quiz.id)}, definition_of(quiz)});
  for (const DemoUser& user : users) {
    std::string body;
    json::Writer(body).begin_object().member("username", user.name).end_object();
    requests.push_back({"quiz", "/users/{id}", {user.id}, std::move(body)});
  }
}

}  // namespace daybook::cli
