// State: what decide needs to know - quizzes, users and who has answered what, and the rooms.
// Thread: the sequencer's. decide only reads it, apply alone changes it; replay of the same events
// gives the same state.
#pragma once

#include "domains/quiz/events.h"
#include "domains/quiz/hash.h"
#include "domains/quiz/policy.h"
#include "domains/quiz/quiz_book.h"
#include "domains/quiz/room.h"
#include "domains/quiz/texts.h"
#include "domains/quiz/users.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace daybook::quiz {

class State {
 public:
  // When something is due for which room; rooms due at once go by their serial.
  using Dues = std::map<std::pair<std::int64_t, std::uint64_t>, const Room*>;

  explicit State(const Policy& policy);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void apply(const Event& event);

  [[nodiscard]] const QuizBook& quizzes() const { return quizzes_; }
  [[nodiscard]] const Users& users() const { return users_; }
  // nullptr: no such room, or one that finished long ago. Only open rooms have a PIN.
  [[nodiscard]] const Room* room(const RoomRef& ref) const;
  [[nodiscard]] bool is_pin_free(std::uint32_t pin) const { return !by_pin_.contains(pin); }
  [[nodiscard]] std::size_t open_rooms() const { return by_pin_.size(); }
  // Players of all open rooms, those who were put out too.
  [[nodiscard]] std::uint64_t seats() const { return seats_; }
  // Of all open rooms, soonest first.
  [[nodiscard]] const Dues& dues() const { return dues_; }

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  void open_room(const Event& event);
  void change_room(const Event& event);
  // Everything that hangs on the room's phase and times: before and after it changes.
  void take_out(Room& room);
  void put_in(Room& room);
  void forget_finished();
  // For save and load.
  void save_rooms(ByteWriter& out) const;
  bool load_room(ByteReader& in, const std::vector<QuizPtr>& former);

  const std::int64_t idle_us_;
  const std::size_t finished_kept_;
  QuizBook quizzes_;
  Users users_;
  std::unordered_map<Id128, std::unique_ptr<Room>, IdHash> rooms_;
  std::unordered_map<std::uint32_t, Room*> by_pin_;  // open ones
  Dues dues_;                                        // open ones
  std::deque<const Room*> finished_;                 // the one finished first in front
  std::uint64_t rooms_opened_ = 0;
  std::uint64_t seats_ = 0;
  std::size_t room_bytes_ = 0;
};

}  // namespace daybook::quiz
