// View: what readers see of quizzes - definitions, users, the leaderboard of each open quiz, and
// the rooms: those that run, the newest that are over, and of older ones where in the log they are.
//
// It notes which live topics have another state (take_changed); that list is not part of the view.
// Thread: guarded by the adapter's mutex; project() and take_changed() under it too.
#pragma once

#include "domains/quiz/definition.h"
#include "domains/quiz/events.h"
#include "domains/quiz/number_table.h"
#include "domains/quiz/policy.h"
#include "domains/quiz/ranking.h"
#include "domains/quiz/room_view.h"
#include "domains/quiz/texts.h"

#include <daybook/bytes.h>
#include <daybook/domain.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daybook::quiz {

// Rooms beyond quiz.finished_rooms_kept whose results can still be read from the log.
constexpr std::size_t former_rooms_max = 100'000;
// Kicked players whose followers have not been told; only a replay, which nobody follows, has more.
constexpr std::size_t kicks_noted_max = 10'000;

// What quiz_defined says; a text that is no definition (an event made by hand) is a quiz without
// name and questions.
QuizPtr quiz_or_empty(std::string_view id, std::uint32_t version, std::string_view definition);

// A quiz and, for the time it is open to all, who has answered it right.
struct QuizEntry {
  QuizPtr quiz;
  std::size_t quiz_bytes = 0;          // of *quiz, which is large to walk
  std::vector<Position> versions;      // [0]: where version 1 was defined
  Ranking ranking;                     // members are places in `members`
  std::vector<std::uint32_t> members;  // users' numbers
  NumberTable by_user;                 // user -> place in `members`
  std::uint32_t credited = 0;
  std::uint64_t revision = 0;  // of its leaderboard
  bool is_noted = false;

  // The user's place in `members`; none: not there.
  [[nodiscard]] std::uint32_t find_member(std::uint32_t user) const;
  std::uint32_t add_member(std::uint32_t user);  // REQUIRES: not there
};

struct UserEntry {
  std::string id;
  std::string name;
};

// A room that is no longer kept: what it takes to read its results from the log.
struct FormerRoom {
  Id128 host_token{};
  Position opened{};
  Position finished{};
};

// Of all there ever were.
struct Totals {
  std::uint64_t rooms = 0;
  std::uint64_t players = 0;
  std::uint64_t answers = 0;       // in open quizzes
  std::uint64_t room_answers = 0;  // in rooms
};

class View {
 public:
  explicit View(const Policy& policy)
      : interval_ms_(policy.broadcast_interval_ms),
        finished_kept_(policy.finished_rooms_kept),
        finished_players_kept_(policy.finished_players_kept) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, const EventMeta& meta) noexcept;

  // In the order of their first definition. The number of a quiz or user is its place.
  [[nodiscard]] const std::deque<QuizEntry>& quizzes() const { return quizzes_; }
  [[nodiscard]] const std::deque<UserEntry>& users() const { return users_; }
  // The numbers of the quizzes that are open.
  [[nodiscard]] const std::set<std::uint32_t>& open_quizzes() const { return open_quizzes_; }
  [[nodiscard]] std::optional<std::uint32_t> find_quiz(std::string_view id) const;
  [[nodiscard]] std::optional<std::uint32_t> find_user(std::string_view id) const;
  // Null: unknown, or not open.
  [[nodiscard]] const QuizEntry* open_quiz(std::string_view id) const;
  // Null: no such room, or it is over long since (find_former).
  [[nodiscard]] const RoomView* find_room(const RoomRef& room) const;
  [[nodiscard]] const RoomView* find_room(const Id128& id) const;
  [[nodiscard]] const FormerRoom* find_former(const Id128& id) const;
  // By id, which is by the time they were opened: those that run and the newest that are over.
  [[nodiscard]] const std::map<Id128, std::unique_ptr<RoomView>>& rooms() const { return rooms_; }
  [[nodiscard]] std::size_t rooms_open() const { return pins_.size(); }
  [[nodiscard]] const Totals& totals() const { return totals_; }
  [[nodiscard]] std::int64_t interval_ms() const { return interval_ms_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  // Topics whose state is another than when last asked, each once, at most `max`.
  std::vector<LiveChange> take_changed(std::size_t max);

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  struct Noted {
    enum class What : std::uint8_t { quiz, room, board };
    What what = What::quiz;
    std::uint32_t quiz = 0;
    Id128 room{};
  };
  struct Kick {
    Id128 room{};
    std::uint32_t player = 0;
  };

  void define_quiz(const Event& event, Position position);
  void define_user(const Event& event);
  void answer(const Event& event, Position position);
  void open_room(const Event& event, Position position);
  void finish_room(RoomView& room);
  [[nodiscard]] bool keeps_too_many() const;
  void forget_oldest();
  std::uint32_t add_quiz(std::string_view id);
  void set_quiz(std::uint32_t number, QuizPtr quiz);
  std::uint32_t add_user(std::string_view id, std::string_view name);
  void note_quiz(std::uint32_t quiz);
  void note_room(RoomView& room, const RoomChange& change);

  void save_quizzes(ByteWriter& out) const;
  void save_rooms(ByteWriter& out) const;
  bool load_quizzes(ByteReader& in);
  bool load_users(ByteReader& in);
  bool load_rankings(ByteReader& in);
  bool load_rooms(ByteReader& in);

  const std::int64_t interval_ms_;
  const std::size_t finished_kept_;
  const std::size_t finished_players_kept_;

  std::deque<QuizEntry> quizzes_;
  std::unordered_map<std::string_view, std::uint32_t> quiz_by_id_;  // keys: quiz_ids_
  std::deque<std::string> quiz_ids_;                                // by number
  std::set<std::uint32_t> open_quizzes_;
  std::deque<UserEntry> users_;
  // Not a hash map: that stands still for 100 ms when it grows with a million in it.
  NumberTable user_by_id_;
  std::size_t user_text_bytes_ = 0;

  std::map<Id128, std::unique_ptr<RoomView>> rooms_;
  std::unordered_map<std::uint32_t, RoomView*> pins_;  // of rooms that are not finished
  std::deque<Id128> finished_;                         // of rooms_, oldest first
  std::size_t finished_players_ = 0;                   // theirs
  std::map<Id128, FormerRoom> former_;
  std::deque<Id128> former_order_;  // oldest first
  Totals totals_;

  std::deque<Noted> noted_;
  std::deque<Kick> kicks_;
};

}  // namespace daybook::quiz
