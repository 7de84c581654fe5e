// What becomes of a batch the target does not take.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>

#include "project/projector.h"
#include "world.h"

namespace daybook::project {
namespace {

using Positions = std::vector<std::uint64_t>;
constexpr std::int64_t hour_ms = 3'600'000;

Positions without(Positions all, const std::vector<std::uint64_t>& some) {
  std::erase_if(all, [&](std::uint64_t p) { return std::count(some.begin(), some.end(), p) > 0; });
  return all;
}

// `count` events, those at the given positions poison.
void add_events(World& world, std::uint64_t count, const Positions& poisoned) {
  for (std::uint64_t i = 1; i <= count; ++i) {
    const bool bad = std::count(poisoned.begin(), poisoned.end(), i) > 0;
    world.source.add("submitted", "a", bad ? poison : "{}");
  }
}

Delivery all_unavailable(std::span<const SinkEvent>, SinkContext&) {
  return Delivery::unavailable("the target is away");
}

// Writes a state and a row into a delivery that then fails.
class ScribblingSink final : public Sink {
 public:
  explicit ScribblingSink(std::vector<std::string>& found) : found_(found) {}
  Delivery begin(SinkProgress&, SinkContext&) override { return Delivery::done(); }
  Delivery deliver(std::span<const SinkEvent>, SinkProgress& progress,
                   SinkContext& context) override {
    found_.push_back(progress.state + (*context.row("row")).value_or(""));
    progress.state = "state";
    context.put_row("row", "row");
    return found_.size() < 3 ? Delivery::unavailable("away") : Delivery::done();
  }

 private:
  std::vector<std::string>& found_;  // what each call found; read after the runtime is stopped
};

}  // namespace

TEST_CASE("state and rows of a delivery that failed are forgotten") {
  std::vector<std::string> found;
  Target unused;
  World world;
  auto spec = world.spec(unused);
  spec.batch_events_max = 1;
  spec.sink_object = std::make_unique<ScribblingSink>(found);
  add_events(world, 2, {});
  world.start(std::move(spec));
  world.run_for(60'000);
  world.stop();
  CHECK(found == std::vector<std::string>{"", "", "", "staterow"});
}

TEST_CASE("poison in any place of a batch becomes a dead letter and all others go on in order") {
  const bool named = GENERATE(true, false);
  for (std::uint64_t bad = 1; bad <= 9; ++bad) {
    for (const std::uint64_t other : {bad, bad % 9 + 1}) {
      Target target;
      World world;
      target.judge(rejects_poison(named));
      add_events(world, 9, {bad, other});
      auto spec = world.spec(target);
      spec.batch_events_max = 9;
      world.start(std::move(spec));
      world.run_for(10'000);
      INFO("bad " << bad << " and " << other << (named ? ", named" : ""));
      CHECK(target.positions() == without(numbers(1, 9), {bad, other}));
      CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{bad, other});
      CHECK(world.status().position == Position{9});
      CHECK(world.status().dead_letters == (bad == other ? 1u : 2u));
    }
  }
}

TEST_CASE(
    "an event is tried in line after each wait of the plan, and its letter has every attempt") {
  Target target;
  World world;
  world.plan = {{1000, 5000}, {}};
  std::atomic<int> words{0};
  target.judge([&](std::span<const SinkEvent> events, SinkContext&) {
    for (const auto& event : events)
      if (event->data == poison) return Delivery::rejected("no " + std::to_string(++words));
    return Delivery::done();
  });
  add_events(world, 3, {2});
  auto spec = world.spec(target);
  spec.batch_events_max = 1;
  spec.dead_letter_retry_s = 3600;
  world.start(std::move(spec));
  world.run_for(5900);
  CHECK(target.positions() == Positions{1});
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK(world.status().reason == "rejected: no 2");
  REQUIRE(world.status().next_try_at.has_value());
  world.run_for(2000);
  CHECK(target.positions() == Positions{1, 3});
  const auto letter = world.control.letter("p", {2});
  REQUIRE(letter.has_value());
  CHECK(letter->letter.event.data == poison);
  CHECK(letter->letter.reason == "no 3");
  REQUIRE(letter->letter.attempts.size() == 3);
  const auto& attempts = letter->letter.attempts;
  CHECK(attempts[0].reason == "no 1");
  CHECK(attempts[1].at.value - attempts[0].at.value == 1'000'000);
  CHECK(attempts[2].at.value - attempts[1].at.value == 5'000'000);
  REQUIRE(letter->letter.next_try_at.has_value());
  CHECK(letter->letter.next_try_at->value - attempts[2].at.value == 3'600'000'000);
}

TEST_CASE("a final rejection is not tried again in line, and a named one not even alone") {
  const bool named = GENERATE(true, false);
  Target target;
  World world;
  world.plan = {{1000, 5000}, {}};
  target.judge(rejects_poison(named, true));
  add_events(world, 4, {3});
  world.start(world.spec(target));
  world.run_for(50);
  CHECK(target.positions() == Positions{1, 2, 4});
  const auto letter = world.control.letter("p", {3});
  REQUIRE(letter.has_value());
  CHECK(letter->letter.attempts.size() == 1);
  std::size_t alone = 0;
  for (const auto& call : target.calls()) alone += call.positions == Positions{3} ? 1u : 0u;
  CHECK(alone == (named ? 0u : 1u));
}

TEST_CASE("an unavailable target is tried again with the same batch until it is there") {
  Target target;
  World world;
  target.judge(all_unavailable);
  add_events(world, 3, {});
  world.start(world.spec(target));
  world.run_for(120'000);
  add_events(world, 5, {});
  const auto status = world.status();
  CHECK(status.state == ProjectorState::waiting);
  CHECK(status.reason == "the target is away");
  REQUIRE(status.next_try_at.has_value());
  CHECK(status.next_try_at->value > world.clock.now().value);
  CHECK(status.lag_s == Approx(120).margin(0.1));
  CHECK(status.retries == target.calls().size());
  const auto calls = target.calls();
  for (const auto& call : calls) CHECK(call.positions == Positions{1, 2, 3});
  CHECK(calls.size() > 15);  // a wait is 5 s on average once it is at its most
  CHECK(calls.size() < 70);
  for (std::size_t i = 1; i < calls.size(); ++i) {
    CHECK(calls[i].at_ms - calls[i - 1].at_ms <= 10'000);
    if (i <= 3) CHECK(calls[i].at_ms - calls[i - 1].at_ms <= 100 << (i - 1));
  }
  target.judge(nullptr);
  world.run_for(11'000);
  CHECK(target.positions() == numbers(1, 8));
  CHECK(world.status().state == ProjectorState::running);
  CHECK(world.status().reason.empty());
  CHECK(world.status().dead_letters == 0);
}

TEST_CASE("a target that says when to come back is not called before") {
  Target target;
  World world;
  target.judge([](std::span<const SinkEvent>, SinkContext&) {
    return Delivery::unavailable("429", 60'000);
  });
  add_events(world, 1, {});
  world.start(world.spec(target));
  world.run_for(200'000);
  const auto calls = target.calls();
  REQUIRE(calls.size() == 4);
  for (std::size_t i = 1; i < calls.size(); ++i)
    CHECK(calls[i].at_ms - calls[i - 1].at_ms >= 60'000);
}

TEST_CASE("what was delivered of a batch before it failed is not delivered again") {
  const auto outcome = GENERATE(Delivery::Outcome::unavailable, Delivery::Outcome::rejected);
  Target target;
  World world;
  std::atomic<bool> first{true};
  target.judge([&](std::span<const SinkEvent>, SinkContext&) {
    if (!first.exchange(false)) return Delivery::done();
    return outcome == Delivery::Outcome::unavailable
               ? Delivery::unavailable("half", 0, 3)
               : Delivery::rejected("half", std::nullopt, false, 3);
  });
  add_events(world, 8, {});
  auto spec = world.spec(target);
  spec.batch_events_max = 8;
  world.start(std::move(spec));
  world.run_for(50);
  const auto saved = world.status().position;
  world.run_for(10'000);
  CHECK(saved >= Position{3});
  CHECK(target.positions() == numbers(1, 8));
  CHECK(target.calls()[1].positions.front() == 4);
  CHECK(world.status().delivered == 8);
}

TEST_CASE("ten different events rejected in a row are the target's fault: the tenth waits") {
  Target target;
  World world;
  std::atomic<bool> sick{true};
  target.judge([&](std::span<const SinkEvent>, SinkContext&) {
    return sick ? Delivery::rejected("bad gateway") : Delivery::done();
  });
  add_events(world, 30, {});
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  world.start(std::move(spec));
  world.run_for(hour_ms);
  CHECK(world.status().dead_letters == rejections_in_row_max - 1);
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK_THAT(world.status().reason, Catch::Contains("10 events in a row"));
  CHECK(target.positions().empty());
  sick = false;
  world.run_for(11'000);
  CHECK(target.positions() == numbers(10, 30));
  CHECK(world.status().dead_letters == 9);
}

TEST_CASE("final rejections are the events' own fault, however many come in a row") {
  Target target;
  World world;
  target.judge(rejects_poison(true, true));
  add_events(world, 30, numbers(1, 29));
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(world.status().dead_letters == 29);
  CHECK(target.positions() == Positions{30});
}

TEST_CASE("a projector with dead_letters_max open ones waits, and goes on when there is room") {
  Target target;
  World world;
  target.judge(rejects_poison(true, true));
  add_events(world, 6, {1, 2, 4});
  auto spec = world.spec(target);
  spec.dead_letters_max = 2;
  spec.dead_letter_retry_s = 0;
  world.start(std::move(spec));
  world.run_for(hour_ms);
  CHECK(target.positions() == Positions{3});
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK_THAT(world.status().reason, Catch::Contains("2 open dead letters"));
  SECTION("a person skips one") { world.control.skip("p", {1}); }
  SECTION("a person mends one: it is tried although the projector waits") {
    world.control.edit("p", {1}, "\"mended\"");
  }
  world.run_for(1000);
  CHECK(world.status().position == Position{6});
  CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{2, 4});
  auto positions = target.positions();
  std::erase(positions, 1u);
  CHECK(positions == Positions{3, 5, 6});
}

TEST_CASE("a log that takes no dead letter stops the projector at the event, which is not lost") {
  Target target;
  World world;
  target.judge(rejects_poison(true, true));
  add_events(world, 3, {2});
  world.control.pause("p");
  world.start(world.spec(target));
  world.run_for(100);
  world.control.refuse(Error{Errc::unavailable, "the log has stopped taking writes"});
  world.control.resume("p");
  world.run_for(60'000);
  CHECK(target.positions() == Positions{1});
  CHECK(world.status().position == Position{1});
  CHECK_THAT(world.status().reason, Catch::Contains("cannot keep a dead letter"));
  world.control.refuse(std::nullopt);
  world.run_for(11'000);
  CHECK(target.positions() == Positions{1, 3});
  CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{2});
}

TEST_CASE("a store that takes nothing stops the projector after the batch, which is not doubled") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  world.store.fail(Error{Errc::unavailable, "No space left on device"});
  add_events(world, 6, {});
  world.run_for(60'000);
  CHECK(target.positions() == numbers(1, 4));
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK_THAT(world.status().reason, Catch::Contains("No space left"));
  SECTION("it goes on when there is room") {
    world.store.fail(std::nullopt);
    world.run_for(11'000);
    CHECK(world.status().state == ProjectorState::running);
  }
  SECTION("it is stopped and started again") {
    world.stop();
    world.store.fail(std::nullopt);
    world.start(world.spec(target));
    world.run_for(1000);
  }
  CHECK(target.positions() == numbers(1, 6));
}

TEST_CASE("a checkpoint whose rows could not be written is not written without them at the end") {
  Target target;
  World world;
  target.judge([](std::span<const SinkEvent> events, SinkContext& context) {
    const auto count = (*context.row("count")).value_or("");
    context.put_row("count", count + std::string(events.size(), '|'));
    return Delivery::done();
  });
  world.start(world.spec(target));
  world.run_for(100);
  world.store.fail(Error{Errc::unavailable, "No space left on device"});
  add_events(world, 3, {});
  world.run_for(5000);
  world.store.fail(std::nullopt);  // there is room again just when it is stopped
  world.stop();
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(**world.store.get(state::Family::rows, std::string_view("p\0count", 7)) == "|||");
  CHECK(target.positions() == numbers(1, 3));
}

TEST_CASE("a log that cannot be read is waited for, and says why") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  world.source.fail(Error{Errc::corrupt, "a record is damaged"});
  add_events(world, 2, {});
  world.run_for(60'000);
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK(world.status().reason == "the log: a record is damaged");
  world.source.fail(std::nullopt);
  world.run_for(11'000);
  CHECK(target.positions() == numbers(1, 2));
  CHECK(world.status().state == ProjectorState::running);
}

TEST_CASE("24 hours of an unreachable target: nothing lost, memory flat, others not slowed") {
  Target away, well;
  World world;
  world.options.poll_ms = 1000;  // fewer steps of simulated time
  world.options.look_ms = 1000;
  away.judge(all_unavailable);
  std::vector<ProjectorSpec> specs;
  for (Target* target : {&away, &well}) {
    specs.push_back(world.spec(*target, target == &away ? "away" : "well"));
    specs.back().batch_events_max = 1000;
    specs.back().batch_bytes_max = 10'000;
    specs.back().retry_max_ms = 300'000;
  }
  world.start(std::move(specs));
  constexpr int hours = 24;
  constexpr int per_hour = 60;
  for (int hour = 0; hour < hours; ++hour) {
    for (int i = 0; i < per_hour; ++i) {
      world.source.add("submitted", "a", std::string(400, 'x'));
      world.run_for(hour_ms / per_hour);
      REQUIRE(well.positions().size() == static_cast<std::size_t>(hour * per_hour + i + 1));
      REQUIRE(world.status("well").lag_s == 0);
    }
  }
  const auto status = world.status("away");
  CHECK(status.state == ProjectorState::waiting);
  CHECK(status.lag_events == hours * per_hour);
  CHECK(status.lag_s == Approx(24 * 3600).margin(1));
  CHECK(status.dead_letters == 0);
  CHECK(away.calls().size() > 24 * 12);      // at least every five minutes
  CHECK(away.calls().size() < 24 * 12 * 4);  // and with back-off
  away.judge(nullptr);
  world.run_for(300'000);
  CHECK(away.positions() == numbers(1, hours * per_hour));
  CHECK(well.positions() == numbers(1, hours * per_hour));
  CHECK(away.batch_bytes_seen_max() <= 10'000);
  CHECK(world.status("away").lag_s == 0);
}

}  // namespace daybook::project
