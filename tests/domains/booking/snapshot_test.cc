#include "domains/booking/world.h"

#include "base/random.h"
#include "support/seed.h"

namespace daybook::booking {
namespace {

constexpr std::string_view stations[] = {"A", "B", "C"};

// The same random commands for every world that is given the same numbers.
std::string random_step(World& world, std::uint64_t kind, std::uint64_t number,
                        std::vector<std::string>& ids) {
  const std::string_view station = stations[number % 3];
  const std::string date = number / 3 % 2 == 0 ? "20210516" : "20210517";
  const std::string person = "p" + std::to_string(number / 6 % 60);
  world.pass(static_cast<std::int64_t>(kind % 7));
  std::string outcome;
  if (kind < 40)
    outcome = world.book(person, station, date, R"(,"waitingList":true)");
  else if (kind < 60)
    outcome = world.hold(person, station, date);
  else if (!ids.empty())
    return world.cancel(ids[number % ids.size()]);
  if (outcome != "ok") return outcome + world.refusal.members;
  ids.push_back(world.id);
  return outcome;
}

void define(World& world) {
  for (const auto station : stations)
    REQUIRE(world.put(station,
                      R"({"dates":[{"date":"20210516","capacity":9},)"
                      R"({"date":"20210517","capacity":4}],"bookings_per_person":2})") == "ok");
}

void fill(World& world, Rng& rng, int steps, std::vector<std::string>& ids) {
  define(world);
  for (int i = 0; i < steps; ++i) random_step(world, rng.below(100), rng.below(1000), ids);
}

TEST_CASE("state and view come back from a snapshot as they were, and go on the same way") {
  Rng rng(test::test_seed());
  Policy policy;
  policy.finished_max = 100;
  World world(policy);
  std::vector<std::string> ids;
  fill(world, rng, 2'000, ids);
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);

  World loaded(policy);
  ByteReader state_in(state);
  ByteReader view_in(view);
  REQUIRE(Domain::load(loaded.state, state_in).ok());
  REQUIRE(Domain::load(loaded.view, view_in).ok());
  CHECK(state_in.at_end());
  CHECK(view_in.at_end());
  CHECK(saved(loaded.state) == state);
  CHECK(saved(loaded.view) == view);
  CHECK(Domain::totals(loaded.view) == Domain::totals(world.view));
  CHECK(Domain::next_due(loaded.state, policy) == Domain::next_due(world.state, policy));

  loaded.now = world.now;
  loaded.position = world.position;
  std::vector<std::string> ids_a = ids;
  std::vector<std::string> ids_b = ids;
  loaded.ids = world.ids;
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t kind = rng.below(100);
    const std::uint64_t number = rng.below(1000);
    INFO("seed " << test::test_seed() << " step " << i);
    REQUIRE(random_step(loaded, kind, number, ids_a) == random_step(world, kind, number, ids_b));
  }
  CHECK(Domain::totals(loaded.view) == Domain::totals(world.view));
  CHECK(World::audit(world.log).empty());
}

TEST_CASE("an empty domain has a snapshot too") {
  const World empty;
  World loaded;
  const std::string state = saved(empty.state);
  ByteReader in(state);
  REQUIRE(Domain::load(loaded.state, in).ok());
  CHECK(in.at_end());
  CHECK(saved(loaded.state) == state);
}

TEST_CASE("a snapshot cut short or with a changed byte is refused, or at least not crashed on") {
  Rng rng(test::test_seed());
  World world;
  std::vector<std::string> ids;
  fill(world, rng, 300, ids);
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  for (std::size_t size = 0; size < state.size(); size += 1 + state.size() / 300) {
    World loaded;
    ByteReader in(std::string_view(state).substr(0, size));
    const auto result = Domain::load(loaded.state, in);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Errc::corrupt);
  }
  for (std::size_t size = 0; size < view.size(); size += 1 + view.size() / 300) {
    World loaded;
    ByteReader in(std::string_view(view).substr(0, size));
    REQUIRE_FALSE(Domain::load(loaded.view, in).ok());
  }
  for (int i = 0; i < 500; ++i) {
    std::string changed = state;
    const std::size_t at = rng.below(changed.size());
    changed[at] = static_cast<char>(changed[at] ^ static_cast<int>(1 + rng.below(255)));
    World loaded;
    ByteReader in(changed);
    (void)Domain::load(loaded.state, in).ok();
  }
}

TEST_CASE("fewer finished bookings are kept when the setting was lowered since the snapshot") {
  World world;
  REQUIRE(world.put("A", R"({"dates":[{"date":"20210516","capacity":1}]})") == "ok");
  std::string last;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(world.book("a", "A", "20210516") == "ok");
    last = world.id;
    REQUIRE(world.cancel(last) == "ok");
  }
  Policy fewer;
  fewer.finished_max = 1;
  World loaded(fewer);
  const std::string state = saved(world.state);
  ByteReader in(state);
  REQUIRE(Domain::load(loaded.state, in).ok());
  std::size_t kept = 0;
  for (std::uint32_t n = 0; n < loaded.state.book().bookings_end(); ++n)
    kept += loaded.state.book().booking(n).status == Status::gone ? 0u : 1u;
  CHECK(kept == 1);
  CHECK(loaded.state.book().find_booking(parse_id(last).value()) != none);
}

TEST_CASE("memory figures grow with what is kept, and are near what a booking should take") {
  World world;
  REQUIRE(world.put("A", R"({"dates":[{"date":"20210516","capacity":100000}]})") == "ok");
  const std::size_t state_before = Domain::memory_bytes(world.state);
  const std::size_t view_before = Domain::memory_bytes(world.view);
  constexpr int bookings = 20'000;
  for (int i = 0; i < bookings; ++i)
    REQUIRE(world.book("p" + std::to_string(i), "A", "20210516") == "ok");
  const std::size_t state_bytes = (Domain::memory_bytes(world.state) - state_before) / bookings;
  const std::size_t view_bytes = (Domain::memory_bytes(world.view) - view_before) / bookings;
  CHECK(state_bytes >= 75);
  CHECK(state_bytes <= 110);
  CHECK(view_bytes >= 40);
  CHECK(view_bytes <= 60);
}

}  // namespace
}  // namespace daybook::booking
