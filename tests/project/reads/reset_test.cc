// Resets to where the log does not reach yet.
#include <catch2/catch.hpp>

#include "world.h"

namespace daybook::project {

TEST_CASE("a reset to now that was seen before its event could be read stopped the projector") {
  Target target;
  World world;
  world.source.add("submitted", "a", "{}");
  world.start(world.spec(target));
  world.run_for(200);
  REQUIRE(target.positions() == numbers(1, 1));
  world.control.reset("p", Position{3});  // the reset's own event is at 2
  world.run_for(300);
  CHECK(world.status().state == ProjectorState::waiting);
  CHECK(world.status().reason ==
        "it was reset to a position after the end of the log, and begins there");
  world.source.skip(1);
  world.run_for(300);
  CHECK(world.status().state == ProjectorState::running);
  world.source.add("submitted", "a", "{}");
  world.run_for(300);
  CHECK(target.positions() == numbers(3, 3));
}

TEST_CASE("a reset of long ago was obeyed again when the state store was lost") {
  Target target;
  World world;
  for (int i = 0; i < 4; ++i) world.source.add("submitted", "a", "{}");
  world.start(world.spec(target));
  world.run_for(200);
  int resets = 0;
  target.on_reset([&](SinkProgress& progress, SinkContext&) {
    ++resets;
    progress.state.clear();
    return Delivery::done();
  });
  world.control.reset("p", Position{3});
  world.run_for(500);
  REQUIRE(resets == 1);
  world.stop();
  MemoryStore fresh(world.kill);
  world.use_store = &fresh;
  std::uint64_t begins_at = 0;
  target.on_begin([&](SinkProgress& progress, SinkContext&) {
    begins_at = progress.position.value;
    progress.position = Position{4};  // the target knows better, as a sheet does
    return Delivery::done();
  });
  target.forget_calls();
  world.start(world.spec(target));
  world.run_for(500);
  CHECK(resets == 1);
  CHECK(begins_at == 2);
  CHECK(target.calls().empty());
  CHECK(world.status().needed_from == Position{3});
  world.control.reset("p", Position{1});
  world.run_for(500);
  CHECK(resets == 2);
  world.stop();
}

}  // namespace daybook::project
