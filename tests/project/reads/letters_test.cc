// Dead letters while there is no room for another one.
#include <catch2/catch.hpp>

#include "world.h"

namespace daybook::project {

TEST_CASE("letters that could make room were not tried while another event waited to become one") {
  Target target;
  World world;
  target.judge(rejects_poison(true, true));
  world.start(world.spec(target));
  world.source.add("submitted", "a", poison);
  world.run_for(5'000);
  REQUIRE(world.control.open_letters("p") == std::set<std::uint64_t>{1});
  world.control.refuse(Error{Errc::unavailable, "too many open dead letters"});
  world.source.add("submitted", "a", poison);
  world.run_for(5'000);
  CHECK(world.status().state == ProjectorState::waiting);
  target.judge([](std::span<const SinkEvent> events, SinkContext&) {
    return events[0].retried ? Delivery::done() : Delivery::rejected("poison", 0, true);
  });
  world.control.retry("p", Position{1});
  world.run_for(600'000);
  CHECK(target.positions() == numbers(1, 1));
  world.control.refuse({});
  world.run_for(1'200'000);
  CHECK(world.control.letter("p", Position{1})->delivered);
  CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{2});
  CHECK(target.positions() == numbers(1, 1));
  CHECK(world.status().state == ProjectorState::running);
}

}  // namespace daybook::project
