#include "load/answer_order.h"

#include <algorithm>

namespace daybook::load {

std::optional<LiveAnswer> DrivenAnswers::next() {
  const std::uint32_t users = std::min(driven_users, quiz_.users);
  const std::uint64_t question = made_ / users;
  if (question >= quiz_.questions) return std::nullopt;
  return LiveAnswer{static_cast<std::uint32_t>(made_++ % users),
                    static_cast<std::uint32_t>(question)};
}

DrawnAnswers::DrawnAnswers(const LiveQuiz& quiz, std::uint64_t seed)
    : questions_(quiz.questions), random_(seed) {
  for (std::uint32_t user = driven_users; user < quiz.users; ++user) users_.push_back({user, 0});
}

std::optional<LiveAnswer> DrawnAnswers::next() {
  if (users_.empty()) return std::nullopt;
  const std::size_t drawn = random_.below(users_.size());
  User& user = users_[drawn];
  const LiveAnswer answer{user.number, user.answered++};
  if (user.answered == questions_) {
    user = users_.back();
    users_.pop_back();
  }
  return answer;
}

}  // namespace daybook::load
