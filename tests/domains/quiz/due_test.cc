// What time brings about: many clocks at once, idle rooms, and a start after the clocks ran out.
#include "domains/quiz/world.h"

namespace daybook::quiz {
namespace {

constexpr std::int64_t hour = 3600 * second;

TEST_CASE("nothing is due without a room") {
  World world;
  CHECK_FALSE(Domain::next_due(world.state, world.policy).has_value());
  REQUIRE(world.define("Q") == "ok");
  CHECK_FALSE(Domain::next_due(world.state, world.policy).has_value());
}

TEST_CASE("a room that is left alone finishes, whatever it was doing") {
  for (const std::string orders : {"", "start", "pause", "close"}) {
    INFO(orders);
    World world;
    REQUIRE(world.define("Q") == "ok");
    REQUIRE(world.open("Q") == "ok");
    REQUIRE(world.join("ann") == "ok");
    if (!orders.empty()) REQUIRE(world.order("start-room") == "ok");
    if (orders == "pause" || orders == "close") REQUIRE(world.order(orders + "-question") == "ok");
    if (orders == "start") {
      world.pass(20 * second);
      CHECK(world.tick() == 1);
    }
    world.pass(24 * hour - 1);
    CHECK(world.tick() == 0);
    world.pass(1);
    CHECK(world.tick() == (orders == "pause" ? 2 : 1));
    CHECK(world.newest().kind == Kind::room_finished);
    CHECK(world.newest().ender == Ender::idle);
    CHECK_FALSE(Domain::next_due(world.state, world.policy).has_value());
    CHECK(World::audit(world.log).empty());
  }
}

TEST_CASE("joining and the host's orders keep a room open, answers need not") {
  World world;
  REQUIRE(world.define("Q") == "ok");
  REQUIRE(world.open("Q", R"(,"questionSeconds":600)") == "ok");
  world.pass(23 * hour);
  REQUIRE(world.join("ann") == "ok");
  REQUIRE(world.join("bob") == "ok");
  world.pass(23 * hour);
  REQUIRE(world.kick(2) == "ok");
  world.pass(23 * hour);
  REQUIRE(world.order("start-room") == "ok");
  world.pass(600 * second);
  CHECK(world.tick() == 1);
  const auto due = Domain::next_due(world.state, world.policy);
  REQUIRE(world.reply(1, "a", 0) == "ok");
  CHECK(Domain::next_due(world.state, world.policy) == due);
  CHECK(due->value == world.now.value + 24 * hour);
}

TEST_CASE("clocks that ran out while the server stood still are closed at once, in their order") {
  World world;
  REQUIRE(world.define("Q") == "ok");
  constexpr std::size_t rooms = due_events_max + 500;
  for (std::size_t i = 0; i < rooms; ++i) {
    REQUIRE(world.open("Q") == "ok");
    REQUIRE(world.order("start-room") == "ok");
    world.pass(1);
  }
  world.pass(hour);
  const std::size_t before = world.log.size();
  CHECK(world.tick() == rooms);
  CHECK(event_of(world.log[before]).room == event_of(world.log[1]).room);
  CHECK(world.newest().ender == Ender::clock);
  world.pass(24 * hour);
  CHECK(world.tick() == rooms);
  CHECK(world.state.open_rooms() == 0);
  CHECK(World::audit(world.log).empty());
}

TEST_CASE("what is due is the same after a replay, so a crash costs no question its end") {
  World world;
  REQUIRE(world.define("Q") == "ok");
  REQUIRE(world.open("Q") == "ok");
  REQUIRE(world.join("ann") == "ok");
  REQUIRE(world.join("bob") == "ok");
  REQUIRE(world.order("start-room") == "ok");
  world.pass(5 * second);
  REQUIRE(world.order("pause-question") == "ok");
  world.pass(5 * second);
  REQUIRE(world.order("resume-question") == "ok");
  REQUIRE(world.reply(1, "a", 0) == "ok");

  World again;
  for (const std::string& bytes : world.log) Domain::apply(again.state, event_of(bytes));
  CHECK(saved(again.state) == saved(world.state));
  CHECK(Domain::next_due(again.state, again.policy) == UnixUs{world.now.value + 15 * second});
  again.room = world.room;
  again.tokens = world.tokens;
  again.now = {world.now.value + 10 * second};
  again.ids = world.ids;
  CHECK(again.reply(1, "a", 0) == "User already answered");
  REQUIRE(again.reply(2, "a", 0) == "ok");
  CHECK(again.last.at(0).points == 625);
}

}  // namespace
}  // namespace daybook::quiz
