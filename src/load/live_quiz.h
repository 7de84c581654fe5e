// The quiz of a live load: what must be there before it, and what its clients say. All questions
// have the right answer 0; ids are as long as the reference's, so that broadcasts are as long too.
//
// Thread: any; pure.
#pragma once

#include "load/definition_source.h"

#include <cstdint>
#include <string>
#include <vector>

namespace daybook::load {

constexpr std::uint32_t live_users_max = 1'000'000;
constexpr std::uint32_t live_questions_max = 200;

struct LiveQuiz {
  std::string id = "bench-quiz-0000000001";
  std::uint32_t users = 10'000;
  std::uint32_t questions = 100;
};

struct LiveAnswer {
  std::uint32_t user = 0;
  std::uint32_t question = 0;
};

// The quiz and its users, a PUT each; number 0 is the quiz, open to be answered.
Definitions live_definitions(const LiveQuiz& quiz, const std::string& host,
                             const std::string& admin_key);
// The payload of `submit-answer`: the right one.
std::string answer_json(const LiveQuiz& quiz, const LiveAnswer& answer);

}  // namespace daybook::load
