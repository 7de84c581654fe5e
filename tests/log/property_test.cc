// Random groups, reopens and scans against a list in memory. DAYBOOK_TEST_SEED repeats a run.
#include <catch2/catch.hpp>

#include "base/random.h"
#include "log/helpers.h"
#include "support/seed.h"

namespace daybook {
namespace {

using namespace test;
using Lines = std::vector<std::string>;

constexpr int steps = 150;
constexpr std::uint64_t payload_bytes_max = 3000;

struct Model {
  Lines lines;
  std::vector<std::uint64_t> group_first;  // by position - 1

  std::vector<Part> random_group(Rng& rng) {
    std::vector<Part> parts;
    const std::uint64_t first = lines.size() + 1;
    for (const auto topic : {topic_a, topic_b, topic_c}) {
      if (rng.below(2) == 0) continue;
      Part part{topic, {}};
      for (std::uint64_t i = 0; i <= rng.below(20); ++i) {
        std::string payload(rng.below(payload_bytes_max), static_cast<char>('a' + rng.below(26)));
        payload += std::to_string(rng.next());
        lines.push_back(std::to_string(lines.size() + 1) + "/" + std::to_string(topic.value) + "/" +
                        payload);
        group_first.push_back(first);
        part.payloads.push_back(std::move(payload));
      }
      parts.push_back(std::move(part));
    }
    return parts;
  }
};

void check_scan(log::EventLog& log, const Model& model, Rng& rng) {
  log::ScanOptions options;
  options.from = {1 + rng.below(model.lines.size())};
  options.until = {options.from.value + rng.below(60)};
  options.verify_hashes = rng.below(2) == 0;
  const bool one_topic = rng.below(2) == 0;
  if (one_topic) options.topic = topic_b;
  Lines expected;
  for (std::uint64_t p = options.from.value; p <= options.until.value && p <= model.lines.size();
       ++p)
    if (!one_topic || model.lines[p - 1].find("/2/") != std::string::npos)
      expected.push_back(model.lines[p - 1]);
  const auto seen = scan_all(log, options);
  REQUIRE(seen.ok());
  REQUIRE(*seen == expected);
  REQUIRE(log.group_of(options.from)->first.value == model.group_first[options.from.value - 1]);
}

TEST_CASE("random groups, reopens and scans agree with a list in memory") {
  const std::uint64_t seed = test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  const TempDir dir;
  Model model;
  auto log = open_log(log_options(dir / "data"));
  for (int step = 0; step < steps; ++step) {
    const auto parts = model.random_group(rng);
    if (!parts.empty()) append(*log, parts);
    REQUIRE(log->head().value == model.lines.size());
    if (!model.lines.empty()) check_scan(*log, model, rng);
    if (rng.below(15) == 0) {
      log.reset();
      log = open_log(log_options(dir / "data"));
    } else if (rng.below(15) == 0) {  // killed: opened again from what the files hold
      const std::string copy = dir / ("copy" + std::to_string(step));
      copy_directory(dir / "data", copy);
      REQUIRE(scan_all(*open_log(log_options(copy))).value() == model.lines);
    }
  }
  REQUIRE(scan_all(*log).value() == model.lines);
  const auto report = log->verify(nullptr);
  REQUIRE(report.ok());
  CHECK_FALSE(report->problem.has_value());
  CHECK(report->events == model.lines.size());
}

}  // namespace
}  // namespace daybook
