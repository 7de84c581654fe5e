// Room: what decide needs to know of one hosted game. Scores are the view's.
// Thread: the sequencer's.
#pragma once

#include "domains/quiz/definition.h"
#include "domains/quiz/events.h"
#include "domains/quiz/room_options.h"
#include "domains/quiz/seats.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::quiz {

// How often the clock of one question can be stopped.
constexpr std::size_t pauses_max = 100;

// The clock of the newest question: when it ran. Answers count that came up to the end of the last
// run: when there is nothing left while it runs, when it was stopped otherwise.
class QuestionClock {
 public:
  void start(UnixUs at, UnixUs closes) { runs_.assign(1, {at, std::max(at, closes)}); }
  void resume(UnixUs at, UnixUs closes) { runs_.push_back({at, std::max(at, closes)}); }
  // Keeps what was left. The server's clock may have gone back: a run never ends before it began.
  void pause(UnixUs at);
  void close(UnixUs at);

  // The rest REQUIRES a clock that was started.
  [[nodiscard]] UnixUs end() const { return runs_.back().to; }
  // What is left when it is stopped then, or was before (pause).
  [[nodiscard]] std::int64_t left_us(UnixUs at) const;
  [[nodiscard]] std::int64_t left_us() const { return left_us_; }
  // How long it had run by then, pauses left out.
  [[nodiscard]] std::int64_t taken_us(UnixUs received) const;
  [[nodiscard]] bool can_pause() const { return runs_.size() <= pauses_max; }

  [[nodiscard]] std::size_t memory_bytes() const { return runs_.capacity() * sizeof(Run); }
  void save(ByteWriter& out) const;
  [[nodiscard]] bool load(ByteReader& in);  // false: damaged
  [[nodiscard]] bool is_started() const { return !runs_.empty(); }

 private:
  struct Run {
    UnixUs from{};
    UnixUs to{};
  };
  std::vector<Run> runs_;
  std::int64_t left_us_ = 0;  // when it was paused last
};

struct Room {
  // REQUIRES: the event is room_opened, the quiz that of its version
  Room(const Event& event, QuizPtr quiz_in, std::uint64_t serial_in);

  // Changes by an event of this room other than room_opened.
  void apply(const Event& event);

  [[nodiscard]] bool is_open() const { return phase != Phase::finished; }
  // A question that has not ended, its clock running or not.
  [[nodiscard]] bool has_question() const {
    return phase == Phase::question || phase == Phase::paused;
  }
  [[nodiscard]] std::int64_t question_us() const {
    return quiz::question_us(*quiz, options, question);
  }
  // REQUIRES: is_open()
  [[nodiscard]] UnixUs due(std::int64_t idle_us) const;
  [[nodiscard]] std::size_t memory_bytes() const;

  Id128 id{};
  Id128 host{};              // the host's token
  std::uint64_t serial = 0;  // rooms opened before it
  std::uint32_t pin = 0;     // its own while it is open
  QuizPtr quiz;              // as it was when the room was opened
  RoomOptions options;
  Phase phase = Phase::lobby;
  std::uint32_t question = 0;  // the newest one, from 0; REQUIRES: not in the lobby
  QuestionClock clock;
  UnixUs active{};  // when somebody joined or the host did something
  Seats seats;
};

}  // namespace daybook::quiz
