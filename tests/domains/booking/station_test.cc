// Defining stations: what a body changes, what it leaves, and what it may not do.
#include "domains/booking/world.h"

namespace daybook::booking {
namespace {

std::string dates(std::uint32_t capacity) {
  return R"({"dates":[{"date":"20210516","capacity":)" + std::to_string(capacity) + "}]}";
}

TEST_CASE("a station is answered as it is stored, 201 when it is new") {
  World world;
  CHECK(world.put("PWTC", R"({"dates":[{"date":"20210517","capacity":5},)"
                          R"({"date":"20210516","capacity":1000}]})") == "ok");
  CHECK(world.answer.status == 201);
  CHECK(world.answer.body ==
        R"({"name":"PWTC","dates":[{"date":"20210516","capacity":1000},)"
        R"({"date":"20210517","capacity":5}],"bookings_per_person":1,"time_zone":"UTC",)"
        R"("hold_seconds":300,"closes_past_dates":false})");
  CHECK(world.put("PWTC",
                  R"({"dates":[{"date":"20210518","capacity":7},{"date":"20210517","capacity":6}],)"
                  R"("bookings_per_person":0,"time_zone":"Asia/Kuala_Lumpur","hold_seconds":60,)"
                  R"("closes_past_dates":true})") == "ok");
  CHECK(world.answer.status == 200);
  const std::string whole =
      R"({"name":"PWTC","dates":[{"date":"20210516","capacity":1000},)"
      R"({"date":"20210517","capacity":6},{"date":"20210518","capacity":7}],)"
      R"("bookings_per_person":0,"time_zone":"Asia/Kuala_Lumpur","hold_seconds":60,)"
      R"("closes_past_dates":true})";
  CHECK(world.answer.body == whole);
  CHECK(world.put("PWTC", "{}") == "ok");  // everything stays
  CHECK(world.answer.body == whole);
  CHECK(world.state.book().station(0).salt == 7);
}

TEST_CASE("a capacity below what is taken is refused with the date and the number") {
  World world;
  REQUIRE(world.put("PWTC", dates(5)) == "ok");
  REQUIRE(world.book("a", "PWTC", "20210516") == "ok");
  REQUIRE(world.hold("b", "PWTC", "20210516") == "ok");
  CHECK(world.put("PWTC", dates(1)) == "20210516: capacity 1 is below the 2 places taken");
  CHECK(world.refusal.code == Errc::conflict);
  CHECK(world.put("PWTC", dates(2)) == "ok");
  CHECK(world.book("c", "PWTC", "20210516") == "Sorry, station is fully booked");
  REQUIRE(world.put("UM", dates(9)) == "ok");
  CHECK(world.put("UM", dates(0)) == "ok");
  CHECK(world.book("c", "UM", "20210516") == "Sorry, station is fully booked");
}

TEST_CASE("a raised capacity promotes who waits, in order, in the same commit") {
  World world;
  REQUIRE(world.put("PWTC", dates(1)) == "ok");
  std::vector<std::string> ids;
  for (const char* person : {"a", "b", "c", "d"}) {
    REQUIRE(world.book(person, "PWTC", "20210516", R"(,"waitingList":true)") == "ok");
    ids.push_back(world.id);
  }
  REQUIRE(world.put("PWTC", dates(3)) == "ok");
  REQUIRE(world.last.size() == 3);
  CHECK(world.status(ids[1]) == "booked");
  CHECK(world.status(ids[2]) == "booked");
  CHECK(world.status(ids[3]) == "waiting 1");
  REQUIRE(world.put("PWTC", dates(10)) == "ok");
  CHECK(world.status(ids[3]) == "booked");
  CHECK(world.availability("PWTC", 20210516) == 6);
  CHECK(World::audit(world.log).empty());
}

TEST_CASE("more promotions than fit one commit go on by themselves, and nobody slips in between") {
  World world;
  REQUIRE(world.put("PWTC", dates(0)) == "ok");
  std::vector<std::string> ids;
  for (int i = 0; i < 2500; ++i) {
    REQUIRE(world.book("p" + std::to_string(i), "PWTC", "20210516", R"(,"waitingList":true)") ==
            "ok");
    ids.push_back(world.id);
  }
  REQUIRE(world.put("PWTC", dates(2400)) == "ok");
  CHECK(world.last.size() == due_events_max + 1);
  CHECK(world.availability("PWTC", 20210516) == 0);  // places are free, but not for newcomers
  CHECK(Domain::next_due(world.state, world.policy) == std::optional(UnixUs{}));
  Arena arena;
  Command command;
  command.station = "PWTC";
  command.person = "late";
  command.date = "20210516";
  const auto refused = Domain::decide(world.state, world.policy, command, world.next_context());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message == "Sorry, station is fully booked");
  CHECK(world.tick() == 1400);
  CHECK(world.status(ids[2399]) == "booked");
  CHECK(world.status(ids[2400]) == "waiting 1");
  CHECK_FALSE(Domain::next_due(world.state, world.policy).has_value());
  CHECK(World::audit(world.log).empty());
}

TEST_CASE("stations, their dates and the length of their holds are limited") {
  Policy policy;
  policy.stations_max = 2;
  policy.dates_per_station_max = 2;
  policy.hold_seconds_max = 600;
  World world(policy);
  CHECK(world.put("A", R"({"hold_seconds":601})") == "hold_seconds: range");
  CHECK(world.put("A", dates(1)) == "ok");
  CHECK(world.put("B", "{}") == "ok");
  CHECK(world.put("C", "{}") == "too many stations");
  CHECK(world.refusal.code == Errc::unavailable);
  CHECK(world.put("A", R"({"dates":[{"date":"20210517","capacity":1}]})") == "ok");
  CHECK(world.put("A", R"({"dates":[{"date":"20210518","capacity":1}]})") == "dates: too_many");
}

TEST_CASE(
    "a station with more dates than are allowed now can be changed, but gets no further one") {
  World world;
  REQUIRE(world.put("A", dates(1)) == "ok");
  REQUIRE(world.put("A", R"({"dates":[{"date":"20210517","capacity":1}]})") == "ok");
  world.policy.dates_per_station_max = 1;
  CHECK(world.put("A", R"({"dates":[{"date":"20210517","capacity":0}]})") == "ok");
  CHECK(world.availability("A", 20210517) == 0);
  CHECK(world.put("A", R"({"dates":[{"date":"20210518","capacity":1}]})") == "dates: too_many");
}

TEST_CASE(
    "a line defines and changes stations as the admin's route does, and needs the admin too") {
  World world;
  const auto line = [](int capacity) {
    return R"({"type":"station","name":"PWTC","dates":[{"date":"20210516","capacity":)" +
           std::to_string(capacity) + "}]}";
  };
  CHECK(world.send(line(1)) == "ok");
  CHECK(world.book("a", "PWTC", "20210516") == "ok");
  CHECK(world.send(line(2)) == "ok");
  CHECK(world.book("b", "PWTC", "20210516") == "ok");
  json::Parser parser;
  const auto needs_admin = [&](const std::string& text) {
    return Domain::needs_admin(*parser.parse(text, false));
  };
  CHECK(needs_admin(line(1)));
  CHECK(needs_admin(R"({"type":"station"})"));
  for (const char* other : {"{}", R"({"type":"book"})", R"({"type":"hold"})", R"({"type":7})"})
    CHECK_FALSE(needs_admin(other));
}

TEST_CASE("the same id at two stations, and two people at one, are told apart") {
  World world;
  REQUIRE(world.put("A", dates(500)) == "ok");
  REQUIRE(world.put("B", dates(500)) == "ok");
  for (int i = 0; i < 300; ++i) {
    REQUIRE(world.book("p" + std::to_string(i), "A", "20210516") == "ok");
    REQUIRE(world.book("p" + std::to_string(i), "B", "20210516") == "ok");
  }
  CHECK(World::audit(world.log).empty());
}

}  // namespace
}  // namespace daybook::booking
