// A kill at every instant, and at random ones with power cuts: every event is at the target once or
// an open dead letter, and the stream is in order.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <iostream>

#include "base/random.h"
#include "support/seed.h"
#include "support/wait.h"
#include "world.h"

namespace daybook::project {
namespace {

using namespace std::chrono_literals;

void let_run(World& world, std::int64_t ms) { REQUIRE(world.clock.run_for(ms)); }

// Kills the run that is under way when it is due, with what the disk had not synced lost or not.
void restart_if_killed(World& world, Target& target, std::size_t writes_lost,
                       const std::function<ProjectorSpec()>& spec) {
  if (!world.kill.dead()) return;
  world.stop();
  world.store.power_cut(writes_lost);
  world.kill.revive();
  static_cast<void>(target);
  world.start(spec());
}

// Every position once: at the target or an open letter; those not retried in order.
void check_all(const World& world, const Target& target, const std::vector<std::uint64_t>& wanted) {
  std::vector<std::uint64_t> stream;
  std::vector<std::uint64_t> all;
  for (const auto& row : target.rows()) {
    all.push_back(row.position.value);
    if (!row.retried) stream.push_back(row.position.value);
  }
  CHECK(std::is_sorted(stream.begin(), stream.end()));
  for (const std::uint64_t open : world.control.open_letters("p")) all.push_back(open);
  std::sort(all.begin(), all.end());
  CHECK(all == wanted);
}

// Twelve events, two of them poison, one of which a person mends when it is a letter. Returns how
// many instants there are.
std::uint64_t run_scenario(std::uint64_t kill_step, bool after, std::size_t writes_lost) {
  Target target;
  World world;
  const auto spec = [&] {
    auto made = world.spec(target);
    made.dead_letter_retry_s = 60;
    made.dead_letter_tries_max = 1;
    return made;
  };
  target.judge(rejects_poison(true, true));
  for (std::uint64_t i = 1; i <= 12; ++i)
    world.source.add("submitted", "a", i == 3 || i == 8 ? poison : "{}");
  if (kill_step > 0) world.kill.at(kill_step, after);
  world.start(spec());
  let_run(world, 1000);
  restart_if_killed(world, target, writes_lost, spec);
  let_run(world, 30'000);  // the kill may also be here
  restart_if_killed(world, target, writes_lost, spec);
  let_run(world, 20'000);
  if (world.control.letter("p", {3})) world.control.edit("p", {3}, "\"mended\"");
  let_run(world, 200'000);
  restart_if_killed(world, target, writes_lost, spec);
  let_run(world, 200'000);
  const auto steps = world.kill.steps();
  CHECK(!world.kill.dead());
  check_all(world, target, numbers(1, 12));
  CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{8});
  CHECK(world.status().position == Position{12});
  return steps;
}

}  // namespace

TEST_CASE("a kill at any instant loses no event and doubles none") {
  const std::uint64_t instants = run_scenario(0, false, 0);
  CHECK(instants > 12);
  for (std::uint64_t step = 1; step <= instants; ++step)
    for (const bool after : {false, true}) {
      INFO("killed " << (after ? "after" : "before") << " effect " << step);
      run_scenario(step, after, 0);
    }
}

TEST_CASE("a power cut at any instant loses no event and doubles none") {
  const std::uint64_t instants = run_scenario(0, false, 0);
  for (std::uint64_t step = 1; step <= instants; ++step)
    for (const std::size_t lost : {1u, 1000u}) {
      INFO("power lost after effect " << step << " and " << lost << " writes");
      run_scenario(step, true, lost);
    }
}

TEST_CASE("random schedules: each event once at the target or in the dead letters, in order") {
  const std::uint64_t seed = test::test_seed();
  const std::uint64_t schedules = test::env_number("DAYBOOK_TEST_SCHEDULES", 150);
  for (std::uint64_t schedule = 0; schedule < schedules; ++schedule) {
    INFO("seed " << seed << ", schedule " << schedule);
    Rng rng(seed + schedule * 7919);
    Target target;
    World world;
    world.options.jitter_seed = rng.next() | 1;
    world.plan = rng.below(2) == 0 ? RetryPlan{{500}, {}} : RetryPlan{{}, {2000, 5000}};
    const std::size_t batch = 1 + rng.below(9);
    const auto spec = [&] {
      auto made = world.spec(target);
      made.batch_events_max = batch;
      made.batch_ms = 200;
      made.retry_max_ms = 2000;
      made.dead_letter_retry_s = 3;
      made.filter.types = {"submitted"};
      return made;
    };
    // The target's moods; drawn in the projector's thread, one at a time.
    Rng moods(rng.next());
    std::atomic<bool> well{false};
    target.judge([&](std::span<const SinkEvent> events, SinkContext& context) -> Delivery {
      const std::size_t draw = well ? 99 : moods.below(20);
      if (draw == 0) return Delivery::unavailable("away", 0, moods.below(events.size()));
      if (draw == 1) return Delivery::unavailable("slow down", 1500);
      if (draw == 2 && !context.wait(static_cast<std::int64_t>(moods.below(1000))))
        return Delivery::unavailable("stopping");
      for (std::size_t i = 0; i < events.size(); ++i) {
        const bool bad = events[i]->data == poison ||
                         (!well && events[i]->data == "\"moody\"" && moods.below(3) > 0);
        if (!bad) continue;
        const bool final = events[i]->data == poison && i % 2 == 0;
        const std::size_t before = moods.below(i + 1);  // delivered of those before it
        if (moods.below(2) == 0) return Delivery::rejected("no", i, final, before);
        return Delivery::rejected("no", std::nullopt, final, before);
      }
      return Delivery::done();
    });
    std::vector<std::uint64_t> wanted;
    std::set<std::uint64_t> poisoned;
    world.start(spec());
    const std::uint64_t actions = 20 + rng.below(40);
    for (std::uint64_t action = 0; action < actions; ++action) {
      const std::uint64_t draw = rng.below(16);
      if (draw < 7) {
        for (std::uint64_t i = rng.below(12); i > 0; --i) {
          const std::uint64_t kind = rng.below(20);
          const std::string data = kind == 0 ? poison : kind == 1 ? "\"moody\"" : "{}";
          const std::string type = kind == 2 ? "flagged" : "submitted";
          const auto position = world.source.add(type, "a", data);
          if (kind != 2) wanted.push_back(position.value);
          if (kind == 0) poisoned.insert(position.value);
        }
      } else if (draw < 10) {
        world.kill.at(1 + rng.below(12), rng.below(2) == 0);
      } else if (draw == 10) {
        world.control.pause("p");
      } else if (draw == 11) {
        world.control.resume("p");
      } else if (draw == 12) {
        for (const auto open : world.control.open_letters("p"))
          if (rng.below(2) == 0) world.control.retry("p", {open});
      } else if (draw == 13) {
        for (const auto open : world.control.open_letters("p")) {
          if (rng.below(3) != 0) continue;
          world.control.edit("p", {open}, "\"mended\"");
          poisoned.erase(open);
        }
      } else {
        world.source.skip(rng.below(5));
      }
      let_run(world, static_cast<std::int64_t>(rng.below(4000)));
      restart_if_killed(world, target, rng.below(3) == 0 ? rng.below(20) : 0, spec);
    }
    well = true;
    world.control.resume("p");
    let_run(world, 20'000);
    restart_if_killed(world, target, 0, spec);
    let_run(world, 20'000);
    restart_if_killed(world, target, 0, spec);
    let_run(world, 20'000);
    // What was mended while a letter was given up is asked for once more.
    for (const auto open : world.control.open_letters("p")) world.control.retry("p", {open});
    let_run(world, 120'000);
    REQUIRE(!world.kill.dead());
    check_all(world, target, wanted);
    CHECK(world.control.open_letters("p") == poisoned);
    CHECK(world.status().lag_events == 0);
    world.stop();
  }
}

}  // namespace daybook::project
