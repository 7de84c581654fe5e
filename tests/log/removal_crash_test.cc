// Removals that a crash interrupts, and removals beside a busy log.
#include <catch2/catch.hpp>

#include <rocksdb/env.h>

#include <atomic>
#include <thread>

#include "log/helpers.h"
#include "log/removal.h"
#include "support/unsynced_env.h"

namespace daybook {
namespace {

using namespace test;
using Lines = std::vector<std::string>;

constexpr std::uint64_t kept_every = 100;

bool is_kept(std::uint64_t position) { return position % kept_every == 0; }

Result<bool> removable(const log::EventView& event) { return !is_kept(event.position.value); }

// One event a group.
void append_one_by_one(log::EventLog& log, std::uint64_t groups) {
  for (std::uint64_t i = 0; i < groups; ++i) append_interval(log, {{topic_a, {"a"}}});
  REQUIRE(log.sync().ok());
}

// Positions 1 to `removed` were removed but for the kept ones; the rest is there.
void check_removed_up_to(log::EventLog& log, std::uint64_t removed) {
  std::uint64_t expected = 0, wrong = 0;
  const auto scanned = log.scan({}, [&](const log::EventView& event) {
    do ++expected;
    while (expected <= removed && !is_kept(expected));
    if (event.position.value != expected) ++wrong;
    return true;
  });
  INFO((scanned.ok() ? "" : scanned.error().message));
  REQUIRE(scanned.ok());
  CHECK(wrong == 0);
  CHECK(expected == log.head().value);
  const auto report = log.verify(nullptr);
  INFO(report->problem.value_or(""));
  CHECK_FALSE(report->problem.has_value());
  CHECK(report->removed.events == removed - removed / kept_every);
}

TEST_CASE("a removal that a power cut ends leaves a log that opens, verifies and goes on") {
  const TempDir dir;
  const auto env = make_unsynced_env();
  auto options = log_options(dir / "data");
  options.env_for_tests = env.get();
  const auto log = open_log(options);
  constexpr std::uint64_t step = log::removal_step_records_max;
  constexpr std::uint64_t groups = 2 * step + 150;
  append_one_by_one(*log, groups);
  // In the middle of each step, and at its first record: then the step before was just written.
  const auto removed =
      log->remove_before(topic_a, {groups - 19}, [&](const log::EventView& event) -> Result<bool> {
        const std::uint64_t at = event.position.value;
        if (at == 10 || at == step + 1 || at == step + 10 || at == 2 * step + 10)
          copy_directory(dir / "data", dir / ("cut" + std::to_string(at)));
        return removable(event);
      });
  REQUIRE(removed.ok());
  check_removed_up_to(*log, groups - 20);
  const std::pair<std::uint64_t, std::uint64_t> cuts[] = {
      {10, 0}, {step + 1, step}, {step + 10, step}, {2 * step + 10, 2 * step}};
  for (const auto& [at, done] : cuts) {
    INFO("cut at " << at);
    const auto cut = open_log(log_options(dir / ("cut" + std::to_string(at))));
    check_removed_up_to(*cut, done);
    std::uint64_t first_asked = 0;
    REQUIRE(cut->remove_before(topic_a, {groups - 19},
                               [&](const log::EventView& event) {
                                 if (first_asked == 0) first_asked = event.position.value;
                                 return removable(event);
                               })
                .ok());
    CHECK(first_asked == done + 1);
    check_removed_up_to(*cut, groups - 20);
  }
}

TEST_CASE("a removal beside appends and scans disturbs neither") {
  const TempDir dir;
  const auto log = open_log(log_options(dir / "data"));
  constexpr std::uint64_t groups = 3000;
  append_one_by_one(*log, groups);
  std::atomic<bool> stop{false};
  std::atomic<bool> fine{true};  // Catch2's macros are for the main thread only
  std::thread removing([&] {
    for (std::uint64_t before = 1; fine && before <= groups; before += 61) {
      if (!log->remove_before(topic_a, {before + 1}, removable).ok()) fine = false;
    }
    stop = true;
  });
  std::thread scanning([&] {
    while (!stop && fine) {
      std::uint64_t last = 0;
      const auto scanned = log->scan({}, [&](const log::EventView& event) {
        if (event.position.value <= last) fine = false;
        last = event.position.value;
        return true;
      });
      if (!scanned.ok() || log->verify(nullptr)->problem) fine = false;
    }
  });
  std::uint64_t appended = 0;
  while (!stop && fine) {
    if (appended % 7 == 0)
      append(*log, {{topic_b, {"b"}}});
    else
      append_interval(*log, {{topic_b, {"b"}}});
    ++appended;
  }
  removing.join();
  scanning.join();
  CHECK(fine);
  CHECK(appended > 0);
  const std::uint64_t removed = 1 + 61 * ((groups - 1) / 61);
  check_removed_up_to(*log, removed);
}

}  // namespace
}  // namespace daybook
