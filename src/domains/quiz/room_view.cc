#include "domains/quiz/room_view.h"

#include "domains/quiz/hash.h"
#include "domains/quiz/room_options.h"

#include <algorithm>

namespace daybook::quiz {
namespace {

// A cell, from its lowest bit: reason + 1 (so that no answer's is 0), option, points, microseconds
// from the question's start, plus time_zero: an answer may have been on its way before the start.
constexpr unsigned reason_bits = 2;
constexpr unsigned option_bits = 4;
constexpr unsigned points_bits = 14;
constexpr unsigned option_shift = reason_bits;
constexpr unsigned points_shift = option_shift + option_bits;
constexpr unsigned time_shift = points_shift + points_bits;
constexpr unsigned time_bits = 64 - time_shift;
constexpr std::int64_t time_zero = std::int64_t{1} << (time_bits - 1);  // 100 days
static_assert(points_max < 1U << points_bits && options_max <= 1U << option_bits);

constexpr std::uint64_t mask_of(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

std::uint64_t pack(const Event& event, UnixUs started) {
  const auto clamp = [](std::int64_t value, unsigned bits) {
    return static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(value, 0, static_cast<std::int64_t>(mask_of(bits))));
  };
  return (static_cast<std::uint64_t>(event.reason) + 1) |
         clamp(event.option, option_bits) << option_shift |
         clamp(event.points, points_bits) << points_shift |
         clamp(event.received.value - started.value + time_zero, time_bits) << time_shift;
}

GivenAnswer unpack(std::uint64_t cell, UnixUs started) {
  GivenAnswer answer;
  answer.reason = static_cast<Reason>((cell & mask_of(reason_bits)) - 1);
  answer.option = static_cast<std::uint32_t>(cell >> option_shift & mask_of(option_bits));
  answer.points = static_cast<std::uint32_t>(cell >> points_shift & mask_of(points_bits));
  answer.received = {started.value + static_cast<std::int64_t>(cell >> time_shift) - time_zero};
  return answer;
}

}  // namespace

bool RoomView::is_cell(std::uint64_t cell) {
  return cell == 0 || (cell & mask_of(reason_bits)) != 0;
}

RoomView::RoomView(const Event& opened, Position position, QuizPtr quiz)
    : id_(opened.room),
      host_token_(opened.token),
      pin_(opened.pin),
      seconds_(compile_options(opened.options).question_seconds),
      quiz_(std::move(quiz)),
      opened_(position),
      opened_at_(opened.at),
      room_revision_(position.value),
      board_revision_(position.value) {}

RoomChange RoomView::apply(const Event& event, Position position) noexcept {
  RoomChange change;
  switch (event.kind) {
    case Kind::player_joined:
      join(event);
      change.board = true;
      break;
    case Kind::player_kicked:
      if (kick(event)) change.kicked = event.player;
      change.board = true;
      break;
    case Kind::question_started:
      start(event);
      change.room = change.board = true;
      break;
    case Kind::question_paused:
      phase_ = Phase::paused;
      remaining_us_ = event.remaining_us;
      change.room = true;
      break;
    case Kind::question_resumed:
      phase_ = Phase::question;
      closes_ = event.closes;
      change.room = true;
      break;
    case Kind::room_answered:
      answer(event);
      change.board = true;
      break;
    case Kind::question_closed:
      settle();
      if (question_) {
        runs_[*question_].closed = event.at;
        runs_[*question_].ender = event.ender;
      }
      phase_ = Phase::closed;
      change.room = change.board = true;
      break;
    case Kind::room_finished:
      settle();
      phase_ = Phase::finished;
      finished_ = position;
      finished_at_ = event.at;
      change.room = change.board = true;
      break;
    default:
      return change;
  }
  if (change.room) room_revision_ = position.value;
  if (change.board) board_revision_ = position.value;
  return change;
}

void RoomView::join(const Event& event) {
  seats_.push_back({std::string(event.name), event.token, false});
  const auto player = static_cast<std::uint32_t>(seats_.size());
  nickname_bytes_ += event.name.size();
  index_token(player);
  ranking_.set(player, {.reached = {}, .score = 0, .order = player});
}

bool RoomView::kick(const Event& event) {
  if (event.player == 0 || event.player >= players_end()) return false;
  Seat& seat = seats_[event.player - 1];
  if (seat.is_kicked) return false;
  seat.is_kicked = true;
  for (std::uint32_t question = 0; question < runs_.size(); ++question)
    if (has_answered(event.player, question)) --runs_[question].answers;
  ranking_.remove(event.player);
  return true;
}

void RoomView::start(const Event& event) {
  if (event.question_index >= quiz_->questions.size()) return;
  settle();
  question_ = event.question_index;
  if (runs_.size() <= event.question_index) runs_.resize(std::size_t{event.question_index} + 1);
  runs_[event.question_index] = {};
  runs_[event.question_index].started = event.at;
  closes_ = event.closes;
  phase_ = Phase::question;
}

void RoomView::answer(const Event& event) {
  if (event.player == 0 || event.player >= players_end()) return;
  if (run(event.question_index) == nullptr) return;
  QuestionRun& run = runs_[event.question_index];
  if (run.cells.size() < event.player) run.cells.resize(event.player);
  std::uint64_t& cell = run.cells[event.player - 1];
  if (cell != 0) return;
  cell = pack(event, run.started);
  if (!seats_[event.player - 1].is_kicked) ++run.answers;
  if (!run.is_settled) {
    arrivals_.push_back(event.player);
  } else if (const auto change = credit(event.player, cell, run.started)) {
    ranking_.set(change->member, change->standing);
  }
}

std::optional<Ranking::Change> RoomView::credit(std::uint32_t player, std::uint64_t cell,
                                                UnixUs started) {
  const GivenAnswer given = unpack(cell, started);
  if (given.points == 0 || !ranking_.contains(player)) return std::nullopt;
  Standing standing = ranking_.standing(player);
  standing.score += given.points;
  standing.reached = given.received;
  standing.order = ++credited_;
  return Ranking::Change{player, standing};
}

// The answers to the newest question, held back until now, go into the scores.
void RoomView::settle() {
  if (!question_ || runs_[*question_].is_settled) return;
  QuestionRun& run = runs_[*question_];
  run.is_settled = true;
  std::vector<Ranking::Change> changes;
  for (const std::uint32_t player : arrivals_)
    if (const auto change = credit(player, run.cells[player - 1], run.started))
      changes.push_back(*change);
  ranking_.set_all(changes);
  arrivals_ = {};
}

const QuestionRun* RoomView::run(std::uint32_t question) const {
  if (question >= runs_.size() || runs_[question].started == UnixUs{}) return nullptr;
  return &runs_[question];
}

std::uint32_t RoomView::seconds_of(std::uint32_t question) const {
  if (seconds_ > 0 || question >= quiz_->questions.size()) return seconds_;
  return quiz_->questions[question].seconds;
}

std::uint32_t RoomView::answers() const { return question_ ? runs_[*question_].answers : 0; }

bool RoomView::has_answered(std::uint32_t player, std::uint32_t question) const {
  return question < runs_.size() && player > 0 && player <= runs_[question].cells.size() &&
         runs_[question].cells[player - 1] != 0;
}

std::optional<GivenAnswer> RoomView::result_of(std::uint32_t player, std::uint32_t question) const {
  if (!has_answered(player, question) || !runs_[question].is_settled) return std::nullopt;
  return unpack(runs_[question].cells[player - 1], runs_[question].started);
}

std::optional<std::uint32_t> RoomView::last_settled() const {
  if (!question_) return std::nullopt;
  for (std::uint32_t question = *question_ + 1; question-- > 0;)
    if (runs_[question].is_settled) return question;
  return std::nullopt;
}

std::uint64_t RoomView::points_of(std::uint32_t player) const {
  std::uint64_t sum = 0;
  for (std::uint32_t question = 0; question < runs_.size(); ++question)
    if (const auto given = result_of(player, question)) sum += given->points;
  return sum;
}

void RoomView::index_token(std::uint32_t player) {
  by_token_.insert(seed_of(seat(player).token), player);
}

// Only a few of a token's bits may show in the time the search takes; the rest is compared in
// constant time.
std::uint32_t RoomView::find_player(const Id128& token) const {
  const std::uint32_t found = by_token_.find(seed_of(token), [&](std::uint32_t player) {
    return is_same_token(seat(player).token, token);
  });
  return found == none ? 0 : found;
}

std::size_t RoomView::memory_bytes() const {
  std::size_t bytes = sizeof(RoomView) + seats_.capacity() * sizeof(Seat) + nickname_bytes_ +
                      by_token_.memory_bytes() + arrivals_.capacity() * sizeof(std::uint32_t) +
                      ranking_.memory_bytes() + runs_.capacity() * sizeof(QuestionRun);
  for (const QuestionRun& run : runs_) bytes += run.cells.capacity() * sizeof(run.cells[0]);
  return bytes;
}

}  // namespace daybook::quiz
