// Random groups over three topics, random removals, reopens and kills against a list in memory.
// DAYBOOK_TEST_SEED repeats a run.
#include <catch2/catch.hpp>

#include "base/random.h"
#include "log/helpers.h"
#include "support/seed.h"

namespace daybook {
namespace {

using namespace test;
using Lines = std::vector<std::string>;

constexpr int steps = 200;
constexpr TopicId topics[] = {topic_a, topic_b, topic_c};

struct Record {
  TopicId topic{};
  std::uint64_t first = 0;
  std::vector<std::string> payloads;
  bool removed = false;
  [[nodiscard]] std::uint64_t end() const { return first + payloads.size(); }
  [[nodiscard]] bool removable() const {
    for (const auto& payload : payloads)
      if (payload[0] == 'k') return false;
    return true;
  }
};

struct Model {
  std::vector<Record> records;
  std::uint64_t head = 0;

  std::vector<Part> random_group(Rng& rng) {
    std::vector<Part> parts;
    for (const auto topic : topics) {
      if (rng.below(2) == 0) continue;
      Record record{topic, head + 1, {}, false};
      for (std::uint64_t i = 0; i <= rng.below(5); ++i)
        record.payloads.push_back((rng.below(6) == 0 ? "k" : "r") + std::to_string(rng.next()) +
                                  std::string(rng.below(500), 'x'));
      head += record.payloads.size();
      parts.push_back({topic, record.payloads});
      records.push_back(std::move(record));
    }
    return parts;
  }
  log::Removed remove(TopicId topic, std::uint64_t before) {
    log::Removed removed;
    for (auto& record : records) {
      if (record.removed || record.topic != topic || record.end() > before || !record.removable())
        continue;
      record.removed = true;
      ++removed.records;
      removed.events += record.payloads.size();
    }
    return removed;
  }
  [[nodiscard]] Lines lines(std::uint64_t from, std::optional<TopicId> topic) const {
    Lines out;
    for (const auto& record : records) {
      if (record.removed || (topic && *topic != record.topic)) continue;
      for (std::size_t i = 0; i < record.payloads.size(); ++i)
        if (record.first + i >= from)
          out.push_back(std::to_string(record.first + i) + "/" +
                        std::to_string(record.topic.value) + "/" + record.payloads[i]);
    }
    return out;
  }
  [[nodiscard]] std::uint64_t removed_records() const {
    std::uint64_t n = 0;
    for (const auto& record : records) n += record.removed ? 1 : 0;
    return n;
  }
};

void check(log::EventLog& log, const Model& model, Rng& rng) {
  log::ScanOptions options;
  options.from = {1 + rng.below(model.head + 1)};
  options.verify_hashes = rng.below(2) == 0;
  if (rng.below(2) == 0) options.topic = topics[rng.below(3)];
  const auto seen = scan_all(log, options);
  INFO((seen.ok() ? "" : seen.error().message));
  REQUIRE(seen.ok());
  REQUIRE(*seen == model.lines(options.from.value, options.topic));
}

void check_verify(log::EventLog& log, const Model& model) {
  const auto report = log.verify(nullptr);
  REQUIRE(report.ok());
  INFO(report->problem.value_or(""));
  REQUIRE_FALSE(report->problem.has_value());
  REQUIRE(report->removed.records == model.removed_records());
  REQUIRE(report->records + report->removed.records == model.records.size());
  REQUIRE(report->events + report->removed.events == model.head);
}

TEST_CASE("random groups, removals and reopens agree with a list in memory") {
  const std::uint64_t seed = test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  const TempDir dir;
  Model model;
  auto log = open_log(log_options(dir / "data"));
  for (int step = 0; step < steps; ++step) {
    const auto parts = model.random_group(rng);
    if (!parts.empty()) append(*log, parts);
    if (rng.below(8) == 0) {
      const TopicId topic = topics[rng.below(3)];
      const std::uint64_t before = 1 + rng.below(model.head + 3);
      const auto removed = log->remove_before(
          topic, {before},
          [](const log::EventView& e) -> Result<bool> { return e.payload[0] != 'k'; });
      REQUIRE(removed.ok());
      const auto expected = model.remove(topic, before);
      REQUIRE(removed->records == expected.records);
      REQUIRE(removed->events == expected.events);
    }
    if (model.head > 0) check(*log, model, rng);
    if (rng.below(15) == 0) {
      log.reset();
      log = open_log(log_options(dir / "data"));
      check_verify(*log, model);
    } else if (rng.below(15) == 0) {  // killed: opened again from what the files hold
      const std::string copy = dir / ("copy" + std::to_string(step));
      copy_directory(dir / "data", copy);
      check_verify(*open_log(log_options(copy)), model);
    }
  }
  check(*log, model, rng);
  check_verify(*log, model);
}

}  // namespace
}  // namespace daybook
