// QuizBook: every quiz as it is defined now, and which users have answered which question of it.
// A question is known by its id, in all versions of its quiz: who has answered it stays so when the
// quiz changes.
// Thread: the sequencer's.
#pragma once

#include "domains/quiz/definition.h"
#include "domains/quiz/marks.h"

#include <daybook/bytes.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::quiz {

// Ids that the questions of one quiz may have had in all its versions.
constexpr std::size_t question_ids_max = 10 * questions_limit;
constexpr std::uint32_t versions_max = 100'000;  // of one quiz

class KnownQuiz {
 public:
  [[nodiscard]] const QuizPtr& quiz() const { return quiz_; }
  // How many question ids there would be after this definition.
  [[nodiscard]] std::size_t ids_with(const Quiz& next) const;
  // REQUIRES: a place of a question of quiz()
  [[nodiscard]] bool has_answered(std::uint32_t question, std::uint32_t user) const {
    return answered_[slots_[question]].has(user);
  }

  void define(QuizPtr quiz);
  // Nothing when the quiz never had the question.
  void mark_answered(std::string_view question_id, std::uint32_t user);

  [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }
  void save(ByteWriter& out) const;
  // False: damaged. REQUIRES: empty
  [[nodiscard]] bool load(ByteReader& in, std::uint32_t users);

 private:
  std::uint32_t slot_of(std::string_view question_id);
  void measure();

  QuizPtr quiz_;  // not null once defined
  std::map<std::string, std::uint32_t, std::less<>> by_id_;
  std::vector<Marks> answered_;       // by slot
  std::vector<std::uint32_t> slots_;  // by place in quiz_
  std::size_t bytes_ = 0;
};

class QuizBook {
 public:
  // nullptr: not defined
  [[nodiscard]] const KnownQuiz* find(std::string_view id) const;
  [[nodiscard]] std::size_t size() const { return quizzes_.size(); }

  // A definition that cannot be read changes nothing.
  void define(std::string_view id, std::uint32_t version, std::string_view definition);
  // Nothing when there is no such quiz or question.
  void mark_answered(std::string_view id, std::string_view question_id, std::uint32_t user);

  [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }
  void save(ByteWriter& out) const;
  // REQUIRES: empty; `users`: how many there are
  Result<void> load(ByteReader& in, std::uint32_t users);

 private:
  std::map<std::string, KnownQuiz, std::less<>> quizzes_;
  std::size_t bytes_ = 0;
};

}  // namespace daybook::quiz
