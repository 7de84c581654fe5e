// The parts of the runtime that are functions of their input: splitting, back-off, checkpoints, the
// rate.
#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

#include "project/backoff.h"
#include "project/checkpoint.h"
#include "project/interrupt.h"
#include "project/real_clock.h"
#include "project/split.h"
#include "project/status_board.h"
#include "sim_clock.h"

namespace daybook::project {

TEST_CASE(
    "halving finds the poison wherever it stands, and every event is settled once, in order") {
  for (std::size_t size = 1; size <= 33; ++size) {
    for (std::size_t bad = 0; bad < size; ++bad) {
      Split split(size);
      std::size_t settled = 0;
      std::size_t tries = 0;
      while (!split.done()) {
        const auto part = split.part();
        REQUIRE(part.from == settled);
        REQUIRE(part.size() > 0);
        ++tries;
        if (part.from <= bad && bad < part.to && part.size() > 1) {
          split.halve();
          continue;
        }
        settled += part.size();
        split.settled(part.size());
      }
      CHECK(settled == size);
      CHECK(tries <= 13);  // 2 * log2(33) + 2
    }
  }
}

TEST_CASE("an event the sink names is isolated: before it, it, after it") {
  Split split(10);
  split.isolate(4);
  CHECK(split.part().to == 4);
  split.settled(4);
  CHECK((split.part().from == 4 && split.part().to == 5));
  split.settled(1);
  CHECK((split.part().from == 5 && split.part().to == 10));
  split.isolate(5);
  CHECK(split.part().to == 6);
  split.settled(1);
  split.isolate(9);
  CHECK(split.part().to == 9);
  split.settled(3);
  split.settled(1);
  CHECK(split.done());
}

TEST_CASE("back-off doubles its bound up to the most, jitters over all of it and starts again") {
  Backoff backoff(100, 1000, 7);
  std::int64_t most = 0;
  for (int round = 0; round < 200; ++round) {
    for (const std::int64_t bound : {100, 200, 400, 800, 1000, 1000}) {
      const std::int64_t ms = backoff.next();
      CHECK(ms >= 1);
      CHECK(ms <= bound);
      most = std::max(most, ms);
    }
    CHECK(backoff.tries() == 6);
    backoff.reset();
  }
  CHECK(most > 900);
}

TEST_CASE("back-off is never shorter than what the target asked for") {
  Backoff backoff(100, 1000, 7);
  CHECK(backoff.next(5000) == 5000);
  CHECK(Backoff(0, 0, 1).next() == 1);
  CHECK(Backoff(INT64_MAX / 2, INT64_MAX, 1).next() >= 1);
}

TEST_CASE("the real clock waits as long as it is told, and not at all for who is interrupted") {
  RealClock clock;
  Interrupt interrupt;
  const std::int64_t before_ms = clock.steady_ms();
  CHECK(clock.wait(20, interrupt));
  CHECK(clock.steady_ms() - before_ms >= 19);
  std::thread other([&] { interrupt.set(); });
  CHECK(!clock.wait(3'600'000, interrupt));
  other.join();
  CHECK(!clock.wait(3'600'000, interrupt));
  CHECK(clock.now().value > SimClock::start_us);
}

TEST_CASE("a checkpoint comes back as it was") {
  const Checkpoint out{{77}, 3, "forms", "csv", std::string("a\0b", 3), {{5}, {70}}};
  const auto in = decode_checkpoint(encode_checkpoint(out));
  REQUIRE(in.ok());
  CHECK(in->position == out.position);
  CHECK(in->reset_number == 3);
  CHECK(in->topic == "forms");
  CHECK(in->sink == "csv");
  CHECK(in->state == out.state);
  CHECK(in->delivered_letters == out.delivered_letters);
}

TEST_CASE("a checkpoint with any byte changed, or cut anywhere, is refused") {
  const std::string bytes = encode_checkpoint({{77}, 3, "forms", "csv", "state", {{5}}});
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    CHECK(decode_checkpoint(changed).error().code == Errc::corrupt);
    CHECK(decode_checkpoint(bytes.substr(0, i)).error().code == Errc::corrupt);
  }
}

TEST_CASE("the bytes of a checkpoint are pinned") {
  const std::string bytes = encode_checkpoint({{258}, 1, "t", "s", "x", {}});
  const std::string body(
      "\x01"
      "\x02\x01\0\0\0\0\0\0"
      "\x01\0\0\0\0\0\0\0"
      "\x01\0\0\0\0\0\0\0t"
      "\x01\0\0\0\0\0\0\0s"
      "\x01\0\0\0\0\0\0\0x"
      "\0\0\0\0",
      48);
  CHECK(bytes.substr(0, 48) == body);
  CHECK(bytes.size() == 52);
}

TEST_CASE("the rate is of the last minute, and of the time since the start before that") {
  Rate rate(10'000);
  rate.add(10'500, 30);
  CHECK(rate.per_s(12'500) == Approx(10.0));  // 30 in three seconds
  rate.add(60'000, 30);
  CHECK(rate.per_s(69'000) == Approx(1.0));
  CHECK(rate.per_s(70'500) == Approx(0.5));  // the first 30 are a minute old
  CHECK(rate.per_s(200'000) == Approx(0.0));
}

}  // namespace daybook::project
