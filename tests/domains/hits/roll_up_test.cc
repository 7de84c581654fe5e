// Closing days, rolling them up, and what may then leave the log: nobody can see that it has.
#include "domains/hits/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <algorithm>
#include <map>
#include <set>

namespace daybook::hits {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t margin_ms = 600'000;

std::vector<Kind> kinds_of(const World& world) {
  std::vector<Kind> kinds;
  for (const Stored& stored : world.log) {
    const auto event = decode(
        1, {reinterpret_cast<const std::uint8_t*>(stored.bytes.data()), stored.bytes.size()});
    kinds.push_back(event->kind);
  }
  return kinds;
}

TEST_CASE("a day is rolled up when its last hit can have come and three days have passed") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  const std::int64_t due = (day_of(world.now).value + 4) * day_ms + margin_ms;
  const auto next = Domain::next_due(*world.state, world.policy);
  REQUIRE(next.has_value());
  CHECK(next->value == due * 1000);
  world.now.value = due - 1;
  CHECK_FALSE(world.run_due_once());
  world.now.value = due;
  world.run_due();
  CHECK(kinds_of(world) == std::vector<Kind>{Kind::hit, Kind::day_closed, Kind::rolled_up});
  CHECK_FALSE(Domain::next_due(*world.state, world.policy).has_value());
  CHECK(world.view->rolled_up_days() == 1);
  CHECK(world.view->hit_count() == 1);
}

TEST_CASE("a longer wait for late hits moves the roll-up, a shorter one does not") {
  for (const auto& [late, days] : {std::pair(0, 4), std::pair(3, 4), std::pair(7, 8)}) {
    Policy policy;
    policy.late_days_max = late;
    CHECK(roll_up_due(Day{100}, policy).value == ((100 + days) * day_ms + margin_ms) * 1000);
  }
}

TEST_CASE("hits of a day that is rolled up are refused") {
  Policy policy;
  policy.late_days_max = 7;
  World world(policy);
  REQUIRE(world.hit("a") == "ok");
  const std::int64_t first = world.now.value;
  world.now.value += 7 * day_ms;
  REQUIRE(world.hit("a", first) == "ok");
  // Another process with a shorter wait has rolled the day up.
  world.policy.late_days_max = 3;
  world.run_due();
  world.policy.late_days_max = 7;
  CHECK(world.hit("a", first) == "timestamp: too_old");
  CHECK(world.hit("a") == "ok");
  CHECK(world.view->hit_count() == 3);
}

TEST_CASE("many ids are rolled up in slices, each id once") {
  World world;
  constexpr int ids = 20'000;
  for (int i = 0; i < ids; ++i) REQUIRE(world.hit("id/" + std::to_string(i)) == "ok");
  const Day day = day_of(world.now);
  world.now.value += 5 * day_ms;
  std::set<std::string> seen;
  std::uint32_t next_part = 0;
  int slices = 0;
  std::size_t done = world.log.size();
  while (world.run_due_once()) {
    for (; done < world.log.size(); ++done) {
      const auto& bytes = world.log[done].bytes;
      const auto event =
          decode(1, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
      REQUIRE(event->day == day);
      if (event->kind != Kind::rolled_up) continue;
      CHECK(event->from_part == next_part);
      next_part = event->until_part;
      ++slices;
      EntryReader reader(event->entries);
      for (Entry entry; reader.next(entry);) {
        CHECK(entry.count() == 1);
        CHECK(seen.insert(std::string(entry.id)).second);
      }
    }
  }
  CHECK(next_part == parts);
  CHECK(slices >= 2);
  CHECK(slices <= 5);
  CHECK(seen.size() == ids);
  CHECK(world.view->hit_count() == ids);
}

TEST_CASE("a roll-up cut off by a restart goes on where it was") {
  World world;
  for (int i = 0; i < 20'000; ++i) REQUIRE(world.hit("id/" + std::to_string(i)) == "ok");
  world.now.value += 5 * day_ms;
  REQUIRE(world.run_due_once());
  REQUIRE(world.state->roll_up().has_value());
  auto again = replayed(world, world.log);
  again->run_due();
  world.run_due();
  CHECK(again->saved() == world.saved());
  CHECK(again->saved_state() == world.saved_state());
  CHECK(again->view->rolled_up_days() == 1);
}

// Twenty days of hits on ids of every size, some late, some with visitors.
World& live_world() {
  static World world;
  if (!world.log.empty()) return world;
  Rng rng(test::test_seed());
  for (int i = 0; i < 40'000; ++i) {
    const std::uint64_t choice = rng.below(10);
    std::string id = "hot";
    if (choice < 3) id = "warm" + std::to_string(rng.below(40));
    if (choice == 3) id = "cold" + std::to_string(rng.below(6000));
    std::int64_t at = world.now.value;
    if (rng.below(5) == 0) at -= static_cast<std::int64_t>(rng.below(3 * day_ms));
    if (rng.below(9) == 0) at += static_cast<std::int64_t>(rng.below(60'000));
    const std::string visitor = rng.below(2) == 0 ? "" : "v" + std::to_string(rng.below(3000));
    REQUIRE(world.hit(id, at, visitor) == "ok");
    world.now.value += static_cast<std::int64_t>(rng.below(86'400));
  }
  world.run_due();
  return world;
}

// All that a reader can see.
std::string seen_of(const World& world) {
  std::string seen;
  std::vector<std::string> ids{"hot", "nobody"};
  for (int i = 0; i < 40; ++i) ids.push_back("warm" + std::to_string(i));
  for (int i = 0; i < 6000; i += 7) ids.push_back("cold" + std::to_string(i));
  for (const auto& id : ids) {
    seen += world.get("/analytics/{id}", id);
    for (const auto& [step, back] :
         {std::pair("minute", 3 * day_ms - 60'000), std::pair("hour", 31 * day_ms - 3'600'000),
          std::pair("day", 100 * day_ms)})
      if (id.front() != 'c' || std::string_view(step) == "day")
        seen += world.get("/analytics/{id}/series", id,
                          Pairs{{"step", step}, {"from", std::to_string(world.now.value - back)}});
  }
  for (const char* window : {"5m", "1h", "1d", "2d", "3d"})
    seen += world.get("/analytics/top", "", Pairs{{"window", window}, {"limit", "1000"}});
  for (const auto& [name, number] : Domain::totals(*world.view))
    seen += name + " " + std::to_string(number) + "\n";
  return seen;
}

TEST_CASE("live, full replay and replay without the removed hits are the same to the last byte") {
  World& live = live_world();
  REQUIRE(live.view->rolled_up_days() >= 10);
  REQUIRE(live.view->hit_count() == 40'000);
  auto full = replayed(live, live.log);
  CHECK(full->saved() == live.saved());
  CHECK(full->saved_state() == live.saved_state());

  // Removal at several moments, the later ones of more.
  std::size_t removed_before = 0;
  for (const std::int64_t later_days : {0, 2, 5, 8}) {
    const UnixUs when{(live.now.value + later_days * day_ms) * 1000};
    const Position border = Domain::removable_before(*live.view, live.policy, when);
    REQUIRE(border > Position{});
    std::vector<Stored> left;
    for (const Stored& stored : live.log)
      if (!stored.is_removable || stored.meta.position >= border) left.push_back(stored);
    INFO(live.log.size() - left.size() << " of " << live.log.size() << " events removed");
    CHECK(live.log.size() - left.size() > removed_before);
    removed_before = live.log.size() - left.size();
    auto less = replayed(live, left);
    CHECK(less->saved() == live.saved());
    CHECK(less->saved_state() == live.saved_state());
    CHECK(seen_of(*less) == seen_of(live));
    CHECK(Domain::removable_before(*less->view, live.policy, when) == border);
  }
  CHECK(removed_before > live.log.size() / 2);
}

TEST_CASE("records left in the log that could have gone change nothing") {
  World& live = live_world();
  Rng rng(test::test_seed());
  const Position border =
      Domain::removable_before(*live.view, live.policy, UnixUs{live.now.value * 1000});
  std::vector<Stored> left;
  for (const Stored& stored : live.log)
    if (!stored.is_removable || stored.meta.position >= border || rng.below(2) == 0)
      left.push_back(stored);
  auto less = replayed(live, left);
  CHECK(less->saved() == live.saved());
  CHECK(less->saved_state() == live.saved_state());
}

TEST_CASE("raw hits go only when their days are rolled up and old enough") {
  World world;
  Policy& policy = world.policy;
  policy.raw_kept_days = 7;
  const auto border = [&](std::int64_t at_ms) {
    return Domain::removable_before(*world.view, policy, UnixUs{at_ms * 1000});
  };
  std::map<std::int64_t, std::int64_t> last_day_before;  // position -> latest day of hits up to it
  std::int64_t latest = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t late = i % 3 == 0 ? 2 * day_ms : 0;
    REQUIRE(world.hit("a", world.now.value - late) == "ok");
    latest = std::max<std::int64_t>(latest, day_of(world.now).value);
    last_day_before[static_cast<std::int64_t>(world.log.size())] = latest;
    world.now.value += day_ms / 50;
    const Position may_go = border(world.now.value);
    if (may_go == Position{}) continue;
    const auto at = last_day_before.lower_bound(static_cast<std::int64_t>(may_go.value));
    REQUIRE(at != last_day_before.begin());
    const std::int64_t day = std::prev(at)->second;
    // Rolled up four days after its end, kept seven more.
    CHECK(world.now.value >= (day + 1 + 3 + 7) * day_ms);
    CHECK(world.now.value <= (day + 1 + 3 + 7 + 4) * day_ms);
  }
  CHECK(border(world.now.value) > Position{1000});
}

TEST_CASE("hours are kept as long as the setting says, days for good") {
  World world;
  const std::int64_t first = world.now.value;
  REQUIRE(world.hit("a", 0, "v1") == "ok");
  REQUIRE(world.hit("a", 0, "v2") == "ok");
  for (int i = 0; i < 45; ++i) {
    world.now.value += day_ms;
    REQUIRE(world.hit("b") == "ok");
    if (i % 9 == 0) REQUIRE(world.hit("a") == "ok");
  }
  Content content;
  REQUIRE(world.view->content("a", content));
  CHECK(day_of_hour(content.hours.front().at) >= day_of(world.now) - 31);
  CHECK(content.days.front().day == day_of(UnixMs{first}));
  CHECK(content.days.front().count == 2);
  CHECK(content.days.front().visitors == 2);
  const std::string day = std::to_string(first);
  CHECK(world.get("/analytics/{id}/series", "a",
                  Pairs{{"step", "day"}, {"from", day}, {"to", day}}) ==
        R"([{"at":)" + std::to_string(first / day_ms * day_ms) + R"(,"count":2,"visitors":2}])");
}

TEST_CASE("a busy id that went quiet is kept small again") {
  World world;
  for (int i = 0; i < 20'000; ++i) {
    world.now.value += 1000;
    REQUIRE(world.hit("a", 0, "v" + std::to_string(i % 999)) == "ok");
  }
  CHECK(world.view->busy_count() == 1);
  const std::size_t busy_bytes = world.view->memory_bytes();
  world.now.value += 5 * day_ms;
  world.run_due();
  CHECK(world.view->busy_count() == 0);
  CHECK(world.view->memory_bytes() < busy_bytes - 20'000);
  CHECK(world.view->hit_count() == 20'000);
}

}  // namespace
}  // namespace daybook::hits
