// A kill at every instant, and at random ones with power cuts: every event is at the target once or
// an open dead letter, and the stream is in order.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>

#include "base/random.h"
#include "support/seed.h"
#include "world.h"

namespace daybook::project {
namespace {

void let_run(World& world, std::int64_t ms) { REQUIRE(world.clock.run_for(ms)); }

// Kills the run that is under way when it is due, with what the disk had not synced lost or not.
void restart_if_killed(World& world, std::size_t writes_lost,
                       const std::function<ProjectorSpec()>& spec) {
  if (!world.kill.dead()) return;
  world.stop();
  world.store.power_cut(writes_lost);
  world.kill.revive();
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
  restart_if_killed(world, writes_lost, spec);
  let_run(world, 30'000);  // the kill may also be here
  restart_if_killed(world, writes_lost, spec);
  let_run(world, 20'000);
  if (world.control.letter("p", {3})) world.control.edit("p", {3}, "\"mended\"");
  let_run(world, 200'000);
  restart_if_killed(world, writes_lost, spec);
  let_run(world, 200'000);
  const auto steps = world.kill.steps();
  CHECK(!world.kill.dead());
  check_all(world, target, numbers(1, 12));
  CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{8});
  CHECK(world.status().position == Position{12});
  return steps;
}

// One random life of a projector: events, kills, power cuts, a person's actions, a moody target.
class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : rng_(seed), moods_(rng_.next()) {
    world_.options.jitter_seed = rng_.next() | 1;
    world_.plan = rng_.below(2) == 0 ? RetryPlan{{500}, {}} : RetryPlan{{}, {2000, 5000}};
    batch_events_ = 1 + rng_.below(9);
    target_.judge([this](std::span<const SinkEvent> events, SinkContext& context) {
      return judge(events, context);
    });
  }

  void run() {
    world_.start(spec());
    for (std::uint64_t action = 20 + rng_.below(40); action > 0; --action) {
      act();
      let_run(world_, static_cast<std::int64_t>(rng_.below(4000)));
      restart_if_killed(world_, rng_.below(3) == 0 ? rng_.below(20) : 0, [this] { return spec(); });
    }
    well_ = true;
    world_.kill.revive();  // a kill that has not come yet does not come
    world_.control.resume("p");
    let_run(world_, 60'000);
    // What was mended when its letter had been given up is asked for once more.
    for (const auto open : world_.control.open_letters("p")) world_.control.retry("p", {open});
    let_run(world_, 120'000);
    check_all(world_, target_, wanted_);
    CHECK(world_.control.open_letters("p") == poisoned_);
    CHECK(world_.status().lag_events == 0);
    world_.stop();
  }

 private:
  ProjectorSpec spec() {
    auto made = world_.spec(target_);
    made.batch_events_max = batch_events_;
    made.batch_ms = 200;
    made.retry_max_ms = 2000;
    made.dead_letter_retry_s = 3;
    made.filter.types = {"submitted"};
    return made;
  }

  // In the projector's thread, one call at a time.
  Delivery judge(std::span<const SinkEvent> events, SinkContext& context) {
    const std::size_t draw = well_ ? 99 : moods_.below(20);
    if (draw == 0) {
      std::size_t good = 0;
      while (good < events.size() && events[good]->data == "{}") ++good;
      return Delivery::unavailable("away", 0, moods_.below(good + 1));
    }
    if (draw == 1) return Delivery::unavailable("slow down", 1500);
    if (draw == 2 && !context.wait(static_cast<std::int64_t>(moods_.below(1000))))
      return Delivery::unavailable("stopping");
    for (std::size_t i = 0; i < events.size(); ++i) {
      const bool is_poison = events[i]->data == poison;
      if (!is_poison && (well_ || events[i]->data != "\"moody\"" || moods_.below(3) == 0)) continue;
      const bool final = is_poison && i % 2 == 0;
      const std::size_t before = moods_.below(i + 1);  // delivered of those before it
      if (moods_.below(2) == 0) return Delivery::rejected("no", i, final, before);
      return Delivery::rejected("no", std::nullopt, final, before);
    }
    return Delivery::done();
  }

  void act() {
    const std::uint64_t draw = rng_.below(16);
    if (draw < 7) return add_events();
    if (draw < 10) return world_.kill.at(1 + rng_.below(12), rng_.below(2) == 0);
    if (draw == 10) return world_.control.pause("p");
    if (draw == 11) return world_.control.resume("p");
    if (draw > 13) return world_.source.skip(rng_.below(5));
    for (const auto open : world_.control.open_letters("p")) {
      if (rng_.below(3) == 0) continue;
      if (draw == 12) {
        world_.control.retry("p", {open});
      } else {
        world_.control.edit("p", {open}, "\"mended\"");
        poisoned_.erase(open);
      }
    }
  }

  void add_events() {
    for (std::uint64_t i = rng_.below(12); i > 0; --i) {
      const std::uint64_t kind = rng_.below(20);
      const std::string data = kind == 0 ? poison : kind == 1 ? "\"moody\"" : "{}";
      const bool is_wanted = kind != 2;
      const Position at = world_.source.add(is_wanted ? "submitted" : "flagged", "a", data);
      if (is_wanted) wanted_.push_back(at.value);
      if (kind == 0) poisoned_.insert(at.value);
    }
  }

  Rng rng_;
  Rng moods_;
  std::atomic<bool> well_{false};  // the target, at the end
  std::size_t batch_events_ = 1;
  std::vector<std::uint64_t> wanted_;
  std::set<std::uint64_t> poisoned_;  // and not mended
  Target target_;
  World world_;  // last: its runtime ends first
};

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
    Schedule(seed + schedule * 7919).run();
  }
}

}  // namespace daybook::project
