// What a person orders: pause, resume, reset; and what only a person can help.
#include <catch2/catch.hpp>

#include "project/checkpoint.h"
#include "world.h"

namespace daybook::project {
namespace {

void add_events(World& world, int count) {
  for (int i = 0; i < count; ++i) world.source.add("submitted", "a", "{}");
}

}  // namespace

TEST_CASE(
    "a paused projector delivers nothing, says who paused it, and begins again when resumed") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  world.control.pause("p", "the sheet is being tidied");
  add_events(world, 3);
  world.run_for(60'000);
  CHECK(target.positions().empty());
  CHECK(world.status().state == ProjectorState::paused);
  CHECK(world.status().reason == "the sheet is being tidied");
  CHECK(world.status().lag_events == 3);
  CHECK(world.status().lag_s == Approx(60).margin(0.2));
  world.control.resume("p");
  world.run_for(200);
  CHECK(target.positions() == numbers(1, 3));
  CHECK(target.begins() == 2);
}

TEST_CASE("a projector that is paused when it starts does not touch its target") {
  Target target;
  World world;
  world.control.pause("p");
  add_events(world, 3);
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(target.begins() == 0);
  CHECK(world.status().state == ProjectorState::paused);
}

TEST_CASE("a pause ends a wait for the target within look_ms") {
  Target target;
  World world;
  target.judge([](std::span<const SinkEvent>, SinkContext&) {
    return Delivery::unavailable("away", 3'600'000);
  });
  add_events(world, 1);
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(world.status().state == ProjectorState::waiting);
  world.control.pause("p");
  world.run_for(2 * world.options.look_ms);
  CHECK(world.status().state == ProjectorState::paused);
  target.judge(nullptr);
  world.control.resume("p");
  world.run_for(2 * world.options.look_ms);
  CHECK(target.positions() == numbers(1, 1));
}

TEST_CASE("a pause ends a wait inside the sink, and stop() does too") {
  Target target;
  World world;
  std::atomic<bool> waited{false};
  target.judge([&](std::span<const SinkEvent>, SinkContext& context) {
    CHECK(!context.interrupted());
    waited = true;
    const bool whole = context.wait(3'600'000);
    CHECK(!whole);
    CHECK(context.interrupted());
    return Delivery::unavailable("stopping");
  });
  add_events(world, 1);
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(waited);
  SECTION("pause") {
    world.control.pause("p");
    world.run_for(200);
    CHECK(world.status().state == ProjectorState::paused);
  }
  SECTION("stop") {
    world.runtime->stop();
    CHECK(world.status().state == ProjectorState::stopped);
    world.runtime->stop();
  }
  CHECK(target.positions().empty());
}

TEST_CASE("a sink that only a person can help is disabled, also after a restart, until resumed") {
  Target target;
  World world;
  const bool at_begin = GENERATE(true, false);
  const auto gone = [] { return Delivery::disabled("410 Gone"); };
  if (at_begin)
    target.on_begin([gone](SinkProgress&, SinkContext&) { return gone(); });
  else
    target.judge([gone](std::span<const SinkEvent>, SinkContext&) { return gone(); });
  add_events(world, 2);
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(world.status().state == ProjectorState::disabled);
  CHECK(world.status().reason == "410 Gone");
  world.stop();
  target.judge(nullptr);
  target.on_begin(nullptr);
  const auto calls = target.calls().size();
  world.start(world.spec(target));
  world.run_for(60'000);
  CHECK(target.calls().size() == calls);
  world.control.resume("p");
  world.run_for(200);
  CHECK(target.positions() == numbers(1, 2));
}

TEST_CASE("a sink that cannot begin is tried again, and nothing is read for it meanwhile") {
  Target target;
  World world;
  target.on_begin([](SinkProgress&, SinkContext&) { return Delivery::unavailable("no route"); });
  add_events(world, 2);
  world.start(world.spec(target));
  world.run_for(60'000);
  CHECK(target.begins() > 5);
  CHECK(target.calls().empty());
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK(world.status().reason == "no route");
  CHECK(world.status().lag_s == Approx(60).margin(0.2));
  target.on_begin(nullptr);
  world.run_for(11'000);
  CHECK(target.positions() == numbers(1, 2));
}

TEST_CASE("a reset to a position delivers from there again, once, and keeps the rows") {
  Target target;
  World world;
  target.judge([](std::span<const SinkEvent>, SinkContext& context) {
    context.put_row("row", "1");
    return Delivery::done();
  });
  target.on_reset([](SinkProgress& progress, SinkContext&) {
    CHECK(progress.position == Position{2});
    CHECK(progress.state == "5");  // what is at the target stays
    return Delivery::done();
  });
  add_events(world, 5);
  world.start(world.spec(target));
  world.run_for(100);
  world.control.reset("p", {3});
  world.run_for(1000);
  CHECK(target.positions() == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 3, 4, 5});
  CHECK(world.store.get(state::Family::rows, std::string_view("p\0row", 5))->has_value());
  world.stop();
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(target.rows().size() == 8);
}

TEST_CASE("a reset to the beginning removes this projector's rows and no other's") {
  Target target;
  World world;
  REQUIRE(world.store.write({{state::Family::rows, std::string("q\0row", 5), "1"}}, false).ok());
  target.judge([](std::span<const SinkEvent> events, SinkContext& context) {
    context.put_row(std::to_string(events.front()->position.value), "1");
    return Delivery::done();
  });
  add_events(world, 3);
  world.start(world.spec(target));
  world.run_for(100);
  target.judge(nullptr);
  world.control.reset("p", {1});
  world.run_for(1000);
  CHECK(target.positions() == numbers(1, 3));  // state was cleared: the target is cut
  CHECK(!world.store.get(state::Family::rows, std::string_view("p\0001", 3))->has_value());
  CHECK(world.store.get(state::Family::rows, std::string_view("q\0row", 5))->has_value());
}

TEST_CASE("a reset forwards passes over what lies between") {
  Target target;
  World world;
  target.judge(
      [](std::span<const SinkEvent>, SinkContext&) { return Delivery::unavailable("away"); });
  add_events(world, 5);
  world.start(world.spec(target));
  world.run_for(1000);
  world.control.reset("p", {5});
  target.judge(nullptr);
  world.run_for(1000);
  CHECK(target.positions() == numbers(5, 5));
}

TEST_CASE("a reset of a paused projector waits for the resume, and holds retention meanwhile") {
  Target target;
  World world;
  add_events(world, 5);
  world.start(world.spec(target));
  world.run_for(2 * world.options.sync_ms);
  CHECK(world.status().needed_from == Position{6});
  world.control.pause("p");
  world.control.reset("p", {2});
  CHECK(world.status().needed_from == Position{2});
  world.run_for(60'000);
  CHECK(target.rows().size() == 5);
  CHECK(world.status().needed_from == Position{2});
  world.control.resume("p");
  world.run_for(1000);
  CHECK(target.positions() == numbers(2, 5));
}

TEST_CASE("a reset that the target cannot obey yet is tried again") {
  Target target;
  World world;
  add_events(world, 2);
  world.start(world.spec(target));
  world.run_for(100);
  target.on_reset([](SinkProgress&, SinkContext&) { return Delivery::unavailable("away"); });
  world.control.reset("p", {1});
  world.run_for(10'000);
  CHECK(world.status().state == ProjectorState::waiting);
  target.on_reset(nullptr);
  world.run_for(11'000);
  CHECK(target.positions() == numbers(1, 2));
  CHECK(world.status().state == ProjectorState::running);
}

TEST_CASE("a projector whose checkpoint cannot be used waits for a reset and says why") {
  Target target;
  World world;
  add_events(world, 4);
  world.start(world.spec(target));
  world.run_for(100);
  world.stop();
  auto spec = world.spec(target);
  std::string why;
  SECTION("damaged") {
    REQUIRE(world.store.write({{state::Family::checkpoints, "p", "rubbish"}}, false).ok());
    why = "its checkpoint is damaged; reset it to go on";
  }
  SECTION("of another sink") {
    spec.sink = "other";
    why = "its checkpoint is of topic forms and sink target; reset it to go on";
  }
  SECTION("of another topic") {
    REQUIRE(world.store
                .write({{state::Family::checkpoints, "p",
                         encode_checkpoint({{4}, 0, "hits", "target", "4", {}})}},
                       false)
                .ok());
    why = "its checkpoint is of topic hits and sink target; reset it to go on";
  }
  SECTION("ahead of a log that has lost events") {
    world.source.cut({3});
    why = "its checkpoint is ahead of the log, which has lost events; reset it to go on";
  }
  const auto calls = target.calls().size();
  world.start(std::move(spec));
  world.run_for(60'000);
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK(world.status().reason == why);
  CHECK(!world.status().next_try_at.has_value());
  CHECK(target.calls().size() == calls);
  world.control.reset("p", {2});
  world.run_for(1000);
  CHECK(target.positions() == numbers(2, world.source.readable().value));
  CHECK(world.status().state == ProjectorState::running);
}

TEST_CASE(
    "a projector that cannot be written into the log at the start waits, and stops when asked") {
  Target target;
  World world;
  world.control.refuse(Error{Errc::unavailable, "stopping"});
  world.start(world.spec(target));
  world.run_for(5000);
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK(world.status().needed_from == Position{1});
  CHECK(target.begins() == 0);
  world.stop();
}

}  // namespace daybook::project
