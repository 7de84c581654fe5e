// What a body must look like, rule by rule.
#include "domains/booking/world.h"

#include <daybook/fields.h>

namespace daybook::booking {
namespace {

TEST_CASE("an empty or missing mysejahteraId has the reference's own words, as a broken field") {
  World world;
  for (const char* text : {R"({"mysejahteraId":"","location":"PWTC","date":"20210516"})",
                           R"({"mysejahteraId":"  ","location":"PWTC","date":"20210516"})",
                           R"({"location":"PWTC","date":"20210516"})"}) {
    INFO(text);
    CHECK(world.send(text) == "mysejahteraId: empty");
    CHECK(world.refusal.code == Errc::invalid);
    CHECK(world.refusal.message == "MySejahteraID cannot be empty");
  }
  CHECK(world.send("{}") == "mysejahteraId: empty, location: missing, date: missing");
  CHECK(world.refusal.message == "MySejahteraID cannot be empty");
}

TEST_CASE("each field of a booking is checked, and all broken ones are listed") {
  struct Row {
    std::string text;
    std::string refusal;
  };
  const std::string long_text(257, 'x');
  const Row rows[] = {
      {"[]", ": type"},
      {booking(std::string(65, 'x'), "PWTC", "20210516"), "mysejahteraId: too_long"},
      {booking("a\\u0007", "PWTC", "20210516"), "mysejahteraId: control_character"},
      {R"({"mysejahteraId":1,"location":2,"date":3})",
       "mysejahteraId: type, location: type, date: type"},
      {booking("a", std::string(65, 'x'), "20210516"), "location: too_long"},
      {booking("a", "", ""), "location: empty, date: empty"},
      {booking("a", "PWTC", std::string(65, '1')), "date: too_long"},
      {R"({"mysejahteraId":"a","location":"P","date":"20210516","firstName":")" + long_text +
           R"(","lastName":")" + long_text + R"(","phoneNumber":")" + long_text +
           R"(","address":")" + long_text + long_text + "\"}",
       "firstName: too_long, lastName: too_long, address: too_long, phoneNumber: too_long"},
      {booking("a", "P", "20210516", R"(,"waitingList":"yes")"), "waitingList: type"},
      {booking("a", "P", "20210516", R"(,"hold":"1")"), "hold: not_an_id"},
      {R"({"type":"buy"})", "type: not_one_of"},
      {R"({"type":"hold","mysejahteraId":"a"})", "location: missing, date: missing"},
      {R"({"type":"cancel"})", "id: missing"},
      {R"({"type":"cancel","id":"x"})", "id: not_an_id"},
      {R"({"type":"station"})", "name: missing"},
  };
  World world;
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(world.send(row.text) == row.refusal);
    CHECK(world.refusal.code == Errc::invalid);
  }
}

TEST_CASE("of very many wrong dates the first field_errors_max are listed") {
  std::string text = R"({"type":"station","name":"P","dates":[1)";
  for (int i = 1; i < 9000; ++i) text += ",1";
  World world;
  world.send(text + "]}");
  CHECK(world.refusal.code == Errc::invalid);
  CHECK(world.refusal.fields.size() == json::field_errors_max);
}

TEST_CASE("each member of a station is checked, and all broken ones are listed") {
  struct Row {
    std::string text;
    std::string refusal;
  };
  const Row rows[] = {
      {R"({"dates":{}})", "dates: type"},
      {R"({"dates":[1]})", "dates[0]: type"},
      {R"({"dates":[{"date":"20210516","capacity":1},{"capacity":1}]})", "dates[1].date: missing"},
      {R"({"dates":[{"date":"20210230","capacity":1}]})", "dates[0].date: not_a_date"},
      {R"({"dates":[{"date":"2021-05-16","places":1}]})",
       "dates[0].date: not_a_date, dates[0].capacity: missing, dates[0].places: unknown_member"},
      {R"({"dates":[{"date":"20210516","capacity":-1}]})", "dates[0].capacity: range"},
      {R"({"dates":[{"date":"20210516","capacity":10000001}]})", "dates[0].capacity: range"},
      {R"({"dates":[{"date":"20210516","capacity":1.5}]})", "dates[0].capacity: not_whole"},
      {R"({"dates":[{"date":"20210516","capacity":1},{"date":"20210516","capacity":1}]})",
       "dates: twice"},
      {R"({"bookings_per_person":-1,"hold_seconds":0,"closes_past_dates":1,"time_zone":"Mars/X"})",
       "bookings_per_person: range, hold_seconds: range, closes_past_dates: type, "
       "time_zone: unknown_zone"},
      {R"({"timeZone":"Asia/Jakarta","capacity":5})",
       "timeZone: unknown_member, capacity: unknown_member"},
  };
  World world;
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(world.put("PWTC", row.text) == row.refusal);
  }
  CHECK(world.put(std::string(65, 'x'), "{}") == "name: too_long");
  CHECK(world.hold("a", std::string(65, 'x'), "20210516") == "name: too_long");
  CHECK(world.cancel("x") == "booking not found");
  CHECK(world.refusal.code == Errc::not_found);
}

TEST_CASE("a line with more dates than any station may have is refused, not kept") {
  std::string text = R"({"dates":[)";
  for (int i = 0; i < 10'001; ++i)
    text += std::string(i == 0 ? "" : ",") + R"({"date":"20210516","capacity":1})";
  World world;
  CHECK(world.put("PWTC", text + "]}") == "dates: too_many, dates: twice");
}

}  // namespace
}  // namespace daybook::booking
