#include "load/attendance_load.h"
#include "request_texts.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

using namespace daybook;
using namespace daybook::load;
using namespace daybook::load::testing;

namespace {

struct Parsed {
  std::string user, school;
  std::int64_t ms = 0, celsius = 0;
};

Parsed parse_checkin(const json::Value& value) {
  CHECK(value.find("type")->string() == "checkin");
  CHECK(value.find("image")->string().empty());
  Parsed p;
  p.user = std::string(value.find("userId")->string());
  p.school = std::string(value.find("schoolId")->string());
  p.ms = *value.find("timestamp")->as_int64();
  p.celsius = *value.find("temperature")->as_int64();
  return p;
}

std::vector<Parsed> parse_lines(const std::string& body) {
  std::vector<Parsed> out;
  each_line(body, "attendance",
            [&](const json::Value& data) { out.push_back(parse_checkin(data)); });
  return out;
}

}  // namespace

TEST_CASE("a patched check-in is valid JSON with the values asked for, whatever it held before") {
  CheckinText text(1000, false);
  std::string slot(text.size(), '?');
  text.prepare(slot.data());
  json::Parser parser;
  struct Row {
    Checkin checkin;
    const char* user;
    const char* school;
  };
  for (const Row& row :
       {Row{{at_ms, 0x0123456789abcdef, 0xfedcba98, 999, 41}, "0123456789abcdeffedcba98", "999"},
        Row{{at_ms + 1, 1, 2, 7, 34}, "000000000000000100000002", "7"},
        Row{{at_ms, ~0ull, ~0u, 42, 38}, "ffffffffffffffffffffffff", "42"},
        Row{{at_ms, 0, 0, 0, 36}, "000000000000000000000000", "0"}}) {
    text.patch(slot.data(), row.checkin);
    INFO(slot);
    const auto value = parser.parse(slot, false);
    REQUIRE(value.ok());
    const Parsed p = parse_checkin(*value);
    CHECK(p.user == row.user);
    CHECK(p.school == row.school);
    CHECK(p.ms == row.checkin.unix_ms);
    CHECK(p.celsius == row.checkin.celsius);
  }
}

TEST_CASE(
    "the load's requests are of one length, of new people at all schools with 34 to 41 degrees") {
  AttendanceLoad load;
  load.host = "127.0.0.1:8080";
  load.schools = 12;
  load.seed = 5;
  const auto source = attendance_source(load, 0);
  std::vector<char> slot = slot_for(*source);
  json::Parser parser;
  std::set<std::string> users;
  std::set<std::string> schools;
  std::set<std::int64_t> celsius;
  for (int i = 0; i < 2000; ++i) {
    const std::string request = next_request(*source, slot);
    REQUIRE(request.size() == source->request_bytes_max());
    REQUIRE(request.rfind("POST /attendances HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n", 0) == 0);
    const auto value = parser.parse(body_of(request), false);
    REQUIRE(value.ok());
    const Parsed p = parse_checkin(*value);
    CHECK(p.ms == at_ms);
    CHECK(p.user.size() == 24);
    users.insert(p.user);
    schools.insert(p.school);
    celsius.insert(p.celsius);
  }
  CHECK(users.size() == 2000);
  CHECK(schools.size() == 12);
  CHECK(*celsius.begin() == 34);
  CHECK(*celsius.rbegin() == 41);
}

TEST_CASE("two threads of one load send different people") {
  AttendanceLoad load;
  load.batch = 500;
  std::set<std::string> users;
  for (const unsigned thread : {0u, 1u}) {
    const auto source = attendance_source(load, thread);
    std::vector<char> slot = slot_for(*source);
    const std::string request = next_request(*source, slot);
    CHECK(request.rfind("POST /events HTTP/1.1\r\n", 0) == 0);
    for (const Parsed& p : parse_lines(body_of(request))) users.insert(p.user);
  }
  CHECK(users.size() == 1000);
}

TEST_CASE("seeding sends every person of every school once, in batches with a short last one") {
  AttendanceSeed load;
  load.schools = 3;
  load.users = 101;
  load.batch = 100;  // 303 people: 3 full bodies and one of 3 lines
  load.unix_ms = at_ms;
  std::set<std::string> before;
  for (int run = 0; run < 2; ++run) {
    SeedCursor cursor{0};
    const auto source = attendance_seed_source(load, cursor);
    std::vector<char> slot = slot_for(*source);
    std::set<std::string> users;
    std::map<std::string, int> schools;
    std::vector<std::size_t> sizes;
    for (std::string request = next_request(*source, slot); !request.empty();
         request = next_request(*source, slot)) {
      const auto lines = parse_lines(body_of(request));
      sizes.push_back(lines.size());
      for (const Parsed& p : lines) {
        users.insert(p.user);
        ++schools[p.school];
      }
    }
    CHECK(sizes == std::vector<std::size_t>{100, 100, 100, 3});
    CHECK(users.size() == 303);
    CHECK(schools == std::map<std::string, int>{{"0", 101}, {"1", 101}, {"2", 101}});
    if (run == 1) CHECK(users == before);
    before = users;
  }
}

TEST_CASE("another seed gives other people") {
  AttendanceSeed one;
  AttendanceSeed two;
  two.seed = one.seed + 1;
  CHECK(seeded_checkin(one, 3, 4).id_high == seeded_checkin(one, 3, 4).id_high);
  CHECK(seeded_checkin(one, 3, 4).id_high != seeded_checkin(two, 3, 4).id_high);
  CHECK(seeded_checkin(one, 3, 4).id_high != seeded_checkin(one, 4, 3).id_high);
}

TEST_CASE("naming schools sends one PUT a school with the key, then ends") {
  const Definitions schools{"127.0.0.1:8080", "secret", 11, school_definition};
  SeedCursor cursor{0};
  DefinitionSource source(schools, cursor);
  std::vector<char> slot = slot_for(source);
  for (int i = 0; i < 11; ++i) {
    const std::string request = next_request(source, slot);
    CHECK(request.rfind("PUT /schools/" + std::to_string(i) + " HTTP/1.1\r\n", 0) == 0);
    CHECK(request.find("\r\nAuthorization: Bearer secret\r\n") != std::string::npos);
    CHECK(body_of(request) == "{\"name\":\"School " + std::to_string(i) + "\"}");
  }
  CHECK(next_request(source, slot).empty());
}
