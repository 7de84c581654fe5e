#include "metrics/metrics.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <sstream>
#include <thread>

#include "base/random.h"
#include "metrics/cells.h"
#include "support/process.h"
#include "support/seed.h"
#include "support/temp_dir.h"

using daybook::metrics::Cells;
using daybook::metrics::Counter;
using daybook::metrics::Histogram;
using daybook::metrics::Registry;

namespace {

// The value of one sample line, by all that stands before its last blank.
double sample(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.substr(0, line.rfind(' ')) == series)
      return std::stod(line.substr(line.rfind(' ') + 1));
  FAIL("no sample " << series << " in:\n" << text);
  return 0;
}

// One of everything, with everything that wants escaping.
void fill(Registry& registry) {
  registry.counter("daybook_requests_total", "Requests by route.", {{"route", "/a"}}).add(3);
  registry
      .histogram("daybook_latency_seconds", "Latency.", daybook::metrics::latency_bounds_us(), 1e-6,
                 {{"route", "/a"}})
      .observe(700);
  registry
      .counter("daybook_requests_total", "Requests by route.",
               {{"route", "quote\" slash\\ line\nend"}})
      .add(4);
  registry.gauge("daybook_depth", "Depth of\nthe \\ queue.", [] { return 1.5; });
  registry.gauge("daybook_infinite", "Without end.",
                 [] { return std::numeric_limits<double>::infinity(); });
  registry.gauge("daybook_unknown", "Not a number.", [] { return std::nan(""); });
  registry.counter_function("daybook_elsewhere_total", "Counted elsewhere.",
                            [] { return 12345678.0; });
  registry
      .histogram("daybook_latency_seconds", "Latency.", daybook::metrics::latency_bounds_us(), 1e-6,
                 {{"route", "/b"}})
      .observe(20'000'000);
  registry
      .histogram("daybook_group_size", "Commands in a group.", daybook::metrics::size_bounds(), 1)
      .observe(64);
}

}  // namespace

TEST_CASE("the text has one HELP and TYPE per family, however mixed the registration was") {
  Registry registry;
  registry.counter("a_total", "First.", {{"k", "1"}}).add(5);
  registry.gauge("b", "Second.", [] { return -2.25; });
  registry.counter("a_total", "First.", {{"k", "2"}}).add();
  CHECK(registry.render() ==
        "# HELP a_total First.\n# TYPE a_total counter\na_total{k=\"1\"} 5\na_total{k=\"2\"} 1\n"
        "# HELP b Second.\n# TYPE b gauge\nb -2.25\n");
}

TEST_CASE("help and label values are escaped, numbers have the format's words") {
  Registry registry;
  fill(registry);
  const auto text = registry.render();
  CHECK(text.find("daybook_requests_total{route=\"quote\\\" slash\\\\ line\\nend\"} 4\n") !=
        std::string::npos);
  CHECK(text.find("# HELP daybook_depth Depth of\\nthe \\\\ queue.\n") != std::string::npos);
  CHECK(text.find("daybook_infinite +Inf\n") != std::string::npos);
  CHECK(text.find("daybook_unknown NaN\n") != std::string::npos);
  CHECK(text.find("daybook_elsewhere_total 12345678\n") != std::string::npos);
}

TEST_CASE(
    "buckets are cumulative, their bounds inclusive and scaled, the count is the last bucket") {
  Registry registry;
  const auto histogram = registry.histogram("h_seconds", "H.", {50, 100, 1000}, 1e-6, {{"r", "x"}});
  for (const std::uint64_t value : {0u, 50u, 51u, 100u, 101u, 1000u, 1001u, 5000u})
    histogram.observe(value);
  CHECK(registry.render() ==
        "# HELP h_seconds H.\n# TYPE h_seconds histogram\n"
        "h_seconds_bucket{r=\"x\",le=\"5e-05\"} 2\n"
        "h_seconds_bucket{r=\"x\",le=\"0.0001\"} 4\n"
        "h_seconds_bucket{r=\"x\",le=\"0.001\"} 6\n"
        "h_seconds_bucket{r=\"x\",le=\"+Inf\"} 8\n"
        "h_seconds_sum{r=\"x\"} 0.007303\n"
        "h_seconds_count{r=\"x\"} 8\n");
}

TEST_CASE("the same name and labels give the same metric, other labels another") {
  Registry registry;
  registry.counter("a_total", "A.", {{"k", "1"}}).add(2);
  registry.counter("a_total", "A.", {{"k", "1"}}).add(3);
  registry.counter("a_total", "A.", {{"k", "2"}}).add(7);
  registry.histogram("h", "H.", {1, 2}, 1).observe(1);
  registry.histogram("h", "H.", {1, 2}, 1).observe(2);
  registry.gauge("g", "G.", [] { return 1; });
  registry.gauge("g", "G.", [] { return 2; });
  const auto text = registry.render();
  CHECK(sample(text, "a_total{k=\"1\"}") == 5);
  CHECK(sample(text, "a_total{k=\"2\"}") == 7);
  CHECK(sample(text, "h_count") == 2);
  CHECK(sample(text, "g") == 2);  // the newer function
}

TEST_CASE("a handle that was never registered counts nowhere") {
  const Counter counter;
  const Histogram histogram;
  counter.add(5);
  histogram.observe(5);
  SUCCEED();
}

TEST_CASE("counts of many threads add up, also of threads that have ended") {
  Registry registry;
  const auto counter = registry.counter("a_total", "A.");
  const auto histogram = registry.histogram("h", "H.", {10, 100}, 1);
  constexpr int rounds = 20, threads_at_once = 4, adds = 1000;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < threads_at_once; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < adds; ++n) {
          counter.add();
          histogram.observe(static_cast<std::uint64_t>(n % 200));
        }
      });
    for (auto& thread : threads) thread.join();
  }
  const auto text = registry.render();
  constexpr double total = double{rounds} * threads_at_once * adds;
  CHECK(sample(text, "a_total") == total);
  CHECK(sample(text, "h_count") == total);
  CHECK(sample(text, "h_bucket{le=\"10\"}") == total * 11 / 200);
  CHECK(sample(text, "h_bucket{le=\"100\"}") == total * 101 / 200);
  CHECK(sample(text, "h_sum") == total * 99.5);
}

TEST_CASE("threads that come and go reuse the memory of those before") {
  const auto cells = std::make_shared<Cells>();
  for (int i = 0; i < 100; ++i) std::thread([&] { cells->add(7, 2); }).join();
  CHECK(cells->sum(7) == 200);
  CHECK(cells->block_count() == 1);
}

TEST_CASE("a scrape while threads count never goes back and never tears a histogram") {
  Registry registry;
  const auto counter = registry.counter("a_total", "A.");
  const auto histogram = registry.histogram("h", "H.", {1, 2, 4}, 1);
  constexpr std::uint64_t adds = 200'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      for (std::uint64_t n = 0; n < adds; ++n) {
        counter.add();
        histogram.observe(n % 8);
      }
    });
  double before = 0;
  for (int i = 0; i < 200; ++i) {
    const auto text = registry.render();
    const auto now = sample(text, "a_total");
    REQUIRE(now >= before);
    before = now;
    REQUIRE(sample(text, "h_bucket{le=\"+Inf\"}") == sample(text, "h_count"));
    REQUIRE(sample(text, "h_bucket{le=\"2\"}") <= sample(text, "h_bucket{le=\"4\"}"));
  }
  for (auto& thread : threads) thread.join();
  CHECK(sample(registry.render(), "a_total") == 2 * adds);
}

TEST_CASE(
    "several registries in one process keep apart, also when one takes the place of another") {
  for (int round = 1; round <= 50; ++round) {
    Registry one, two;  // likely at the addresses of the round before
    const auto a = one.counter("a_total", "A.");
    const auto b = two.counter("a_total", "A.");
    for (int i = 0; i < round; ++i) {
      a.add();
      b.add(10);
    }
    REQUIRE(sample(one.render(), "a_total") == round);
    REQUIRE(sample(two.render(), "a_total") == 10 * round);
  }
}

TEST_CASE("a thread may outlive the registry it has counted in") {
  auto registry = std::make_unique<Registry>();
  const auto counter = registry->counter("a_total", "A.");
  std::atomic<int> stage{0};
  std::thread thread([&] {
    counter.add();
    stage = 1;
    stage.notify_all();
    stage.wait(1);
  });
  stage.wait(0);
  CHECK(sample(registry->render(), "a_total") == 1);
  registry.reset();
  stage = 2;
  stage.notify_all();
  thread.join();
}

TEST_CASE("random observations equal a plain model") {
  daybook::Rng rng(daybook::test::test_seed());
  for (int round = 0; round < 30; ++round) {
    std::vector<std::uint64_t> bounds;
    std::uint64_t bound = 0;
    const auto count = 1 + rng.below(40);
    for (std::uint64_t i = 0; i < count; ++i) bounds.push_back(bound += 1 + rng.below(50));
    Registry registry;
    const auto histogram = registry.histogram("h", "H.", bounds, 1);
    std::vector<std::uint64_t> values;
    double sum = 0;
    for (int i = 0; i < 300; ++i) {
      values.push_back(rng.below(bound + 20));
      histogram.observe(values.back());
      sum += static_cast<double>(values.back());
    }
    const auto text = registry.render();
    for (const auto b : bounds)
      REQUIRE(sample(text, "h_bucket{le=\"" + std::to_string(b) + "\"}") ==
              static_cast<double>(
                  std::count_if(values.begin(), values.end(), [b](auto v) { return v <= b; })));
    REQUIRE(sample(text, "h_sum") == sum);
    REQUIRE(sample(text, "h_count") == 300);
  }
}

TEST_CASE("the usual bounds ascend and have the promised ends") {
  for (const auto& bounds :
       {daybook::metrics::latency_bounds_us(), daybook::metrics::size_bounds()})
    CHECK(std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) == bounds.end());
  CHECK(daybook::metrics::latency_bounds_us().front() == 50);
  CHECK(daybook::metrics::latency_bounds_us().back() == 10'000'000);
  CHECK(daybook::metrics::size_bounds().front() == 1);
  CHECK(daybook::metrics::size_bounds().back() == 16384);
}

TEST_CASE("promtool finds nothing to say about the text") {
  constexpr const char* promtool = "/usr/bin/promtool";
  if (::access(promtool, X_OK) != 0) {
    std::cerr << "skipped: " << promtool << " is not installed (Debian package prometheus)\n";
    return;
  }
  Registry registry;
  fill(registry);
  daybook::test::TempDir dir;
  std::ofstream(dir / "metrics.txt") << registry.render();
  const auto run = daybook::test::run_program(
      "/bin/sh", {"-c", std::string(promtool) + " check metrics < " + (dir / "metrics.txt")});
  CAPTURE(run.out, run.err);
  CHECK(run.exit.code == 0);
  CHECK(run.out.empty());
  CHECK(run.err.empty());

  // And it does read: a text with a broken label is refused.
  std::ofstream(dir / "broken.txt") << "a_total{x=\"1} 3\n";
  const auto broken = daybook::test::run_program(
      "/bin/sh", {"-c", std::string(promtool) + " check metrics < " + (dir / "broken.txt")});
  CHECK(broken.exit.code != 0);
}
