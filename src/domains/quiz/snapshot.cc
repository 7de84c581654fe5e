// State to bytes and back. Grammar (ByteWriter's encoding):
//   state    = version users quizzes former rooms_opened rooms finished
//   users    = users.cc     quizzes = quiz_book.cc
//   former   = count { id version definition }   versions that are played but no longer the newest
//   rooms    = count { id host serial pin quiz version options phase question active clock seats }
//              in the order of their serials
//   clock    = room.cc     seats = seats.cc
//   finished = count { id }                      the room finished first in front
#include "domains/quiz/state.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace daybook::quiz {
namespace {

constexpr std::uint32_t snapshot_version = 1;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "quiz snapshot: " + std::string(what)};
}

void put_quiz(ByteWriter& out, const Quiz& quiz) {
  out.bytes(quiz.id);
  out.u32(quiz.version);
}

void put_room(ByteWriter& out, const Room& room) {
  put_id(out, room.id);
  put_id(out, room.host);
  out.u64(room.serial);
  out.u32(room.pin);
  put_quiz(out, *room.quiz);
  out.bytes(options_text(room.options));
  out.u8(static_cast<std::uint8_t>(room.phase));
  out.u32(room.question);
  out.i64(room.active.value);
  room.clock.save(out);
  room.seats.save(out);
}

bool is_before(const QuizPtr& a, const QuizPtr& b) {
  return a->id != b->id ? a->id < b->id : a->version < b->version;
}

}  // namespace

void State::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  users_.save(out);
  quizzes_.save(out);
  save_rooms(out);
  out.u32(static_cast<std::uint32_t>(finished_.size()));
  for (const Room* room : finished_) put_id(out, room->id);
}

void State::save_rooms(ByteWriter& out) const {
  std::vector<const Room*> rooms;
  std::vector<QuizPtr> former;
  for (const auto& [id, room] : rooms_) {
    rooms.push_back(room.get());
    if (quizzes_.find(room->quiz->id)->quiz() != room->quiz) former.push_back(room->quiz);
  }
  std::ranges::sort(rooms, {}, &Room::serial);
  std::ranges::sort(former, is_before);
  former.erase(std::unique(former.begin(), former.end()), former.end());
  out.u32(static_cast<std::uint32_t>(former.size()));
  for (const QuizPtr& quiz : former) {
    put_quiz(out, *quiz);
    out.bytes(definition_text(*quiz));
  }
  out.u64(rooms_opened_);
  out.u32(static_cast<std::uint32_t>(rooms.size()));
  for (const Room* room : rooms) put_room(out, *room);
}

// Finished rooms are put into their order by load().
bool State::load_room(ByteReader& in, const std::vector<QuizPtr>& former) {
  Event event;
  event.room = get_id(in);
  event.token = get_id(in);
  const std::uint64_t serial = in.u64();
  event.pin = in.u32();
  const std::string_view quiz_id = in.bytes();
  const std::uint32_t version = in.u32();
  event.options = in.bytes();
  const KnownQuiz* known = quizzes_.find(quiz_id);
  if (!in.ok() || known == nullptr || serial >= rooms_opened_) return false;
  if (event.room.is_zero() || rooms_.contains(event.room)) return false;
  QuizPtr quiz = known->quiz();
  if (quiz->version != version) {
    const auto at = std::ranges::find_if(
        former, [&](const QuizPtr& one) { return one->version == version && one->id == quiz_id; });
    if (at == former.end()) return false;
    quiz = *at;
  }
  auto room = std::make_unique<Room>(event, std::move(quiz), serial);
  const std::uint8_t phase = in.u8();
  room->question = in.u32();
  room->active = {in.i64()};
  if (!room->clock.load(in) || phase >= phases) return false;
  if (room->question >= room->quiz->questions.size()) return false;
  room->phase = static_cast<Phase>(phase);
  const bool has_begun = room->phase != Phase::lobby && room->is_open();
  if (room->clock.is_started() != has_begun) return false;
  if (!room->seats.load(in).ok()) return false;
  if (room->is_open()) {
    const bool is_good = event.pin >= pin_min && event.pin <= pin_max && is_pin_free(event.pin) &&
                         !dues_.contains({room->due(idle_us_).value, serial});
    if (!is_good) return false;
    put_in(*room);
  }
  rooms_.emplace(event.room, std::move(room));
  return true;
}

Result<void> State::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  DAYBOOK_TRY_VOID(users_.load(in));
  DAYBOOK_TRY_VOID(quizzes_.load(in, users_.size()));
  std::vector<QuizPtr> former;
  const std::uint32_t former_count = in.u32();
  for (std::uint32_t i = 0; i < former_count; ++i) {
    const std::string_view id = in.bytes();
    const std::uint32_t version = in.u32();
    QuizPtr quiz = compile_quiz(id, version, in.bytes());
    if (!in.ok() || quiz == nullptr) return corrupt("a former quiz is damaged");
    former.push_back(std::move(quiz));
  }
  rooms_opened_ = in.u64();
  const std::uint32_t rooms = in.u32();
  for (std::uint32_t i = 0; i < rooms; ++i)
    if (!load_room(in, former)) return corrupt("the rooms are damaged");
  const std::uint32_t finished = in.u32();
  std::unordered_set<const Room*> seen;
  for (std::uint32_t i = 0; i < finished; ++i) {
    const auto at = rooms_.find(get_id(in));
    if (!in.ok() || at == rooms_.end() || at->second->is_open() ||
        !seen.insert(at->second.get()).second)
      return corrupt("the finished rooms are damaged");
    put_in(*at->second);
  }
  if (!in.ok()) return corrupt("it ends too early");
  if (finished_.size() + by_pin_.size() != rooms_.size())
    return corrupt("a room is neither open nor finished");
  forget_finished();  // the setting was lowered
  return {};
}

}  // namespace daybook::quiz
