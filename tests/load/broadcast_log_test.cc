#include "load/broadcast_log.h"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

using namespace daybook::load;

namespace {

std::string state(std::uint64_t sum) { return R"([{"score":)" + std::to_string(sum) + R"(}])"; }

constexpr std::int64_t ms = 1'000'000;

struct Sockets {
  BroadcastLog log;
  std::array<BroadcastLog::Seen, 3> seen;

  Sockets() {
    log.set_steady(3);
    log.start_measuring(0);
  }
  void get(std::size_t socket, std::uint64_t sum, std::int64_t at_ms, bool steady = true) {
    log.received(seen[socket], steady, state(sum), at_ms * ms);
  }
};

}  // namespace

TEST_CASE("a broadcast's spread runs from the first socket that has it to the last") {
  Sockets s;
  s.get(0, 1, 10);
  s.get(1, 1, 12);
  CHECK_FALSE(s.log.complete());
  s.get(2, 1, 17);
  CHECK(s.log.complete());
  s.get(2, 2, 510);
  s.get(0, 2, 511);
  s.get(1, 2, 511);
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.broadcasts == 2);
  CHECK(counts.complete == 2);
  CHECK(counts.messages == 6);
  CHECK(counts.bytes == 6 * state(1).size());
  CHECK(counts.spread.max_ns() == 7 * ms);
  CHECK(counts.spread.min_ns() == 1 * ms);
  CHECK(counts.interval.max_ns() == 500 * ms);
  CHECK(counts.missed + counts.duplicates + counts.out_of_order == 0);
}

TEST_CASE("what a socket did not get, got twice or got too late is counted") {
  Sockets s;
  for (const std::size_t socket : {0u, 1u, 2u}) s.get(socket, 1, 10);
  s.get(0, 2, 20);
  s.get(1, 2, 20);  // the third gets the next one instead
  for (const std::size_t socket : {0u, 1u, 2u}) s.get(socket, 3, 30);
  s.get(2, 2, 31);
  s.get(1, 3, 32);
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.broadcasts == 3);
  CHECK(counts.complete == 2);
  CHECK(counts.missed == 1);
  CHECK(counts.out_of_order == 1);
  CHECK(counts.duplicates == 1);
  CHECK(counts.messages == 10);
}

TEST_CASE("only what begins in the measured time is a measured broadcast") {
  Sockets s;
  s.log.start_measuring(100 * ms);
  s.get(0, 1, 90);
  s.get(1, 1, 110);
  for (const std::size_t socket : {0u, 1u, 2u}) s.get(socket, 2, 150);
  s.get(0, 3, 199);
  s.log.end_measuring(200 * ms);
  s.get(1, 3, 201);
  s.get(2, 3, 202);
  s.get(0, 4, 300);
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.broadcasts == 2);
  CHECK(counts.complete == 2);
  CHECK(counts.messages == 5);  // those that came in the time
  CHECK(counts.missed == 0);
}

TEST_CASE("sockets that come and go do not count for completeness") {
  Sockets s;
  s.log.set_steady(2);
  s.get(0, 1, 10);
  s.get(2, 1, 11, false);
  CHECK_FALSE(s.log.complete());
  s.get(1, 1, 13);
  CHECK(s.log.complete());
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.messages == 3);
  CHECK(counts.spread.max_ns() == 3 * ms);
}

TEST_CASE("what is sent to one who just joined is no broadcast that the others missed") {
  Sockets s;
  s.log.set_steady(2);
  for (const std::size_t socket : {0u, 1u}) s.get(socket, 1, 10);
  s.get(2, 3, 20, false);  // its own state, between two broadcasts
  for (const std::size_t socket : {0u, 1u}) s.get(socket, 5, 30);
  s.get(2, 5, 31, false);
  s.get(2, 4, 32, false);
  CHECK(s.log.complete());
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.broadcasts == 2);
  CHECK(counts.complete == 2);
  CHECK(counts.missed == 0);
  CHECK(counts.messages == 7);
  CHECK(counts.out_of_order == 1);
}

TEST_CASE("sockets that are read in another order than they were written are in order each") {
  Sockets s;
  for (const std::size_t socket : {0u, 1u, 2u}) s.get(socket, 1, 10);
  s.get(2, 3, 20);  // had 2 replaced by 3
  s.get(0, 2, 21);
  s.get(0, 3, 22);
  CHECK_FALSE(s.log.complete());
  s.get(1, 3, 23);
  CHECK(s.log.complete());
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.out_of_order == 0);
  CHECK(counts.duplicates == 0);
  CHECK(counts.missed == 2);
  CHECK(counts.complete == 2);
}

TEST_CASE("the scores of a leaderboard are summed up") {
  CHECK(score_sum(R"({"leaderboard":[{"score":12,"username":"x"},{"score":3}]})") == 15);
  CHECK(score_sum("{}") == 0);
}

TEST_CASE("more broadcasts than are remembered are all counted") {
  Sockets s;
  constexpr std::uint64_t many = 3 * broadcasts_remembered_max;
  for (std::uint64_t i = 1; i <= many; ++i)
    for (const std::size_t socket : {0u, 1u, 2u}) s.get(socket, i, static_cast<std::int64_t>(i));
  const BroadcastCounts counts = s.log.finish();
  CHECK(counts.broadcasts == many);
  CHECK(counts.complete == many);
  CHECK(counts.messages == 3 * many);
}
