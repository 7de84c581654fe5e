// Who answers what next, so that no answer comes twice.
//
// Thread: one owner.
#pragma once

#include "base/random.h"
#include "load/live_quiz.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace daybook::load {

constexpr std::uint32_t driven_users = 10;  // as many as a leaderboard has rows

// The first ten users in turns: every answer changes the leaderboard.
class DrivenAnswers {
 public:
  explicit DrivenAnswers(const LiveQuiz& quiz) : quiz_(quiz) {}
  std::optional<LiveAnswer> next();  // nullopt: all questions are answered

 private:
  LiveQuiz quiz_;
  std::uint64_t made_ = 0;
};

// All other users, drawn at random, each with the next question it has not answered.
class DrawnAnswers {
 public:
  DrawnAnswers(const LiveQuiz& quiz, std::uint64_t seed);
  std::optional<LiveAnswer> next();  // nullopt: all questions are answered

 private:
  struct User {
    std::uint32_t number = 0;
    std::uint32_t answered = 0;
  };
  std::uint32_t questions_;
  std::vector<User> users_;  // who has a question left
  Rng random_;
};

}  // namespace daybook::load
