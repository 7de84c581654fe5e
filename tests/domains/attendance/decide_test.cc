#include "domains/attendance/world.h"

namespace daybook::attendance {
namespace {

constexpr const char* already_in = "User already checked in";
constexpr const char* not_in = "User haven't checked in";
constexpr const char* already_out = "User already checked out";

struct Step {
  const char* type;
  const char* user;
  const char* school;
  const char* time;  // UTC
  const char* expected;
};

struct Case {
  const char* name;
  const char* zone;  // of school "s"
  std::vector<Step> steps;
};

TEST_CASE("check-in and check-out are once per person and school-local day") {
  const Case cases[] = {
      {"in then out",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkout", "a", "s", "2026-03-10T07:00:01", "ok"}}},
      {"in twice",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkin", "a", "s", "2026-03-10T07:00:00", already_in}}},
      {"in again after out",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkout", "a", "s", "2026-03-10T08:00:00", "ok"},
        {"checkin", "a", "s", "2026-03-10T09:00:00", already_in}}},
      {"out first",
       "UTC",
       {{"checkout", "a", "s", "2026-03-10T07:00:00", not_in},
        {"checkin", "a", "s", "2026-03-10T06:00:00", "ok"},
        {"checkout", "a", "s", "2026-03-10T07:00:00", "ok"}}},
      {"out twice",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkout", "a", "s", "2026-03-10T08:00:00", "ok"},
        {"checkout", "a", "s", "2026-03-10T08:00:00", already_out}}},
      {"out of another day",
       "UTC",
       {{"checkin", "a", "s", "2026-03-09T23:59:59.999", "ok"},
        {"checkout", "a", "s", "2026-03-10T00:00:00", not_in},
        {"checkout", "a", "s", "2026-03-09T00:00:00", "ok"}}},
      {"people are apart",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkin", "b", "s", "2026-03-10T07:00:00", "ok"},
        {"checkout", "c", "s", "2026-03-10T07:00:00", not_in}}},
      {"a person is one over all schools",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkin", "a", "other", "2026-03-10T07:00:00", already_in}}},
      {"a day ends at local midnight, UTC+7",
       "Asia/Jakarta",
       {{"checkin", "a", "s", "2026-03-09T16:59:59.999", "ok"},
        {"checkin", "a", "s", "2026-03-09T17:00:00.000", "ok"},
        {"checkin", "a", "s", "2026-03-10T00:00:00.000", already_in},
        {"checkout", "a", "s", "2026-03-10T09:00:00.000", "ok"}}},
      {"the day summer time begins has 23 hours",
       "Europe/Berlin",
       {{"checkin", "a", "s", "2026-03-08T23:00:00.000", "ok"},
        {"checkin", "a", "s", "2026-03-09T22:59:59.999", already_in},
        {"checkin", "a", "s", "2026-03-09T23:00:00.000", "ok"}}},
      {"late events count for their own day",
       "UTC",
       {{"checkin", "a", "s", "2026-03-10T07:00:00", "ok"},
        {"checkin", "a", "s", "2026-03-05T07:00:00", "ok"},
        {"checkout", "a", "s", "2026-03-05T12:00:00", "ok"},
        {"checkin", "a", "s", "2026-03-05T09:00:00", already_in}}},
  };
  for (const Case& test : cases) {
    World world;
    REQUIRE(world.define("s", R"({"timeZone":")" + std::string(test.zone) + "\"}") == "ok");
    for (const Step& step : test.steps) {
      INFO(test.name << ": " << step.type << " " << step.user << " " << step.time);
      CHECK(world.send(report(step.type, step.user, step.school, at(step.time))) == step.expected);
    }
  }
}

TEST_CASE("a summer-time border moves the local day of a check-in with it") {
  World world;
  world.now = at("2026-03-30T12:00:00");
  REQUIRE(world.define("s", R"({"timeZone":"Europe/Berlin"})") == "ok");
  CHECK(world.send(report("checkin", "a", "s", at("2026-03-28T23:00:00"))) == "ok");  // 29th, 00:00
  CHECK(world.send(report("checkin", "a", "s", at("2026-03-29T21:59:59"))) == already_in);
  CHECK(world.send(report("checkin", "a", "s", at("2026-03-29T22:00:00"))) == "ok");  // 30th, 00:00
  CHECK(to_string(world.last.day) == "2026-03-30");
}

TEST_CASE("late and future events are refused exactly beyond their limits") {
  Policy policy;
  policy.late_days_max = 7;
  policy.future_ms_max = 300'000;
  World world(policy);
  const UnixMs now = world.now;
  const std::int64_t week_ms = 7 * 86'400'000LL;
  CHECK(world.send(report("checkin", "a", "s", {now.value + 300'000})) == "ok");
  CHECK(world.send(report("checkin", "b", "s", {now.value + 300'001})) ==
        "timestamp: too_far_ahead");
  CHECK(world.send(report("checkin", "b", "s", {now.value - week_ms})) == "ok");
  CHECK(world.send(report("checkin", "c", "s", {now.value - week_ms - 1})) == "timestamp: too_old");
  CHECK(world.send(report("checkin", "c", "s", {1})) == "timestamp: too_old");
  CHECK(world.send(report("checkin", "c", "s", {std::numeric_limits<std::int64_t>::max()})) ==
        "timestamp: too_far_ahead");
  policy.late_days_max = 0;
  policy.future_ms_max = 0;
  World strict(policy);
  CHECK(strict.send(report("checkin", "a", "s", strict.now)) == "ok");
  CHECK(strict.send(report("checkin", "b", "s", {now.value + 1})) == "timestamp: too_far_ahead");
  CHECK(strict.send(report("checkin", "b", "s", {now.value - 1})) == "timestamp: too_old");
}

TEST_CASE("a report without a time gets the server's") {
  World world;
  REQUIRE(world.send(R"({"type":"checkin","userId":"a","schoolId":"s","temperature":36})") == "ok");
  CHECK(world.last.at == world.now);
  CHECK(to_string(world.last.day) == "2026-03-10");
}

TEST_CASE("the event carries everything the command said and the day it counts for") {
  World world;
  REQUIRE(world.define("s", R"({"timeZone":"Asia/Jakarta"})") == "ok");
  const UnixMs time = at("2026-03-09T17:30:00");
  REQUIRE(world.send(R"({"type":"checkin","userId":"a","schoolId":"s","timestamp":)" +
                     std::to_string(time.value) + R"(,"temperature":38.25,"image":"img/9"})") ==
          "ok");
  CHECK(world.last.kind == Kind::checked_in);
  CHECK(world.last.user_id == "a");
  CHECK(world.last.school_id == "s");
  CHECK(world.last.at == time);
  CHECK(to_string(world.last.day) == "2026-03-10");
  CHECK(world.last.temperature_milli == 38'250);
  CHECK(world.last.image == "img/9");
}

TEST_CASE("a school's new time zone judges what comes after it") {
  World world;
  const UnixMs time = at("2026-03-09T17:30:00");
  CHECK(world.send(report("checkin", "a", "s", time)) == "ok");
  CHECK(to_string(world.last.day) == "2026-03-09");
  CHECK(world.define("s", R"({"timeZone":"Asia/Jakarta"})") == "ok");
  CHECK(world.send(report("checkin", "a", "s", time)) == "ok");
  CHECK(to_string(world.last.day) == "2026-03-10");
}

TEST_CASE("the default time zone is the setting's") {
  Policy policy;
  policy.default_zone = TimeZone::make("Asia/Jakarta").value();
  World world(policy);
  CHECK(world.send(report("checkin", "a", "s", at("2026-03-09T17:00:00"))) == "ok");
  CHECK(to_string(world.last.day) == "2026-03-10");
}

TEST_CASE("new people and new schools are refused beyond their limits, known ones go on") {
  Policy policy;
  policy.people_max = 2;
  policy.schools_max = 2;
  World world(policy);
  const UnixMs t = world.now;
  CHECK(world.send(report("checkin", "a", "s1", t)) == "ok");
  CHECK(world.send(report("checkin", "b", "s2", t)) == "ok");
  CHECK(world.send(report("checkin", "c", "s1", t)) == "too many people");
  CHECK(world.send(report("checkin", "a", "s3", t)) == "too many schools");
  CHECK(world.define("s3", R"({"name":"x"})") == "too many schools");
  CHECK(world.define("s2", R"({"name":"x"})") == "ok");
  CHECK(world.send(report("checkout", "a", "s1", t)) == "ok");
  CHECK(world.state.people.size() == 2);
  CHECK(world.state.school_count() == 2);
}

TEST_CASE("a refusal changes nothing and a lookup interns nobody") {
  World world;
  ByteWriter before;
  Domain::save(world.state, before);
  CHECK(world.send(report("checkout", "a", "s", world.now)) == not_in);
  CHECK(world.send(report("checkin", "a", "s", {1})) == "timestamp: too_old");
  ByteWriter after;
  Domain::save(world.state, after);
  CHECK(before.data() == after.data());
}

TEST_CASE("a few events under a wrong clock do not make the right days unjudgeable") {
  Policy policy;
  policy.late_days_max = 7;
  World world(policy);
  for (int i = 0; i < 2; ++i) {  // the clock jumps to 2040 twice
    world.now = UnixMs{at("2040-01-01T12:00:00").value + i * 86'400'000LL};
    CHECK(world.send(report("checkin", "x", "s", world.now)) == "ok");
  }
  for (int day = 0; day < 40; ++day) {
    world.now = UnixMs{at("2026-03-10T12:00:00").value + day * 86'400'000LL};
    for (int late = 0; late <= 7; ++late) {
      const UnixMs time{world.now.value - late * 86'400'000LL};
      const bool is_first = late == 0 || day < 7;
      const std::string expected = is_first && (late == 0 || day == 0) ? "ok" : already_in;
      INFO("day " << day << " late " << late);
      CHECK(world.send(report("checkin", "a", "s", time)) == expected);
    }
  }
}

TEST_CASE("the answer to a report is small and the one to a definition names what was set") {
  World world;
  REQUIRE(world.send(report("checkin", "a", "s", world.now)) == "ok");
  CHECK(world.last_answer == R"({"status":"ok"})");
  REQUIRE(world.define("s", R"({"name":"Nor\"th","timeZone":"Asia/Jakarta"})") == "ok");
  CHECK(world.last_answer == R"({"_id":"s","name":"Nor\"th","timeZone":"Asia/Jakarta"})");
}

}  // namespace
}  // namespace daybook::attendance
