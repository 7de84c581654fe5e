// decide/apply/project against a model that keeps every fact in sets of strings.
#include "domains/attendance/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <map>
#include <set>
#include <tuple>

namespace daybook::attendance {
namespace {

struct Model {
  using Mark = std::pair<std::string, Day>;
  std::set<Mark> in;
  std::set<Mark> out;
  std::map<std::string, std::string> zones;
  std::map<std::pair<std::string, Day>, DayTotals> totals;

  std::string send(const std::string& type, const std::string& user, const std::string& school,
                   UnixMs time, UnixMs now, bool fever) {
    if (time.value > now.value + 300'000) return "timestamp: too_far_ahead";
    if (time.value < now.value - 7 * 86'400'000LL) return "timestamp: too_old";
    const auto zone = zones.find(school);
    const Day day = zone == zones.end() ? TimeZone::utc()->day_of(time)
                                        : TimeZone::make(zone->second).value()->day_of(time);
    const Mark mark{user, day};
    if (type == "checkin") {
      if (!in.insert(mark).second) return "User already checked in";
    } else {
      if (!in.contains(mark)) return "User haven't checked in";
      if (!out.insert(mark).second) return "User already checked out";
    }
    DayTotals& counts = totals[{school, day}];
    counts.day = day;
    counts.check_ins += type == "checkin" ? 1u : 0u;
    counts.check_outs += type == "checkout" ? 1u : 0u;
    counts.fevers += fever ? 1u : 0u;
    return "ok";
  }
};

void check_totals(const Model& model, const View& view) {
  std::uint64_t ins = 0;
  std::uint64_t outs = 0;
  std::uint64_t fevers = 0;
  for (const auto& [key, counts] : model.totals) {
    const School* school = view.school(key.first);
    REQUIRE(school != nullptr);
    REQUIRE(school->totals_of(key.second) == counts);
    ins += counts.check_ins;
    outs += counts.check_outs;
    fevers += counts.fevers;
  }
  CHECK(view.totals().check_ins == ins);
  CHECK(view.totals().check_outs == outs);
  CHECK(view.totals().fevers == fevers);
  std::size_t days = 0;
  for (const School& school : view.schools()) days += school.days.size();
  CHECK(days == model.totals.size());
}

TEST_CASE("a long random run decides and counts as the plain model does") {
  static const std::vector<std::string> zones{"Asia/Jakarta", "Europe/Berlin", "Pacific/Kiritimati",
                                              "America/New_York", "Etc/GMT+12"};
  Rng rng(test::test_seed());
  World world;
  Model model;
  world.now = at("2026-03-20T00:00:00");
  std::uint64_t accepted = 0;
  for (int i = 0; i < 40'000; ++i) {
    world.now.value += static_cast<std::int64_t>(rng.below(90'000));  // about 20 days in all
    const std::string school = std::to_string(rng.below(12));
    if (rng.below(2000) == 0) {
      const std::string& zone = zones[rng.below(zones.size())];
      model.zones[school] = zone;
      REQUIRE(world.define(school, R"({"timeZone":")" + zone + "\"}") == "ok");
    }
    const std::string user = "user-" + std::to_string(rng.below(60));
    const std::string type = rng.below(2) == 0 ? "checkin" : "checkout";
    const bool fever = rng.below(4) == 0;
    const std::uint64_t kind = rng.below(10);
    std::int64_t shift = 0;
    if (kind == 0) shift = static_cast<std::int64_t>(rng.below(400'000));
    if (kind >= 7) shift = -static_cast<std::int64_t>(rng.below(8 * 86'400'000ULL));
    const UnixMs time{world.now.value + shift};
    const std::string text = report(type, user, school, time, fever ? "38" : "37.999");
    const std::string expected = model.send(type, user, school, time, world.now, fever);
    INFO("step " << i << " " << text);
    REQUIRE(world.send(text) == expected);
    accepted += expected == "ok" ? 1u : 0u;
  }
  CHECK(accepted > 1000);
  check_totals(model, world.view);
  CHECK(world.view.totals().check_ins + world.view.totals().check_outs == accepted);
}

TEST_CASE("every report's position lies within the range of its day") {
  Rng rng(test::test_seed());
  World world;
  std::vector<std::pair<Day, Position>> reports;
  for (int i = 0; i < 3'000; ++i) {
    world.now.value += static_cast<std::int64_t>(rng.below(600'000));
    const UnixMs time{world.now.value - static_cast<std::int64_t>(rng.below(6 * 86'400'000ULL))};
    if (world.send(report("checkin", std::to_string(i), "s", time)) == "ok")
      reports.emplace_back(world.last.day, world.position);
  }
  REQUIRE(reports.size() == 3'000);
  std::map<Day, std::pair<Position, Position>> expected;
  for (const auto& [day, position] : reports) {
    auto& range = expected.try_emplace(day, position, position).first->second;
    range.second = position;
  }
  REQUIRE(world.view.ranges().size() == expected.size());
  for (const DayRange& range : world.view.ranges()) {
    CHECK(range.first == expected.at(range.day).first);
    CHECK(range.last == expected.at(range.day).second);
  }
}

}  // namespace
}  // namespace daybook::attendance
