// What the booking, hits and forms loads send, byte for byte and as JSON.
#include "load/booking_load.h"
#include "load/form_load.h"
#include "load/hit_load.h"
#include "request_texts.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace daybook;
using namespace daybook::load;
using namespace daybook::load::testing;

namespace {

std::vector<std::string> dates_of(std::uint32_t count) {
  auto dates = booking_dates(reference_first_date, count);
  REQUIRE(dates.ok());
  return *dates;
}

// `count` requests of a source, each checked to be of the one length; calls f(body) for each.
template <class F>
void each_request(RequestSource& source, int count, const std::string& start, F&& f) {
  std::vector<char> slot = slot_for(source);
  for (int i = 0; i < count; ++i) {
    const std::string request = next_request(source, slot);
    REQUIRE(request.size() == source.request_bytes_max());
    REQUIRE(request.rfind(start, 0) == 0);
    f(body_of(request));
  }
}

// All requests of a source that ends; calls f(data) for each line. The number of lines of each.
template <class F>
std::vector<std::size_t> drain(RequestSource& source, std::string_view topic, F&& f) {
  std::vector<char> slot = slot_for(source);
  std::vector<std::size_t> sizes;
  for (std::string request = next_request(source, slot); !request.empty();
       request = next_request(source, slot)) {
    CHECK(request.rfind("POST /events HTTP/1.1\r\n", 0) == 0);
    sizes.push_back(0);
    each_line(body_of(request), topic, [&](const json::Value& data) {
      ++sizes.back();
      f(data);
    });
  }
  return sizes;
}

}  // namespace

TEST_CASE("the dates of a station are calendar days in a row, over the end of a month and a year") {
  CHECK(dates_of(30).front() == "20210516");
  CHECK(dates_of(30).back() == "20210614");
  CHECK(booking_dates("20231231", 2).value() == std::vector<std::string>{"20231231", "20240101"});
  CHECK(booking_dates("20240228", 3).value().back() == "20240301");
  for (const char* const bad : {"", "2021", "20210230", "20211301", "2021051x", "202105160"})
    CHECK_FALSE(booking_dates(bad, 1).ok());
  CHECK_FALSE(booking_dates("20210516", 0).ok());
  CHECK_FALSE(booking_dates("20210516", booking_dates_max + 1).ok());
}

TEST_CASE("the same person's booking is one request, byte for byte, again and again") {
  BookingLoad load;
  load.host = "127.0.0.1:8080";
  load.dates = dates_of(30);
  load.same_person = true;
  load.seed = 9;
  const auto source = booking_source(load, 3);
  const std::string expected =
      R"({"mysejahteraId":"0000900101145566","firstName":"Aisyah","lastName":"Rahman",)"
      R"("address":"12 Jalan Bukit","location":"PWTC","phoneNumber":"0123456789",)"
      R"("date":"20210516"})";
  each_request(*source, 3,
               "POST /booking HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
               "Content-Type: application/json\r\n",
               [&](const std::string& body) { CHECK(body == expected); });
}

TEST_CASE("bookings are of one length, of new people, over all dates of the station") {
  BookingLoad load;
  load.stations = {{"UM"}};
  load.dates = dates_of(30);
  load.seed = 5;
  load.waiting_list = GENERATE(false, true);
  const auto source = booking_source(load, 0);
  std::set<std::string> people;
  std::set<std::string> dates;
  json::Parser parser;
  each_request(*source, 2000, "POST /booking HTTP/1.1\r\n", [&](const std::string& body) {
    const auto value = parser.parse(body, false);
    REQUIRE(value.ok());
    for (const char* const member : {"firstName", "lastName", "address"})
      CHECK_FALSE(text_of(*value, member).empty());
    CHECK(text_of(*value, "location") == "UM");
    CHECK(text_of(*value, "phoneNumber").size() == 10);
    CHECK(value->find("waitingList").has_value() == load.waiting_list);
    people.insert(text_of(*value, "mysejahteraId"));
    dates.insert(text_of(*value, "date"));
  });
  CHECK(people.size() == 2000);
  CHECK(dates.size() == 30);
  CHECK(*dates.begin() == "20210516");
  CHECK(*dates.rbegin() == "20210614");
}

TEST_CASE("seeded bookings are the same people again, at three stations by their capacities") {
  BookingLoad load;
  load.stations = reference_stations();
  load.dates = dates_of(30);
  load.batch = 100;
  load.seed = 1;
  std::set<std::string> before;
  for (int run = 0; run < 2; ++run) {
    SeedCursor cursor{0};
    const auto source = booking_seed_source(load, 1850, cursor);
    std::set<std::string> people;
    std::map<std::string, int> stations;
    const auto sizes = drain(*source, "booking", [&](const json::Value& data) {
      people.insert(text_of(data, "mysejahteraId"));
      ++stations[text_of(data, "location")];
    });
    CHECK(sizes.size() == 19);
    CHECK(sizes.back() == 50);
    CHECK(people.size() == 1850);
    REQUIRE(stations.size() == 3);
    CHECK(stations["PWTC"] < stations["IDCC"]);
    CHECK(stations["IDCC"] < stations["UM"]);
    if (run == 1) CHECK(people == before);
    before = people;
  }
}

TEST_CASE("a station's definition has its dates with their capacity and its time zone") {
  const Definition definition = station_definition({"IDCC", 3000, 3}, dates_of(2));
  CHECK(definition.path == "/stations/IDCC");
  CHECK(definition.body ==
        R"({"dates":[{"date":"20210516","capacity":3000},{"date":"20210517","capacity":3000}],)"
        R"("time_zone":"Asia/Kuala_Lumpur"})");
}

TEST_CASE("a hit of the reference's bench is its one hot id and nothing else") {
  const auto source = hit_source({}, 0);
  each_request(*source, 3, "POST /analytics HTTP/1.1\r\n",
               [](const std::string& body) { CHECK(body == R"({"id":"1"})"); });
}

TEST_CASE("hits on many ids by many visitors are of one length and use all of them") {
  HitLoad load;
  load.ids = 11;
  load.visitors = 101;
  load.batch = 500;
  const auto source = hit_source(load, 0);
  std::set<std::string> ids;
  std::set<std::string> visitors;
  each_request(*source, 20, "POST /events HTTP/1.1\r\n", [&](const std::string& body) {
    each_line(body, "hits", [&](const json::Value& data) {
      ids.insert(text_of(data, "id"));
      visitors.insert(text_of(data, "visitor"));
      CHECK_FALSE(data.find("timestamp").has_value());
    });
  });
  CHECK(ids.size() == 11);
  CHECK(ids.count("1") == 1);
  CHECK(ids.count("11") == 1);
  CHECK(visitors.size() == 101);
  CHECK(visitors.count("v000") == 1);
  CHECK(visitors.count("v100") == 1);
}

TEST_CASE("seeded hits go from the first time to now in order, more of them on low ids") {
  HitLoad load;
  load.ids = 100;
  load.batch = 64;
  load.popular = true;
  load.spread = 5000;
  load.first_ms = at_ms - 3 * 86'400'000;
  load.now_ms = at_ms;
  SeedCursor cursor{0};
  const auto source = hit_seed_source(load, cursor);
  std::map<int, int> ids;
  std::int64_t last_ms = load.first_ms - 1;
  int hits = 0;
  drain(*source, "hits", [&](const json::Value& data) {
    const std::int64_t ms = *data.find("timestamp")->as_int64();
    if (hits++ == 0) CHECK(ms == load.first_ms);
    CHECK(ms > last_ms);
    last_ms = ms;
    ++ids[std::stoi(text_of(data, "id"))];
  });
  CHECK(hits == 5000);
  CHECK(last_ms < at_ms);
  CHECK(last_ms > at_ms - 60'000);
  CHECK(ids.begin()->first == 1);
  CHECK(ids.rbegin()->first <= 100);
  CHECK(ids[1] > 5 * ids[90]);
}

TEST_CASE("a submission is the reference's student form, of one length, with its own e-mail") {
  FormLoad load;
  load.seed = 4;
  const auto source = form_source(load, 0);
  std::set<std::string> emails;
  std::set<std::string> genders;
  json::Parser parser;
  each_request(*source, 500, "POST /student-data-form/ HTTP/1.1\r\n", [&](const std::string& body) {
    const auto value = parser.parse(body, false);
    REQUIRE(value.ok());
    emails.insert(text_of(*value, "email"));
    genders.insert(text_of(*value, "gender"));
    CHECK(text_of(*value, "name").size() >= 5);
    CHECK(text_of(*value, "mobile").size() == 10);
    CHECK(text_of(*value, "age").size() == 2);
    for (const char* const member : {"university", "cgpa", "tech"})
      CHECK_FALSE(text_of(*value, member).empty());
  });
  CHECK(emails.size() == 500);
  CHECK(emails.begin()->find("@example.com") == 17);
  CHECK(genders == std::set<std::string>{"F", "M"});
}

TEST_CASE("seeded submissions reach every form, the demo form with its own two fields") {
  FormLoad load;
  load.forms = 30;
  load.batch = 128;
  load.seed = 1;
  SeedCursor cursor{0};
  const auto source = form_seed_source(load, 3000, cursor);
  std::map<std::string, int> forms;
  std::set<std::string> emails;
  int students = 0;
  const auto sizes = drain(*source, "forms", [&](const json::Value& data) {
    const std::string form = text_of(data, "form");
    const auto body = data.find("body");
    REQUIRE(body.has_value());
    ++forms[form];
    if (form == "demo-form") {
      CHECK(text_of(*body, "item1").rfind("first ", 0) == 0);
      CHECK(text_of(*body, "item2") == "second");
      CHECK_FALSE(body->find("email").has_value());
    } else {
      ++students;
      emails.insert(text_of(*body, "email"));
      CHECK(text_of(*body, "tech") == "C++");
    }
  });
  CHECK(sizes.back() == 3000 % 128);
  CHECK(forms.size() == 30);
  CHECK(forms.count("student-data-form") == 1);
  CHECK(forms.count("demo-form") == 1);
  CHECK(forms.count("form-0002") == 1);
  CHECK(forms.count("form-0029") == 1);
  CHECK(emails.size() == static_cast<std::size_t>(students));
}

TEST_CASE("two threads of a booking load send different people") {
  BookingLoad load;
  load.dates = dates_of(1);
  load.batch = 500;
  std::set<std::string> people;
  for (const unsigned thread : {0u, 1u}) {
    const auto source = booking_source(load, thread);
    each_request(*source, 1, "POST /events HTTP/1.1\r\n", [&](const std::string& body) {
      each_line(body, "booking",
                [&](const json::Value& data) { people.insert(text_of(data, "mysejahteraId")); });
    });
  }
  CHECK(people.size() == 1000);
}
