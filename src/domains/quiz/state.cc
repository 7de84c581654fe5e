#include "domains/quiz/state.h"

#include <utility>

namespace daybook::quiz {
namespace {
constexpr std::int64_t hour_us = std::int64_t{3600} * 1'000'000;
// A room's places in the tables: hash nodes, buckets, a tree node.
constexpr std::size_t room_node_bytes = 200;
}  // namespace

State::State(const Policy& policy)
    : idle_us_(policy.room_idle_hours * hour_us), finished_kept_(policy.finished_rooms_kept) {}

const Room* State::room(const RoomRef& ref) const {
  if (ref.pin != 0) {
    const auto at = by_pin_.find(ref.pin);
    return at == by_pin_.end() ? nullptr : at->second;
  }
  const auto at = rooms_.find(ref.id);
  return at == rooms_.end() ? nullptr : at->second.get();
}

void State::apply(const Event& event) {
  switch (event.kind) {
    case Kind::quiz_defined:
      return quizzes_.define(event.quiz, event.version, event.definition);
    case Kind::user_defined:
      return users_.define(event.user, event.name, event.token);
    case Kind::answered:
      if (const std::uint32_t user = users_.find(event.user); user != none)
        quizzes_.mark_answered(event.quiz, event.question, user);
      return;
    case Kind::room_opened:
      return open_room(event);
    default:
      return change_room(event);
  }
}

void State::open_room(const Event& event) {
  const KnownQuiz* entry = quizzes_.find(event.quiz);
  if (entry == nullptr || rooms_.contains(event.room) || !is_pin_free(event.pin)) return;
  auto room = std::make_unique<Room>(event, entry->quiz(), rooms_opened_++);
  put_in(*room);
  rooms_.emplace(event.room, std::move(room));
}

void State::change_room(const Event& event) {
  const auto at = rooms_.find(event.room);
  if (at == rooms_.end() || !at->second->is_open()) return;
  Room& room = *at->second;
  if (event.kind == Kind::room_answered) {  // O(1): nothing but the mark
    room.apply(event);
    return;
  }
  take_out(room);
  room.apply(event);
  put_in(room);
  forget_finished();
}

void State::take_out(Room& room) {
  room_bytes_ -= room.memory_bytes() + room_node_bytes;
  seats_ -= room.seats.size();
  dues_.erase({room.due(idle_us_).value, room.serial});
  by_pin_.erase(room.pin);
}

void State::put_in(Room& room) {
  room_bytes_ += room.memory_bytes() + room_node_bytes;
  if (!room.is_open()) {
    finished_.push_back(&room);
    return;
  }
  seats_ += room.seats.size();
  dues_.emplace(std::pair(room.due(idle_us_).value, room.serial), &room);
  by_pin_.emplace(room.pin, &room);
}

void State::forget_finished() {
  while (finished_.size() > finished_kept_) {
    const Room& oldest = *finished_.front();
    room_bytes_ -= oldest.memory_bytes() + room_node_bytes;
    finished_.pop_front();
    rooms_.erase(Id128(oldest.id));
  }
}

std::size_t State::memory_bytes() const {
  return sizeof(State) + quizzes_.memory_bytes() + users_.memory_bytes() + room_bytes_;
}

}  // namespace daybook::quiz
