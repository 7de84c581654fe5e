// Bookings and their refusals, in the order decide looks at them.
#include "domains/booking/world.h"

namespace daybook::booking {
namespace {

constexpr std::string_view one_date = R"({"dates":[{"date":"20210516","capacity":2},)"
                                      R"({"date":"20210517","capacity":1}]})";
constexpr std::string_view full = "Sorry, station is fully booked";
constexpr std::string_view twice = "this person already has a booking at this station";

struct Fixture : World {
  Fixture() { REQUIRE(put("PWTC", one_date) == "ok"); }
  // The id of a booking that must succeed.
  std::string booked(std::string_view person, std::string_view date, std::string_view more = "") {
    REQUIRE(book(person, "PWTC", date, more) == "ok");
    return id;
  }
  std::string held(std::string_view person, std::string_view date) {
    REQUIRE(hold(person, "PWTC", date) == "ok");
    return id;
  }
};

TEST_CASE_METHOD(Fixture,
                 "a booking takes a place and echoes the seven fields with id and status") {
  CHECK(book("1", "PWTC", "20210516") == "ok");
  CHECK(answer.status == 200);
  CHECK(answer.body ==
        R"({"mysejahteraId":"1","firstName":"Ada","lastName":"L","address":"1 Road",)"
        R"("location":"PWTC","phoneNumber":"+60 1","date":"20210516","id":")" +
            id + R"(","status":"booked"})");
  CHECK(answer.location == "/bookings/" + id);
  CHECK(status(id) == "booked");
  CHECK(availability("PWTC", 20210516) == 1);
  CHECK(last.at(0).first_name == "Ada");
}

TEST_CASE_METHOD(Fixture, "what does not exist is named in the reference's words") {
  struct Row {
    const char* station;
    const char* date;
    const char* refusal;
  };
  for (const Row& row :
       {Row{"UM", "20210516", "location: unknown"}, Row{"PWTC", "20210601", "date: unknown"},
        Row{"PWTC", "tomorrow", "date: unknown"}, Row{"PWTC", "20210230", "date: unknown"}}) {
    CHECK(book("1", row.station, row.date) == row.refusal);
    CHECK(refusal.code == Errc::invalid);
    CHECK(refusal.message == "station location:" + std::string(row.station) + ":" + row.date +
                                 " location & date combination is invalid");
    CHECK(hold("1", row.station, row.date) == row.refusal);
  }
  CHECK(log.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a full date refuses in the reference's words and writes nothing") {
  booked("1", "20210517");
  const std::size_t events = log.size();
  const std::string state_before = saved(state);
  CHECK(book("2", "PWTC", "20210517") == full);
  CHECK(refusal.code == Errc::conflict);
  CHECK(hold("2", "PWTC", "20210517") == full);
  CHECK(log.size() == events);
  CHECK(saved(state) == state_before);
}

TEST_CASE_METHOD(Fixture,
                 "a person on five devices has one booking, and each device is told which") {
  const std::string first = booked("1", "20210516");
  for (const char* date : {"20210516", "20210517"}) {
    CHECK(book("1", "PWTC", date) == twice);
    CHECK(refusal.code == Errc::conflict);
    // Without the id, which is the right to cancel it.
    CHECK(refusal.members ==
          R"("booking":{"location":"PWTC","date":"20210516","status":"booked"})");
    CHECK(hold("1", "PWTC", date) == twice);
    CHECK(book("1", "PWTC", date, R"(,"waitingList":true)") == twice);
  }
  // Told so even when the date is full, and at another station the person is free.
  booked("2", "20210516");
  CHECK(book("1", "PWTC", "20210516") == twice);
  REQUIRE(put("UM", one_date) == "ok");
  CHECK(book("1", "UM", "20210516") == "ok");
  // Given up, it may be booked again.
  CHECK(cancel(first) == "ok");
  CHECK(book("1", "PWTC", "20210517") == "ok");
}

TEST_CASE_METHOD(Fixture, "holds and places in line count among a person's bookings") {
  held("1", "20210517");
  CHECK(book("1", "PWTC", "20210516") == twice);
  CHECK(refusal.members.find(R"("status":"held")") != std::string::npos);
  booked("2", "20210517", R"(,"waitingList":true)");
  CHECK(book("2", "PWTC", "20210516") == twice);
  CHECK(refusal.members.find(R"("status":"waiting")") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "bookings_per_person of two allows two, of zero any number") {
  REQUIRE(put("PWTC", R"({"bookings_per_person":2})") == "ok");
  booked("1", "20210516");
  booked("1", "20210517");
  CHECK(book("1", "PWTC", "20210517") == "this person already has 2 bookings at this station");
  CHECK(refusal.members.find(R"("date":"20210517")") != std::string::npos);  // the newest
  REQUIRE(put("UM", R"({"dates":[{"date":"20210516","capacity":1000}],"bookings_per_person":0})") ==
          "ok");
  for (int i = 0; i < 1000; ++i) REQUIRE(book("1", "UM", "20210516") == "ok");
  CHECK(book("1", "UM", "20210516") == full);
  // Limited again, what there is stays and counts.
  REQUIRE(put("UM", R"({"bookings_per_person":1000,"dates":[{"date":"20210517","capacity":1}]})") ==
          "ok");
  CHECK(book("1", "UM", "20210517") == "this person already has 1000 bookings at this station");
}

TEST_CASE_METHOD(Fixture, "a full date can be queued for, and the place in line moves up") {
  const std::string a = booked("a", "20210517");
  const std::string b = booked("b", "20210517", R"(,"waitingList":true)");
  CHECK(answer.status == 202);
  CHECK(answer.body.ends_with(R"("status":"waiting","position":1})"));
  const std::string c = booked("c", "20210517", R"(,"waitingList":true)");
  const std::string d = booked("d", "20210517", R"(,"waitingList":true)");
  CHECK(answer.body.ends_with(R"("status":"waiting","position":3})"));
  CHECK(status(d) == "waiting 3");
  CHECK(cancel(c) == "ok");
  CHECK(last.size() == 1);  // nobody is promoted for a place in line
  CHECK(status(d) == "waiting 2");
  CHECK(cancel(a) == "ok");
  REQUIRE(last.size() == 2);  // in one commit
  CHECK(last[1].kind == Kind::promoted);
  CHECK(status(b) == "booked");
  CHECK(status(d) == "waiting 1");
  CHECK(availability("PWTC", 20210517) == 0);
  // With room, waitingList books at once.
  CHECK(book("e", "PWTC", "20210516", R"(,"waitingList":true)") == "ok");
  CHECK(answer.status == 200);
}

TEST_CASE("the waiting list of a date has an end") {
  Policy policy;
  policy.waiting_list_max = 2;
  World world(policy);
  REQUIRE(world.put("PWTC", one_date) == "ok");
  for (const char* person : {"a", "b", "c"})
    REQUIRE(world.book(person, "PWTC", "20210517", R"(,"waitingList":true)") == "ok");
  CHECK(world.book("d", "PWTC", "20210517", R"(,"waitingList":true)") ==
        "Sorry, station is fully booked and its waiting list is full");
  CHECK(world.refusal.code == Errc::conflict);
}

TEST_CASE("more bookings than memory is set aside for are refused") {
  Policy policy;
  policy.bookings_max = 2;
  World world(policy);
  REQUIRE(world.put("PWTC", R"({"dates":[{"date":"20210516","capacity":9}]})") == "ok");
  REQUIRE(world.book("a", "PWTC", "20210516") == "ok");
  const std::string first = world.id;
  REQUIRE(world.hold("b", "PWTC", "20210516") == "ok");
  CHECK(world.book("c", "PWTC", "20210516") == "too many bookings");
  CHECK(world.refusal.code == Errc::unavailable);
  REQUIRE(world.cancel(first) == "ok");
  CHECK(world.book("c", "PWTC", "20210516") == "ok");
}

TEST_CASE_METHOD(Fixture, "a cancelled booking answers the same again and makes no second event") {
  const std::string a = booked("a", "20210517");
  CHECK(cancel(a) == "ok");
  const std::string first = answer.body;
  CHECK(first == R"({"id":")" + a + R"(","status":"cancelled"})");
  CHECK(availability("PWTC", 20210517) == 1);
  const std::size_t events = log.size();
  CHECK(cancel(a) == "ok");
  CHECK(answer.body == first);
  CHECK(log.size() == events);
  CHECK(cancel("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b") == "booking not found");
  CHECK(refusal.code == Errc::not_found);
}

TEST_CASE_METHOD(Fixture, "a hold keeps a place and becomes a booking under the same id") {
  const std::string h = held("a", "20210517");
  CHECK(answer.status == 201);
  CHECK(answer.location == "/bookings/" + h);
  CHECK(answer.body == R"({"id":")" + h + R"(","status":"held","location":"PWTC",)" +
                           R"("date":"20210517","expiresAt":"2021-05-16T00:05:00.000Z"})");
  CHECK(book("b", "PWTC", "20210517") == full);
  const std::string more = R"(,"hold":")" + h + "\"";
  CHECK(book("b", "PWTC", "20210517", more) == "hold: other_person");
  CHECK(book("a", "PWTC", "20210516", more) == "hold: other_date");
  CHECK(book("a", "PWTC", "20210517", more) == "ok");
  CHECK(answer.body.ends_with(R"("id":")" + h + R"(","status":"booked"})"));
  CHECK(status(h) == "booked");
  // Sent again without a key: the person is shown their booking.
  CHECK(book("a", "PWTC", "20210517", more) == twice);
  CHECK(refusal.members.find(R"("status":"booked")") != std::string::npos);
  CHECK(cancel(h) == "ok");
  CHECK(book("a", "PWTC", "20210517", more) == "the hold has ended");
  CHECK(book("a", "PWTC", "20210517", R"(,"hold":"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")") ==
        "there is no such hold");
}

TEST_CASE_METHOD(Fixture, "a cancelled hold promotes the first in line") {
  const std::string h = held("a", "20210517");
  const std::string b = booked("b", "20210517", R"(,"waitingList":true)");
  CHECK(cancel(h) == "ok");
  CHECK(status(b) == "booked");
  CHECK(status(h) == "cancelled");
}

TEST_CASE_METHOD(Fixture, "a line of an NDJSON body says what it wants, and books without saying") {
  CHECK(send(booking("a", "PWTC", "20210517")) == "ok");
  const std::string a = id;
  CHECK(send(R"({"type":"book","waitingList":true,)" +
             booking("b", "PWTC", "20210517").substr(1)) == "ok");
  const std::string b = id;
  CHECK(send(R"({"type":"hold","location":"PWTC","date":"20210516","mysejahteraId":"c"})") == "ok");
  CHECK(status(id) == "held");
  CHECK(send(R"({"type":"cancel","id":")" + a + "\"}") == "ok");
  CHECK(status(b) == "booked");
}

TEST_CASE("the oldest finished bookings are forgotten, and their numbers used again") {
  Policy policy;
  policy.finished_max = 3;
  World world(policy);
  REQUIRE(world.put("PWTC", one_date) == "ok");
  std::vector<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    REQUIRE(world.book("a", "PWTC", "20210517") == "ok");
    ids.push_back(world.id);
    REQUIRE(world.cancel(world.id) == "ok");
  }
  CHECK(world.status(ids[46]) == "none");
  CHECK(world.cancel(ids[46]) == "booking not found");
  for (std::size_t i = 47; i < 50; ++i) CHECK(world.status(ids[i]) == "cancelled");
  CHECK(world.state.book().bookings_end() == 4);
  CHECK(World::audit(world.log).empty());
}

}  // namespace
}  // namespace daybook::booking
