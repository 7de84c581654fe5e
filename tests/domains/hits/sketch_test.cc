// Unique visitors: how far the estimate is off, and that its two forms are one.
#include "domains/hits/sketch.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace daybook::hits {
namespace {

std::map<std::uint32_t, std::uint32_t> registers_of(const Sketch& sketch) {
  std::map<std::uint32_t, std::uint32_t> all;
  sketch.each([&](std::uint32_t index, std::uint32_t rank) { all[index] = rank; });
  return all;
}

TEST_CASE("the estimate's relative error is the stated 1.6 percent") {
  constexpr int runs = 60;
  Rng rng(test::test_seed());
  for (const std::uint32_t visitors : {1000u, 10'000u, 100'000u}) {
    double squares = 0;
    double sum = 0;
    for (int run = 0; run < runs; ++run) {
      Sketch sketch;
      for (std::uint32_t i = 0; i < visitors; ++i) sketch.add(rng.next());
      const double error = (sketch.estimate() - static_cast<double>(visitors)) / visitors;
      squares += error * error;
      sum += error;
    }
    const double deviation = std::sqrt(squares / runs);
    INFO(visitors << " visitors: root mean square error " << deviation);
    CHECK(deviation < 0.01625 * 1.4);  // 60 runs give the deviation itself to a tenth
    CHECK(std::abs(sum / runs) < 0.01625 * 4 / std::sqrt(static_cast<double>(runs)));
  }
}

TEST_CASE("a few visitors are counted nearly exactly, and the same one only once") {
  Rng rng(test::test_seed());
  Sketch sketch;
  CHECK(sketch.estimate() == 0);
  for (std::uint32_t i = 1; i <= 200; ++i) {
    const std::uint64_t hash = rng.next();
    for (int again = 0; again < 3; ++again) sketch.add(hash);
    INFO("visitor " << i);
    CHECK(std::abs(static_cast<int>(sketch.estimate()) - static_cast<int>(i)) <=
          1 + static_cast<int>(i) / 12);
  }
}

TEST_CASE("list and packed registers hold the same, in any order of arrival") {
  Rng rng(test::test_seed());
  for (const std::size_t visitors : {0u, 1u, 511u, 530u, 600u, 5000u}) {
    std::vector<std::uint64_t> hashes(visitors);
    for (auto& hash : hashes) hash = rng.next();
    Sketch forward;
    for (const auto hash : hashes) forward.add(hash);
    std::sort(hashes.begin(), hashes.end());
    Sketch sorted;
    std::map<std::uint32_t, std::uint32_t> expected;
    for (const auto hash : hashes) {
      sorted.add(hash);
      const auto index = static_cast<std::uint32_t>(hash >> 52);
      std::uint32_t rank = 1;
      while (rank < rank_max && ((hash << (12 + rank - 1)) >> 63) == 0) ++rank;
      expected[index] = std::max(expected[index], rank);
    }
    INFO(visitors << " visitors");
    CHECK(registers_of(forward) == expected);
    CHECK(registers_of(sorted) == expected);
    CHECK(forward.size() == expected.size());
    CHECK(forward.estimate() == sorted.estimate());
    CHECK(forward.heap_bytes() <= 4096);
  }
}

TEST_CASE("the rarest hashes fit a register") {
  Sketch sketch;
  sketch.add(0);
  sketch.add(1);
  sketch.add(~std::uint64_t{0});
  const auto all = registers_of(sketch);
  CHECK(all == std::map<std::uint32_t, std::uint32_t>{{0, rank_max}, {registers - 1, 1}});
  CHECK(sketch.estimate() > 0);
}

}  // namespace
}  // namespace daybook::hits
