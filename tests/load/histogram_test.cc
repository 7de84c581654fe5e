#include "load/histogram.h"

#include "base/random.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

using daybook::Rng;
using daybook::load::LatencyHistogram;

namespace {

std::uint64_t test_seed() {
  const char* const given = std::getenv("DAYBOOK_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : daybook::system_random_u64();
}

double relative_error(std::uint64_t got, std::uint64_t exact) {
  return std::abs(static_cast<double>(got) - static_cast<double>(exact)) /
         static_cast<double>(exact);
}

}  // namespace

TEST_CASE("every single latency from 1 us to 60 s is given back to better than 1 %") {
  for (double value = 1000; value <= 60e9; value *= 1.0037) {
    LatencyHistogram h;
    const auto ns = static_cast<std::uint64_t>(value);
    h.record(ns);
    h.record(LatencyHistogram::value_ns_max);  // so that the maximum does not clamp the middle
    REQUIRE(relative_error(h.quantile_ns(0.5), ns) < 0.01);
  }
}

TEST_CASE("quantiles of random latencies agree with the sorted list to better than 1 %") {
  const std::uint64_t seed = test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng random(seed);
  LatencyHistogram h;
  std::vector<std::uint64_t> all;
  for (int i = 0; i < 20000; ++i) {
    const double power =
        3 + 7 * static_cast<double>(random.below(1'000'000)) / 1e6;  // 1 us .. 10 s
    const auto ns = static_cast<std::uint64_t>(std::pow(10.0, power));
    h.record(ns);
    all.push_back(ns);
  }
  std::sort(all.begin(), all.end());
  for (const double q : {0.0001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(all.size())));
    INFO("q " << q);
    CHECK(relative_error(h.quantile_ns(q), all[std::max<std::size_t>(rank, 1) - 1]) < 0.01);
  }
  CHECK(h.max_ns() == all.back());
  CHECK(h.min_ns() == all.front());
}

TEST_CASE("two merged histograms are the histogram of both") {
  LatencyHistogram a;
  LatencyHistogram b;
  LatencyHistogram both;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    (i % 3 == 0 ? a : b).record(i * 7919);
    both.record(i * 7919);
  }
  a.merge(b);
  CHECK(a.count() == 1000);
  CHECK(a.min_ns() == both.min_ns());
  CHECK(a.max_ns() == both.max_ns());
  CHECK(a.mean_ns() == Approx(both.mean_ns()));
  for (const double q : {0.01, 0.5, 0.99}) CHECK(a.quantile_ns(q) == both.quantile_ns(q));
}

TEST_CASE("a latency beyond the range counts as the longest one") {
  LatencyHistogram h;
  h.record(200'000'000'000);
  CHECK(h.count() == 1);
  CHECK(h.max_ns() == LatencyHistogram::value_ns_max);
  CHECK(h.quantile_ns(0.5) == LatencyHistogram::value_ns_max);
}

TEST_CASE("an empty histogram answers zero and has no bars") {
  const LatencyHistogram h;
  CHECK(h.quantile_ns(0.99) == 0);
  CHECK(h.min_ns() == 0);
  CHECK(h.mean_ns() == 0);
  CHECK(h.bars().empty());
}

TEST_CASE("the bars cover all that was recorded, without empty ones at the ends") {
  LatencyHistogram h;
  for (const std::uint64_t ns : {15'000u, 18'000u, 30'000u, 400'000u}) h.record(ns);
  h.record(LatencyHistogram::value_ns_max);
  const auto bars = h.bars();
  std::uint64_t sum = 0;
  for (const auto& bar : bars) sum += bar.count;
  CHECK(sum == 5);
  CHECK(bars.front().from_ns == 10'000);
  CHECK(bars.front().to_ns == 20'000);
  CHECK(bars.front().count == 2);
  CHECK(bars.back().count == 1);
  CHECK(bars.back().to_ns == 100'000'000'000);
}
