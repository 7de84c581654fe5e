#include "domains/quiz/room.h"

#include "domains/quiz/hash.h"

#include <algorithm>
#include <utility>

namespace daybook::quiz {

std::int64_t QuestionClock::left_us(UnixUs at) const {
  const UnixUs stop = std::max(at, runs_.back().from);
  return std::max<std::int64_t>(end().value - stop.value, 0);
}

void QuestionClock::pause(UnixUs at) {
  left_us_ = left_us(at);
  close(at);
}

void QuestionClock::close(UnixUs at) {
  Run& run = runs_.back();
  run.to = std::min(run.to, std::max(at, run.from));
}

std::int64_t QuestionClock::taken_us(UnixUs received) const {
  std::int64_t taken = 0;
  for (const Run& run : runs_)
    taken += std::max<std::int64_t>(std::min(received, run.to).value - run.from.value, 0);
  return taken;
}

// clock = left count { from to }
void QuestionClock::save(ByteWriter& out) const {
  out.i64(left_us_);
  out.u32(static_cast<std::uint32_t>(runs_.size()));
  for (const Run& run : runs_) {
    out.i64(run.from.value);
    out.i64(run.to.value);
  }
}

bool QuestionClock::load(ByteReader& in) {
  left_us_ = in.i64();
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const Run run{{in.i64()}, {in.i64()}};
    if (!in.ok() || run.to < run.from) return false;
    runs_.push_back(run);
  }
  return in.ok() && left_us_ >= 0;
}

Room::Room(const Event& event, QuizPtr quiz_in, std::uint64_t serial_in)
    : id(event.room),
      host(event.token),
      serial(serial_in),
      pin(event.pin),
      quiz(std::move(quiz_in)),
      options(compile_options(event.options)),
      active(event.at),
      seats(seed_of(event.token)) {}

void Room::apply(const Event& event) {
  switch (event.kind) {
    case Kind::player_joined:
      seats.add(event.token, event.name_key);
      break;
    case Kind::player_kicked:
      seats.kick(event.player);
      break;
    case Kind::question_started:
      if (event.question_index >= quiz->questions.size()) return;
      phase = Phase::question;
      question = event.question_index;
      clock.start(event.at, event.closes);
      seats.begin_question();
      break;
    case Kind::question_paused:
      if (phase != Phase::question) return;
      phase = Phase::paused;
      clock.pause(event.at);
      break;
    case Kind::question_resumed:
      if (phase != Phase::paused) return;
      phase = Phase::question;
      clock.resume(event.at, event.closes);
      break;
    case Kind::room_answered:
      if (event.question_index == question) seats.mark_answered(event.player);
      return;  // is no sign of the host: the room's due time stays
    case Kind::question_closed:
      if (!has_question()) return;
      if (phase == Phase::question) clock.close(event.at);
      phase = Phase::closed;
      break;
    case Kind::room_finished:
      phase = Phase::finished;
      seats = Seats(seed_of(host));
      clock = {};
      break;
    default:
      return;
  }
  active = event.at;
}

UnixUs Room::due(std::int64_t idle_us) const {
  if (phase == Phase::question) return clock.end();
  return {active.value + idle_us};
}

std::size_t Room::memory_bytes() const {
  std::size_t bytes = sizeof(Room) + seats.memory_bytes() + clock.memory_bytes();
  for (const std::string& word : options.nickname_words)
    bytes += 2 * (sizeof(std::string) + word.size());
  return bytes;
}

}  // namespace daybook::quiz
