#include "domains/quiz/quiz_book.h"

#include <algorithm>
#include <utility>

namespace daybook::quiz {
namespace {
constexpr std::size_t node_bytes = 48;  // of a map, besides key and value
}  // namespace

std::size_t KnownQuiz::ids_with(const Quiz& next) const {
  const auto is_new = [this](const Question& question) { return !by_id_.contains(question.id); };
  return by_id_.size() + static_cast<std::size_t>(std::ranges::count_if(next.questions, is_new));
}

std::uint32_t KnownQuiz::slot_of(std::string_view question_id) {
  const auto known = by_id_.find(question_id);
  if (known != by_id_.end()) return known->second;
  const auto slot = static_cast<std::uint32_t>(answered_.size());
  by_id_.emplace(question_id, slot);
  answered_.emplace_back();
  return slot;
}

void KnownQuiz::define(QuizPtr quiz) {
  quiz_ = std::move(quiz);
  slots_.clear();
  for (const Question& question : quiz_->questions) slots_.push_back(slot_of(question.id));
  measure();
}

void KnownQuiz::mark_answered(std::string_view question_id, std::uint32_t user) {
  const auto known = by_id_.find(question_id);
  if (known == by_id_.end()) return;
  Marks& marks = answered_[known->second];
  bytes_ -= marks.memory_bytes();
  marks.add(user);
  bytes_ += marks.memory_bytes();
}

void KnownQuiz::measure() {
  bytes_ = quiz::memory_bytes(*quiz_) + answered_.capacity() * sizeof(Marks) +
           slots_.capacity() * sizeof(std::uint32_t);
  for (const auto& [id, slot] : by_id_) bytes_ += node_bytes + sizeof(std::string) + id.capacity();
  for (const Marks& marks : answered_) bytes_ += marks.memory_bytes();
}

const KnownQuiz* QuizBook::find(std::string_view id) const {
  const auto at = quizzes_.find(id);
  return at == quizzes_.end() ? nullptr : &at->second;
}

void QuizBook::define(std::string_view id, std::uint32_t version, std::string_view definition) {
  QuizPtr quiz = compile_quiz(id, version, definition);
  if (quiz == nullptr) return;
  auto at = quizzes_.find(id);
  if (at == quizzes_.end()) {
    at = quizzes_.try_emplace(std::string(id)).first;
    bytes_ += node_bytes + sizeof(*at) + at->first.capacity();
  }
  bytes_ -= at->second.memory_bytes();
  at->second.define(std::move(quiz));
  bytes_ += at->second.memory_bytes();
}

void QuizBook::mark_answered(std::string_view id, std::string_view question_id,
                             std::uint32_t user) {
  const auto at = quizzes_.find(id);
  if (at == quizzes_.end()) return;
  bytes_ -= at->second.memory_bytes();
  at->second.mark_answered(question_id, user);
  bytes_ += at->second.memory_bytes();
}

// quizzes = count { id version definition ids }   ids = count { question_id marks }, by slot
void QuizBook::save(ByteWriter& out) const {
  out.u32(static_cast<std::uint32_t>(quizzes_.size()));
  for (const auto& [id, entry] : quizzes_) {
    out.bytes(id);
    entry.save(out);
  }
}

void KnownQuiz::save(ByteWriter& out) const {
  out.u32(quiz_->version);
  out.bytes(definition_text(*quiz_));
  std::vector<std::string_view> ids(answered_.size());
  for (const auto& [id, slot] : by_id_) ids[slot] = id;
  out.u32(static_cast<std::uint32_t>(ids.size()));
  for (std::size_t slot = 0; slot < ids.size(); ++slot) {
    out.bytes(ids[slot]);
    answered_[slot].save(out);
  }
}

Result<void> QuizBook::load(ByteReader& in, std::uint32_t users) {
  const Error damaged{Errc::corrupt, "quiz snapshot: the quizzes are damaged"};
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view id = in.bytes();
    const std::uint32_t version = in.u32();
    const std::string_view definition = in.bytes();
    if (!in.ok() || id.empty() || version == 0 || quizzes_.contains(id)) return damaged;
    define(id, version, definition);
    const auto at = quizzes_.find(id);
    if (at == quizzes_.end()) return damaged;
    bytes_ -= at->second.memory_bytes();
    if (!at->second.load(in, users)) return damaged;
    bytes_ += at->second.memory_bytes();
  }
  if (!in.ok()) return damaged;
  return {};
}

// Its version and definition are read already. Ids of former versions get the slots they had.
bool KnownQuiz::load(ByteReader& in, std::uint32_t users) {
  by_id_.clear();
  answered_.clear();
  const std::uint32_t count = in.u32();
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    const std::string_view id = in.bytes();
    if (!in.ok() || !is_id(id) || slot_of(id) != slot || !answered_[slot].load(in, users))
      return false;
  }
  if (!std::ranges::all_of(quiz_->questions,
                           [this](const Question& q) { return by_id_.contains(q.id); }))
    return false;
  define(quiz_);
  return in.ok();
}

}  // namespace daybook::quiz
