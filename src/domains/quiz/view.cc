#include "domains/quiz/view.h"

#include "domains/quiz/hash.h"
#include "domains/quiz/topics.h"

#include <algorithm>

namespace daybook::quiz {
namespace {

// What a map's node takes besides its value, more or less.
constexpr std::size_t node_bytes = 48;
constexpr std::size_t noted_stale_max = 1024;

}  // namespace

QuizPtr quiz_or_empty(std::string_view id, std::uint32_t version, std::string_view definition) {
  if (auto quiz = compile_quiz(id, version, definition)) return quiz;
  Quiz empty;
  empty.id = std::string(id);
  empty.version = version;
  return std::make_shared<const Quiz>(std::move(empty));
}

std::uint32_t QuizEntry::find_member(std::uint32_t user) const {
  return by_user.find(user, [&](std::uint32_t place) { return members[place] == user; });
}

std::uint32_t QuizEntry::add_member(std::uint32_t user) {
  const auto place = static_cast<std::uint32_t>(members.size());
  members.push_back(user);
  by_user.insert(user, place);
  return place;
}

void View::project(const Event& event, const EventMeta& meta) noexcept {
  switch (event.kind) {
    case Kind::quiz_defined:
      return define_quiz(event, meta.position);
    case Kind::user_defined:
      return define_user(event);
    case Kind::answered:
      return answer(event, meta.position);
    case Kind::room_opened:
      return open_room(event, meta.position);
    default:
      break;
  }
  const auto found = rooms_.find(event.room);
  if (found == rooms_.end()) return;
  RoomView& room = *found->second;
  if (room.phase() == Phase::finished) return;
  if (event.kind == Kind::player_joined) ++totals_.players;
  if (event.kind == Kind::room_answered) ++totals_.room_answers;
  note_room(room, room.apply(event, meta.position));
  if (event.kind == Kind::room_finished) finish_room(room);
}

std::uint32_t View::add_quiz(std::string_view id) {
  const auto number = static_cast<std::uint32_t>(quizzes_.size());
  quiz_by_id_.emplace(quiz_ids_.emplace_back(id), number);
  quizzes_.emplace_back();
  return number;
}

void View::set_quiz(std::uint32_t number, QuizPtr quiz) {
  if (quiz->open)
    open_quizzes_.insert(number);
  else
    open_quizzes_.erase(number);
  quizzes_[number].quiz_bytes = quiz::memory_bytes(*quiz);
  quizzes_[number].quiz = std::move(quiz);
}

void View::define_quiz(const Event& event, Position position) {
  const auto known = find_quiz(event.quiz);
  const std::uint32_t number = known ? *known : add_quiz(event.quiz);
  set_quiz(number, quiz_or_empty(event.quiz, event.version, event.definition));
  quizzes_[number].versions.push_back(position);
}

std::uint32_t View::add_user(std::string_view id, std::string_view name) {
  const auto number = static_cast<std::uint32_t>(users_.size());
  users_.emplace_back(UserEntry{std::string(id), std::string(name)});
  user_by_id_.insert(hash_of(id, 0), number);
  user_text_bytes_ += id.size() + name.size();
  return number;
}

// Another name of a user shows in the next state of the leaderboards it stands in.
void View::define_user(const Event& event) {
  const auto number = find_user(event.user);
  if (!number) {
    add_user(event.user, event.name);
    return;
  }
  std::string& name = users_[*number].name;
  user_text_bytes_ += event.name.size() - name.size();
  name = std::string(event.name);
}

void View::answer(const Event& event, Position position) {
  const auto quiz = find_quiz(event.quiz);
  const auto user = find_user(event.user);
  if (!quiz || !user) return;
  ++totals_.answers;
  if (event.points <= 0) return;
  QuizEntry& entry = quizzes_[*quiz];
  std::uint32_t member = entry.find_member(*user);
  Standing standing;
  if (member == none)
    member = entry.add_member(*user);
  else
    standing = entry.ranking.standing(member);
  standing.score += static_cast<std::uint32_t>(event.points);
  standing.reached = event.received;
  standing.order = ++entry.credited;
  entry.ranking.set(member, standing);
  entry.revision = position.value;
  note_quiz(*quiz);
}

void View::open_room(const Event& event, Position position) {
  const auto quiz = find_quiz(event.quiz);
  if (!quiz || rooms_.contains(event.room)) return;
  ++totals_.rooms;
  auto room = std::make_unique<RoomView>(event, position, quizzes_[*quiz].quiz);
  pins_[event.pin] = room.get();
  rooms_.emplace(event.room, std::move(room));
}

void View::finish_room(RoomView& room) {
  pins_.erase(room.pin());
  finished_.push_back(room.id());
  finished_players_ += room.players_end() - 1;
  while (keeps_too_many()) forget_oldest();
}

bool View::keeps_too_many() const {
  return finished_.size() > finished_kept_ ||
         (finished_.size() > 1 && finished_players_ > finished_players_kept_);
}

void View::forget_oldest() {
  const auto found = rooms_.find(finished_.front());
  finished_.pop_front();
  const RoomView& room = *found->second;
  finished_players_ -= room.players_end() - 1;
  former_.emplace(room.id(), FormerRoom{room.host_token(), room.opened(), room.finished()});
  former_order_.push_back(room.id());
  rooms_.erase(found);
  // Notes of rooms that are gone, of a replay that nobody follows.
  if (noted_.size() > quizzes_.size() + 4 * rooms_.size() + noted_stale_max)
    std::erase_if(noted_, [this](const Noted& noted) {
      return noted.what != Noted::What::quiz && !rooms_.contains(noted.room);
    });
  if (former_order_.size() <= former_rooms_max) return;
  former_.erase(former_order_.front());
  former_order_.pop_front();
}

std::optional<std::uint32_t> View::find_quiz(std::string_view id) const {
  const auto at = quiz_by_id_.find(id);
  return at == quiz_by_id_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::uint32_t> View::find_user(std::string_view id) const {
  const std::uint32_t number =
      user_by_id_.find(hash_of(id, 0), [&](std::uint32_t n) { return users_[n].id == id; });
  return number == none ? std::nullopt : std::optional(number);
}

const QuizEntry* View::open_quiz(std::string_view id) const {
  const auto number = find_quiz(id);
  return number && quizzes_[*number].quiz->open ? &quizzes_[*number] : nullptr;
}

const RoomView* View::find_room(const RoomRef& room) const {
  if (room.pin == 0) return find_room(room.id);
  const auto at = pins_.find(room.pin);
  return at == pins_.end() ? nullptr : at->second;
}

const RoomView* View::find_room(const Id128& id) const {
  const auto at = rooms_.find(id);
  return at == rooms_.end() ? nullptr : at->second.get();
}

const FormerRoom* View::find_former(const Id128& id) const {
  const auto at = former_.find(id);
  return at == former_.end() ? nullptr : &at->second;
}

void View::note_quiz(std::uint32_t quiz) {
  if (std::exchange(quizzes_[quiz].is_noted, true)) return;
  noted_.push_back({Noted::What::quiz, quiz, {}});
}

void View::note_room(RoomView& room, const RoomChange& change) {
  if (change.room && !std::exchange(room.room_noted, true))
    noted_.push_back({Noted::What::room, 0, room.id()});
  if (change.board && !std::exchange(room.board_noted, true))
    noted_.push_back({Noted::What::board, 0, room.id()});
  if (change.kicked == 0) return;
  kicks_.push_back({room.id(), change.kicked});
  if (kicks_.size() > kicks_noted_max) kicks_.pop_front();
}

std::vector<LiveChange> View::take_changed(std::size_t max) {
  std::vector<LiveChange> changes;
  for (; changes.size() < max && !kicks_.empty(); kicks_.pop_front())
    changes.push_back({player_topic(kicks_.front().room, kicks_.front().player), 0});
  for (; changes.size() < max && !noted_.empty(); noted_.pop_front()) {
    const Noted& noted = noted_.front();
    if (noted.what == Noted::What::quiz) {
      quizzes_[noted.quiz].is_noted = false;
      changes.push_back({quiz_topic(quiz_ids_[noted.quiz]), interval_ms_});
      continue;
    }
    const auto room = rooms_.find(noted.room);
    if (room == rooms_.end()) {  // over, and forgotten since: its followers are told that much
      if (noted.what == Noted::What::room) changes.push_back({room_topic(noted.room), 0});
      continue;
    }
    if (noted.what == Noted::What::room) {
      room->second->room_noted = false;
      changes.push_back({room_topic(noted.room), 0});
    } else {
      room->second->board_noted = false;
      changes.push_back({board_topic(noted.room), interval_ms_});
    }
  }
  return changes;
}

std::size_t View::memory_bytes() const {
  std::size_t bytes =
      sizeof(View) + user_text_bytes_ + users_.size() * sizeof(UserEntry) +
      user_by_id_.memory_bytes() +
      (rooms_.size() + pins_.size() + finished_.size() + noted_.size() + open_quizzes_.size()) *
          node_bytes +
      former_.size() * (sizeof(FormerRoom) + 2 * sizeof(Id128) + node_bytes);
  for (const QuizEntry& entry : quizzes_)
    bytes += sizeof(QuizEntry) + 2 * node_bytes + entry.quiz_bytes +
             entry.versions.capacity() * sizeof(Position) + entry.ranking.memory_bytes() +
             entry.members.capacity() * sizeof(std::uint32_t) + entry.by_user.memory_bytes();
  for (const auto& [id, room] : rooms_) bytes += room->memory_bytes();
  return bytes;
}

}  // namespace daybook::quiz
