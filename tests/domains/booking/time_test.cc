// Time: holds that run out, and dates that are over.
#include "domains/booking/world.h"

namespace daybook::booking {
namespace {

constexpr std::string_view two_places = R"({"dates":[{"date":"20210516","capacity":2}]})";

TEST_CASE("a hold runs out by an event, and the first in line gets the place in the same commit") {
  World world;
  REQUIRE(world.put("PWTC", two_places) == "ok");
  REQUIRE(world.hold("a", "PWTC", "20210516") == "ok");
  const std::string a = world.id;
  world.pass(10);
  REQUIRE(world.hold("b", "PWTC", "20210516") == "ok");
  const std::string b = world.id;
  REQUIRE(world.book("c", "PWTC", "20210516", R"(,"waitingList":true)") == "ok");
  const std::string c = world.id;
  CHECK(Domain::next_due(world.state, world.policy) ==
        std::optional(UnixUs{world.now.value + 290'000'000}));
  world.pass(290);
  world.now.value -= 1;
  CHECK(world.tick() == 0);
  CHECK(world.status(a) == "held");
  world.now.value += 1;
  const auto due = Domain::due(world.state, world.view, world.policy, world.next_context());
  REQUIRE(due.size() == 2);
  CHECK(due[0].kind == Kind::hold_expired);
  CHECK(due[1].kind == Kind::promoted);
  CHECK(world.tick() == 2);
  CHECK(world.status(a) == "expired");
  CHECK(world.status(c) == "booked");
  world.pass(10);
  CHECK(world.tick() == 1);  // nobody waits any more
  CHECK(world.status(b) == "expired");
  CHECK(world.availability("PWTC", 20210516) == 1);
  CHECK_FALSE(Domain::next_due(world.state, world.policy).has_value());
  CHECK(world.cancel(a) == "the hold has ended");
  CHECK(world.book("a", "PWTC", "20210516") == "ok");  // and the person is free again
  CHECK(World::audit(world.log).empty());
}

TEST_CASE(
    "a hold that has run out is neither booked nor cancelled, even before its event is written") {
  World world;
  REQUIRE(world.put("PWTC", two_places) == "ok");
  REQUIRE(world.hold("a", "PWTC", "20210516") == "ok");
  Command command;
  command.station = "PWTC";
  command.person = "a";
  command.date = "20210516";
  command.id = parse_id(world.id);
  world.now.value += 299'999'999;
  CHECK(Domain::decide(world.state, world.policy, command, world.next_context()).ok());
  world.now.value += 1;
  const auto late = Domain::decide(world.state, world.policy, command, world.next_context());
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().message == "the hold has ended");
  command.kind = CommandKind::cancel;
  const auto cancelled = Domain::decide(world.state, world.policy, command, world.next_context());
  REQUIRE_FALSE(cancelled.ok());
  CHECK(cancelled.error().message == "the hold has ended");
  world.now.value -= 1;
  CHECK(Domain::decide(world.state, world.policy, command, world.next_context()).ok());
}

TEST_CASE("a hold that was booked or cancelled does not run out") {
  World world;
  REQUIRE(world.put("PWTC", two_places) == "ok");
  REQUIRE(world.hold("a", "PWTC", "20210516") == "ok");
  REQUIRE(world.book("a", "PWTC", "20210516", R"(,"hold":")" + world.id + "\"") == "ok");
  REQUIRE(world.hold("b", "PWTC", "20210516") == "ok");
  REQUIRE(world.cancel(world.id) == "ok");
  world.pass(1000);
  CHECK(world.tick() == 0);
}

TEST_CASE(
    "many holds that run out at once are taken back in bounded steps, the line in its order") {
  Policy policy;
  World world(policy);
  REQUIRE(world.put("PWTC", R"({"dates":[{"date":"20210516","capacity":1500},)"
                            R"({"date":"20210517","capacity":700}]})") == "ok");
  for (int i = 0; i < 2200; ++i)
    REQUIRE(world.hold("h" + std::to_string(i), "PWTC", i % 22 < 15 ? "20210516" : "20210517") ==
            "ok");
  for (int i = 0; i < 1000; ++i)
    REQUIRE(world.book("w" + std::to_string(i), "PWTC", i % 2 == 0 ? "20210516" : "20210517",
                       R"(,"waitingList":true)") == "ok");
  world.pass(300);
  CHECK(world.tick() == 3200);
  CHECK(world.availability("PWTC", 20210516) == 1000);
  CHECK(world.availability("PWTC", 20210517) == 200);
  CHECK(world.view.totals().booked == 1000);
  CHECK(world.view.totals().waiting == 0);
  CHECK(world.view.totals().expired == 2200);
  CHECK(World::audit(world.log).empty());
}

TEST_CASE("a station may close its past dates, by the calendar of its own zone") {
  World world;  // 2021-05-16T00:00Z: eight in the morning in Kuala Lumpur
  REQUIRE(world.put("PWTC", R"({"dates":[{"date":"20210515","capacity":9},)"
                            R"({"date":"20210516","capacity":9}]})") == "ok");
  CHECK(world.book("a", "PWTC", "20210515") == "ok");  // open unless closed
  REQUIRE(world.put("PWTC", R"({"closes_past_dates":true,"time_zone":"Asia/Kuala_Lumpur"})") ==
          "ok");
  CHECK(world.book("b", "PWTC", "20210515") == "date: past");
  CHECK(world.hold("b", "PWTC", "20210515") == "date: past");
  CHECK(world.book("b", "PWTC", "20210516") == "ok");
  world.pass(16 * 3600 - 1);
  CHECK(world.book("c", "PWTC", "20210516") == "ok");
  world.pass(1);  // midnight in Kuala Lumpur, 16:00 UTC
  CHECK(world.book("d", "PWTC", "20210516") == "date: past");
  REQUIRE(world.put("PWTC", R"({"time_zone":"America/New_York"})") == "ok");
  CHECK(world.book("d", "PWTC", "20210516") == "ok");
}

}  // namespace
}  // namespace daybook::booking
