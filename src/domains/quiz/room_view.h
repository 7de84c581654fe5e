// RoomView: one room as readers see it - its phase, its players and who stands where, and every
// answer in eight bytes. Made of the room's events alone, so that the view and an export that reads
// the log again show the same.
//
// Scores move only when a question closes: what is seen before says nothing of which answer is
// right. Thread: the owner's.
#pragma once

#include "domains/quiz/definition.h"
#include "domains/quiz/events.h"
#include "domains/quiz/number_table.h"
#include "domains/quiz/ranking.h"
#include "domains/quiz/texts.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::quiz {

// What became of one answer.
struct GivenAnswer {
  std::uint32_t option = 0;
  Reason reason = Reason::wrong;
  std::uint32_t points = 0;
  UnixUs received{};
};

struct Seat {
  std::string nickname;
  Id128 token{};
  bool is_kicked = false;
};

// One question of the room, from its start on.
struct QuestionRun {
  UnixUs started{};
  UnixUs closed{};  // zero: not yet
  Ender ender = Ender::host;
  bool is_settled = false;  // its answers are in the scores
  // Of players who are not kicked.
  std::uint32_t answers = 0;
  std::vector<std::uint64_t> cells;  // by player - 1; 0: no answer
};

// Which of the room's topics have another state.
struct RoomChange {
  bool room = false;
  bool board = false;
  std::uint32_t kicked = 0;  // a player's number; 0: none
};

class RoomView {
 public:
  // `opened`: room_opened. REQUIRES: quiz is not null
  RoomView(const Event& opened, Position position, QuizPtr quiz);

  // REQUIRES: an event of this room
  RoomChange apply(const Event& event, Position position) noexcept;

  [[nodiscard]] const Id128& id() const { return id_; }
  [[nodiscard]] std::uint32_t pin() const { return pin_; }
  [[nodiscard]] const Quiz& quiz() const { return *quiz_; }
  [[nodiscard]] const QuizPtr& quiz_ptr() const { return quiz_; }
  [[nodiscard]] const Id128& host_token() const { return host_token_; }
  [[nodiscard]] Position opened() const { return opened_; }
  [[nodiscard]] UnixUs opened_at() const { return opened_at_; }
  [[nodiscard]] Position finished() const { return finished_; }
  [[nodiscard]] UnixUs finished_at() const { return finished_at_; }

  [[nodiscard]] Phase phase() const { return phase_; }
  // The newest question that was started.
  [[nodiscard]] std::optional<std::uint32_t> question_index() const { return question_; }
  // Null: it was not started.
  [[nodiscard]] const QuestionRun* run(std::uint32_t question) const;
  [[nodiscard]] std::uint32_t seconds_of(std::uint32_t question) const;
  [[nodiscard]] UnixUs closes() const { return closes_; }
  [[nodiscard]] std::int64_t remaining_us() const { return remaining_us_; }
  // To the newest question.
  [[nodiscard]] std::uint32_t answers() const;

  // Players have numbers from 1; a kicked one keeps its number and has no rank.
  [[nodiscard]] std::uint32_t players_end() const {
    return static_cast<std::uint32_t>(seats_.size()) + 1;
  }
  [[nodiscard]] std::size_t players() const { return ranking_.size(); }
  // REQUIRES: 1 <= player < players_end()
  [[nodiscard]] const Seat& seat(std::uint32_t player) const { return seats_[player - 1]; }
  // 0: nobody's token. It may be that of a kicked player.
  [[nodiscard]] std::uint32_t find_player(const Id128& token) const;
  [[nodiscard]] const Ranking& ranking() const { return ranking_; }
  [[nodiscard]] bool has_answered(std::uint32_t player, std::uint32_t question) const;
  // nullopt: no answer, or the question's answers are not for showing yet.
  [[nodiscard]] std::optional<GivenAnswer> result_of(std::uint32_t player,
                                                     std::uint32_t question) const;
  // The newest question whose answers may be shown.
  [[nodiscard]] std::optional<std::uint32_t> last_settled() const;
  // What the player has by the answers that may be shown, kicked or not. O(questions)
  [[nodiscard]] std::uint64_t points_of(std::uint32_t player) const;

  // Where in the log the topic's state changed last.
  [[nodiscard]] std::uint64_t room_revision() const { return room_revision_; }
  [[nodiscard]] std::uint64_t board_revision() const { return board_revision_; }

  [[nodiscard]] std::size_t memory_bytes() const;
  // The quiz is the caller's to save.
  void save(ByteWriter& out) const;
  static std::optional<RoomView> load(ByteReader& in, QuizPtr quiz);

  // Whether the room's topics are in the view's list of changed ones.
  bool room_noted = false;
  bool board_noted = false;

 private:
  RoomView() = default;

  void join(const Event& event);
  bool kick(const Event& event);
  void start(const Event& event);
  void answer(const Event& event);
  void settle();
  // The answer's points into the standing; nullopt: it changes none.
  std::optional<Ranking::Change> credit(std::uint32_t player, std::uint64_t cell, UnixUs started);
  static bool is_cell(std::uint64_t cell);  // no answer, or one
  void index_token(std::uint32_t player);
  bool load_seats(ByteReader& in);
  bool load_runs(ByteReader& in);

  Id128 id_{};
  Id128 host_token_{};
  std::uint32_t pin_ = 0;
  std::uint32_t seconds_ = 0;  // of every question; 0: what each says itself
  QuizPtr quiz_;
  Position opened_{};
  Position finished_{};
  UnixUs opened_at_{};
  UnixUs finished_at_{};

  Phase phase_ = Phase::lobby;
  std::optional<std::uint32_t> question_;
  UnixUs closes_{};
  std::int64_t remaining_us_ = 0;
  std::vector<QuestionRun> runs_;
  std::vector<std::uint32_t> arrivals_;  // who answered the question not yet settled, in log order

  std::vector<Seat> seats_;  // by number - 1
  NumberTable by_token_;
  std::size_t nickname_bytes_ = 0;
  Ranking ranking_;             // members are players' numbers
  std::uint32_t credited_ = 0;  // answers that moved a standing, in log order

  std::uint64_t room_revision_ = 0;
  std::uint64_t board_revision_ = 0;
};

}  // namespace daybook::quiz
