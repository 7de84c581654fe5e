// decide, due, apply and project against a model that keeps everything in plain lists.
#include "domains/booking/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <algorithm>
#include <map>
#include <set>

namespace daybook::booking {
namespace {

struct One {
  std::string id, person, station, date;
  std::string status;
  std::int64_t expires_us = 0;
};

struct Model {
  struct Place {
    std::uint32_t capacity = 0;
    std::vector<std::size_t> line;
  };
  std::map<std::string, std::map<std::string, Place>> stations;
  std::map<std::string, std::uint32_t> per_person;
  std::vector<One> all;
  static constexpr std::int64_t hold_us = 300'000'000;

  std::uint32_t taken(const std::string& station, const std::string& date) const {
    return static_cast<std::uint32_t>(std::count_if(all.begin(), all.end(), [&](const One& one) {
      return one.station == station && one.date == date &&
             (one.status == "booked" || one.status == "held");
    }));
  }
  std::uint32_t live(const std::string& station, const std::string& person) const {
    return static_cast<std::uint32_t>(std::count_if(all.begin(), all.end(), [&](const One& one) {
      return one.station == station && one.person == person &&
             (one.status == "booked" || one.status == "held" || one.status == "waiting");
    }));
  }
  static std::string already_has(std::uint32_t limit) {
    return "this person already has " +
           (limit == 1 ? "a booking" : std::to_string(limit) + " bookings") + " at this station";
  }
  void promote(const std::string& station, const std::string& date) {
    Place& place = stations[station][date];
    while (!place.line.empty() && taken(station, date) < place.capacity) {
      all[place.line.front()].status = "booked";
      place.line.erase(place.line.begin());
    }
  }
  void pass(std::int64_t now_us) {
    while (true) {
      One* first = nullptr;
      for (One& one : all)
        if (one.status == "held" && one.expires_us <= now_us &&
            (first == nullptr || one.expires_us < first->expires_us))
          first = &one;
      if (first == nullptr) return;
      first->status = "expired";
      promote(first->station, first->date);
    }
  }
  // "booked", "held", "waiting", or the refusal.
  std::string take(const std::string& what, const std::string& person, const std::string& station,
                   const std::string& date, std::int64_t now_us) {
    const auto found = stations.find(station);
    if (found == stations.end()) return "location: unknown";
    if (!found->second.contains(date)) return "date: unknown";
    if (per_person[station] > 0 && live(station, person) >= per_person[station])
      return already_has(per_person[station]);
    Place& place = found->second[date];
    const bool full = taken(station, date) >= place.capacity || !place.line.empty();
    if (full && what != "queue") return "Sorry, station is fully booked";
    const std::string status = full ? "waiting" : what == "hold" ? "held" : "booked";
    all.push_back({"", person, station, date, status, now_us + hold_us});
    if (full) place.line.push_back(all.size() - 1);
    return status;
  }
  std::string status(const One& one) const {
    if (one.status != "waiting") return one.status;
    const auto& line = stations.at(one.station).at(one.date).line;
    const auto at =
        std::find_if(line.begin(), line.end(), [&](std::size_t i) { return all[i].id == one.id; });
    return "waiting " + std::to_string(at - line.begin() + 1);
  }
};

constexpr std::uint64_t people = 40;

struct Pair {
  World world;
  Model model;
  Rng rng{test::test_seed()};
  std::set<std::string> seen;  // kinds of outcome

  static std::string station(std::uint64_t n) { return "S" + std::to_string(n); }
  static std::string date(std::uint64_t n) { return "2021051" + std::to_string(n); }

  void define() {
    const std::string name = station(rng.below(3));
    const std::string day = date(rng.below(4));
    const auto capacity = static_cast<std::uint32_t>(rng.below(8));
    const auto per_person = static_cast<std::uint32_t>(rng.below(3));
    const std::uint32_t taken = model.taken(name, day);
    const std::string got = world.put(
        name, R"({"dates":[{"date":")" + day + R"(","capacity":)" + std::to_string(capacity) +
                  R"(}],"bookings_per_person":)" + std::to_string(per_person) + "}");
    if (capacity < taken) {
      seen.insert("below");
      REQUIRE(got.find("is below the " + std::to_string(taken) + " places taken") !=
              std::string::npos);
      return;
    }
    REQUIRE(got == "ok");
    model.stations[name][day].capacity = capacity;
    model.per_person[name] = per_person;
    model.promote(name, day);
  }
  void take(const std::string& what) {
    const std::string person = "p" + std::to_string(rng.below(people));
    const std::string name = station(rng.below(4));
    const std::string day = date(rng.below(5));
    const std::string expected = model.take(what, person, name, day, world.now.value);
    const std::string got =
        what == "hold"
            ? world.hold(person, name, day)
            : world.book(person, name, day, what == "queue" ? R"(,"waitingList":true)" : "");
    INFO(what << " " << person << " " << name << " " << day);
    seen.insert(expected.starts_with("this person already has ") ? "already has" : expected);
    const bool is_taken = expected == "booked" || expected == "held" || expected == "waiting";
    REQUIRE(got == (is_taken ? "ok" : expected));
    if (!is_taken) return;
    model.all.back().id = world.id;
    REQUIRE(world.status(world.id) == model.status(model.all.back()));
  }
  One* any() { return model.all.empty() ? nullptr : &model.all[rng.below(model.all.size())]; }
  void cancel() {
    One* one = any();
    if (one == nullptr) return;
    const bool ended = one->status == "expired";
    REQUIRE(world.cancel(one->id) == (ended ? "the hold has ended" : "ok"));
    if (ended || one->status == "cancelled") return;
    seen.insert("cancelled " + one->status);
    if (one->status == "waiting") {
      auto& line = model.stations[one->station][one->date].line;
      std::erase_if(line, [&](std::size_t i) { return model.all[i].id == one->id; });
    }
    one->status = "cancelled";
    model.promote(one->station, one->date);
  }
  // One of the last: older holds have run out.
  One* recent() {
    const std::size_t size = model.all.size();
    return size == 0 ? nullptr : &model.all[size - 1 - rng.below(std::min<std::size_t>(size, 20))];
  }
  void book_hold() {
    One* one = recent();
    if (one == nullptr) return;
    const std::string got =
        world.book(one->person, one->station, one->date, R"(,"hold":")" + one->id + "\"");
    if (one->status == "held") {
      REQUIRE(got == "ok");
      REQUIRE(world.id != one->id);
      one->status = "booked";
      seen.insert("hold booked");
    } else if (one->status == "cancelled" || one->status == "expired") {
      REQUIRE(got == "the hold has ended");
    } else {
      REQUIRE(got == Model::already_has(1));
    }
  }
  void step() {
    if (rng.below(3) == 0) world.pass(static_cast<std::int64_t>(rng.below(40)));
    world.tick();
    model.pass(world.now.value);
    const std::uint64_t kind = rng.below(100);
    if (kind < 4)
      define();
    else if (kind < 30)
      take("book");
    else if (kind < 45)
      take("hold");
    else if (kind < 65)
      take("queue");
    else if (kind < 90)
      cancel();
    else
      book_hold();
  }
  void check_all() {
    for (const One& one : model.all) {
      INFO(one.id);
      REQUIRE(world.status(one.id) == model.status(one));
    }
    for (const auto& [name, dates] : model.stations) {
      std::uint64_t booked_and_held = 0;
      for (const auto& [day, place] : dates) {
        const std::uint32_t taken = model.taken(name, day);
        booked_and_held += taken;
        REQUIRE(world.availability(name, parse_date(day).value()) ==
                (place.line.empty() ? place.capacity - taken : 0));
      }
      const Sums& sums = world.view.book().station(world.view.book().find_station(name)).sums;
      REQUIRE(sums.booked + sums.held == booked_and_held);
    }
  }
};

TEST_CASE("a long random run decides, promotes and expires as the plain model does") {
  Pair pair;
  for (int i = 0; i < 4'000; ++i) {
    INFO("seed " << test::test_seed() << " step " << i);
    pair.step();
    if (i % 200 == 0) pair.check_all();
  }
  pair.check_all();
  for (const char* kind : {"booked", "held", "waiting", "below", "hold booked", "date: unknown",
                           "Sorry, station is fully booked", "cancelled booked", "cancelled held",
                           "cancelled waiting", "already has"}) {
    INFO(kind);
    CHECK(pair.seen.contains(kind));
  }
  CHECK(World::audit(pair.world.log).empty());

  World again;
  for (const std::string& bytes : pair.world.log) {
    const Event event = event_of(bytes);
    again.position = again.position + 1;
    Domain::apply(again.state, event);
    Domain::project(again.view, event, EventMeta{again.position, {}, {}});
  }
  CHECK(saved(again.state) == saved(pair.world.state));
  CHECK(saved(again.view) == saved(pair.world.view));
  CHECK(Domain::totals(again.view) == Domain::totals(pair.world.view));
}

TEST_CASE("a random log with one event changed does not pass the audit") {
  Pair pair;
  for (int i = 0; i < 600; ++i) pair.step();
  const auto& log = pair.world.log;
  std::size_t tried = 0;
  for (std::size_t n = 0; n < log.size(); ++n) {
    if (event_of(log[n]).kind == Kind::station_defined) continue;
    ++tried;
    INFO("seed " << test::test_seed() << " event " << n + 1);
    auto twice = log;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(n) + 1, log[n]);
    CHECK_FALSE(World::audit(twice).empty());
    auto elsewhere = log;
    Event moved = event_of(log[n]);
    moved.date = 20300101;
    elsewhere[n] = bytes_of(moved);
    CHECK_FALSE(World::audit(elsewhere).empty());
  }
  CHECK(tried > 100);
}

}  // namespace
}  // namespace daybook::booking
