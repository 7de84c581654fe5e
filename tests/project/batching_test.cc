// What goes into a batch, when it goes, and what is kept of it.
#include <catch2/catch.hpp>

#include "state/state_store.h"
#include "support/temp_dir.h"
#include "world.h"

namespace daybook::project {
namespace {

using Positions = std::vector<std::uint64_t>;

std::vector<Positions> batches(const Target& target) {
  std::vector<Positions> out;
  for (const auto& call : target.calls()) out.push_back(call.positions);
  return out;
}

}  // namespace

TEST_CASE("events go to the sink in order, in batches of at most batch_events_max") {
  Target target;
  World world;
  for (int i = 0; i < 10; ++i) world.source.add("submitted", "a", "{}");
  world.start(world.spec(target));
  world.run_for(1000);
  CHECK(batches(target) == std::vector<Positions>{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10}});
  CHECK(target.positions() == numbers(1, 10));
  CHECK(world.control.registered() == std::vector<std::string>{"p forms target"});
  const auto status = world.status();
  CHECK(status.state == ProjectorState::running);
  CHECK(status.position == Position{10});
  CHECK(status.delivered == 10);
  CHECK(status.batches == 3);
  CHECK(status.lag_events == 0);
  CHECK(status.lag_s == 0);
}

TEST_CASE("a batch holds at most batch_bytes_max, unless one event alone is larger") {
  Target target;
  World world;
  for (const std::size_t bytes : {40u, 40u, 40u, 300u, 10u, 89u, 2u})
    world.source.add("submitted", "k", std::string(bytes, 'x'));
  auto spec = world.spec(target);
  spec.batch_bytes_max = 101;
  world.start(std::move(spec));
  world.run_for(1000);
  CHECK(batches(target) == std::vector<Positions>{{1, 2}, {3}, {4}, {5, 6}, {7}});
}

TEST_CASE("a batch that is not full waits for others until its first event is batch_ms old") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.batch_ms = 1000;
  world.start(std::move(spec));
  world.run_for(5000);
  world.source.add("submitted", "a", "{}");
  world.run_for(600);
  world.source.add("submitted", "a", "{}");
  CHECK(target.calls().empty());
  world.run_for(380);
  CHECK(target.calls().empty());
  CHECK(world.status().lag_s == Approx(0.98));
  world.run_for(40);
  CHECK(batches(target) == std::vector<Positions>{{1, 2}});
}

TEST_CASE("a full batch goes at once, and one who is behind does not wait at all") {
  Target target;
  World world;
  for (int i = 0; i < 9; ++i) world.source.add("submitted", "a", "{}");
  world.run_for(60'000);  // nobody reads yet: they are a minute old
  auto spec = world.spec(target);
  spec.batch_ms = 30'000;
  world.start(std::move(spec));
  world.run_for(20);
  CHECK(batches(target) == std::vector<Positions>{{1, 2, 3, 4}, {5, 6, 7, 8}, {9}});
  for (int i = 0; i < 4; ++i) world.source.add("submitted", "a", "{}");
  world.run_for(20);
  CHECK(batches(target).back() == Positions{10, 11, 12, 13});
}

TEST_CASE("only the wanted topic, types and keys are delivered, and the rest is passed over") {
  Target target;
  World world;
  world.source.add("submitted", "a", "{}");
  world.source.add("flagged", "a", "{}");
  world.source.add("submitted", "b", "{}");
  world.source.add("submitted", "a", "{}", "hits");
  world.source.add("submitted", "a", "{}");
  world.source.skip(7);
  auto spec = world.spec(target);
  spec.filter.types = {"submitted"};
  spec.filter.keys = {"a"};
  world.start(std::move(spec));
  world.run_for(2000);
  CHECK(target.positions() == Positions{1, 5});
  CHECK(world.status().position == Position{12});
  CHECK(world.status().lag_events == 0);
}

TEST_CASE("progress over events nobody wants is saved now and then, not at every look") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  const auto before = world.kill.steps();
  for (int i = 0; i < 100; ++i) {
    world.source.skip(1);
    world.run_for(100);
  }
  const auto writes = world.kill.steps() - before;
  CHECK(writes >= 8);
  CHECK(writes <= 12);  // ten seconds, checkpoint_ms 1000
  world.stop();
  world.start(world.spec(target));
  world.run_for(20);
  CHECK(world.status().position == Position{100});
}

TEST_CASE("a projector goes on where it was after it is made again") {
  Target target;
  World world;
  for (int i = 0; i < 6; ++i) world.source.add("submitted", "a", "{}");
  world.start(world.spec(target));
  world.run_for(100);
  world.stop();
  for (int i = 0; i < 3; ++i) world.source.add("submitted", "a", "{}");
  world.start(world.spec(target));
  world.run_for(100);
  CHECK(target.positions() == numbers(1, 9));
  CHECK(target.begins() == 2);
}

TEST_CASE("start = now begins after what was there at the first start, whatever came since") {
  Target target;
  World world;
  for (int i = 0; i < 6; ++i) world.source.add("submitted", "a", "{}");
  auto spec = world.spec(target);
  spec.start_now = true;
  target.on_begin([](SinkProgress&, SinkContext&) { return Delivery::unavailable("not yet"); });
  world.start(std::move(spec));
  world.run_for(100);
  world.stop();  // it has never begun
  for (int i = 0; i < 3; ++i) world.source.add("submitted", "a", "{}");
  target.on_begin(nullptr);
  spec = world.spec(target);
  spec.start_now = true;
  world.start(std::move(spec));
  world.run_for(1000);
  CHECK(target.positions() == numbers(7, 9));
}

TEST_CASE("start = now is when the server starts, though it is killed before the projector ran") {
  Target target;
  World world;
  for (int i = 0; i < 6; ++i) world.source.add("submitted", "a", "{}");
  world.control.refuse(Error{Errc::unavailable, "the sequencer is busy"});
  for (int runs = 0; runs < 2; ++runs) {
    auto spec = world.spec(target);
    spec.start_now = true;
    world.start(std::move(spec));
    for (int i = 0; i < 3; ++i) world.source.add("submitted", "a", "{}");
    world.run_for(100);
    if (runs > 0) break;
    world.kill.at(1, false);  // nothing it does from here on has an effect
    world.stop();
    world.kill.revive();
    world.control.refuse(std::nullopt);
  }
  world.run_for(1000);
  CHECK(target.positions() == numbers(7, 12));
}

TEST_CASE("a sink's begin may raise the position to what its target holds already") {
  Target target;
  World world;
  for (int i = 0; i < 6; ++i) world.source.add("submitted", "a", "{}");
  target.on_begin([](SinkProgress& progress, SinkContext&) {
    progress.position = {4};
    return Delivery::done();
  });
  world.start(world.spec(target));
  world.run_for(100);
  CHECK(target.positions() == numbers(5, 6));
}

TEST_CASE("rows and checkpoint of a batch are in the store together, and gone together") {
  Target target;
  World world;
  const test::TempDir dir;
  auto store = state::Store::open(dir.path());
  REQUIRE(store.ok());
  world.use_store = store->get();
  for (int i = 0; i < 3; ++i) world.source.add("submitted", "a", "{}");
  target.judge([](std::span<const SinkEvent> events, SinkContext& context) {
    const auto before = context.row("count");
    REQUIRE(before.ok());
    const std::size_t count = *before ? std::stoul(**before) : 0;
    context.put_row("count", std::to_string(count + events.size()));
    CHECK(**context.row("count") == std::to_string(count + events.size()));
    context.put_row("gone", "x");
    context.remove_row("gone");
    CHECK(!context.row("gone")->has_value());
    std::size_t rows = 0;
    CHECK(context.each_row("", [&](auto, auto) { return ++rows < 10; }).ok());
    CHECK(rows == (count == 0 ? 0u : 1u));  // not those of this batch
    // Rows of a delivery that did not happen are forgotten.
    return count == 3 ? Delivery::unavailable("later") : Delivery::done();
  });
  world.start(world.spec(target));
  world.run_for(100);
  world.source.add("submitted", "a", "{}");
  world.run_for(5000);
  world.stop();
  (*store)->close();
  store = state::Store::open(dir.path());
  REQUIRE(store.ok());
  CHECK(**(*store)->get(state::Family::rows, std::string_view("p\0count", 7)) == "3");
  CHECK(!(*store)->get(state::Family::rows, std::string_view("p\0gone", 6))->has_value());
  world.use_store = store->get();
  target.judge(nullptr);
  world.start(world.spec(target));
  world.run_for(100);
  CHECK(target.positions() == numbers(1, 4));
  world.stop();
}

TEST_CASE("what a sink appends goes to the source with its key") {
  Target target;
  World world;
  world.source.add("submitted", "a", "{}");
  target.judge([](std::span<const SinkEvent> events, SinkContext& context) {
    CHECK(context.projector() == "p");
    CHECK(context.columns(*events.front())->names == std::vector<std::string>{"a"});
    CHECK(context.append("forms", "{\"flag\":1}", "key-1").ok());
    return Delivery::done();
  });
  world.start(world.spec(target));
  world.run_for(100);
  world.stop();
  CHECK(world.source.appended == std::vector<std::string>{"forms {\"flag\":1} key-1"});
}

TEST_CASE("retention may take only what lies before a checkpoint that is fsynced") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  for (int i = 0; i < 3; ++i) world.source.add("submitted", "a", "{}");
  world.run_for(1000);
  CHECK(world.status().position == Position{3});
  CHECK(world.status().needed_from == Position{1});
  CHECK(world.store.unsynced() > 0);
  world.run_for(world.options.sync_ms);
  CHECK(world.status().needed_from == Position{4});
  CHECK(world.store.unsynced() == 0);
}

TEST_CASE("slowest() names the projector that is furthest back, though it is paused") {
  Target fast, slow;
  World world;
  world.control.pause("slow");
  std::vector<ProjectorSpec> specs;
  specs.push_back(world.spec(fast, "fast"));
  specs.push_back(world.spec(slow, "slow"));
  for (int i = 0; i < 5; ++i) world.source.add("submitted", "a", "{}");
  world.start(std::move(specs));
  world.run_for(2 * world.options.sync_ms);
  CHECK(world.status("fast").needed_from == Position{6});
  CHECK(world.runtime->slowest().next == Position{1});
  CHECK(world.runtime->slowest().projector == "slow");
  CHECK(world.status("slow").lag_events == 5);
  CHECK(world.status("slow").lag_s == Approx(60).margin(1));
  world.start(std::vector<ProjectorSpec>{});
  CHECK(world.runtime->slowest().next == Position::max());
}

}  // namespace daybook::project
