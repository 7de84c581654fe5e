#include "domains/attendance/world.h"

#include "base/random.h"
#include "support/seed.h"

namespace daybook::attendance {
namespace {

template <class T>
std::string saved(const T& what) {
  ByteWriter out;
  Domain::save(what, out);
  return out.take();
}

void fill(World& world, Rng& rng, int commands) {
  (void)world.define("0", R"({"name":"Zero","timeZone":"Asia/Jakarta"})");
  (void)world.define("unused", R"({"name":"Never used"})");
  for (int i = 0; i < commands; ++i) {
    world.now.value += static_cast<std::int64_t>(rng.below(2'000'000));
    (void)world.send(report(rng.below(2) == 0 ? "checkin" : "checkout",
                            "user-" + std::to_string(rng.below(50)), std::to_string(rng.below(9)),
                            world.now, rng.below(3) == 0 ? "39" : "36.6"));
  }
}

TEST_CASE("state and view come back from a snapshot as they were") {
  Rng rng(test::test_seed());
  World world;
  fill(world, rng, 3'000);
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);

  World loaded;
  ByteReader state_in(state);
  ByteReader view_in(view);
  REQUIRE(Domain::load(loaded.state, state_in).ok());
  REQUIRE(Domain::load(loaded.view, view_in).ok());
  CHECK(state_in.at_end());
  CHECK(view_in.at_end());
  CHECK(saved(loaded.state) == state);
  CHECK(saved(loaded.view) == view);
  CHECK(Domain::totals(loaded.view) == Domain::totals(world.view));

  loaded.now = world.now;
  loaded.position = world.position;
  for (int i = 0; i < 500; ++i) {  // and goes on the same way
    const std::string text =
        report(rng.below(2) == 0 ? "checkin" : "checkout", "user-" + std::to_string(rng.below(60)),
               std::to_string(rng.below(12)),
               {world.now.value - static_cast<std::int64_t>(rng.below(7 * 86'400'000ULL))});
    INFO(text);
    REQUIRE(loaded.send(text) == world.send(text));
  }
  CHECK(saved(loaded.state) == saved(world.state));
  CHECK(saved(loaded.view) == saved(world.view));
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

TEST_CASE("a snapshot cut short anywhere is refused") {
  Rng rng(test::test_seed());
  World world;
  fill(world, rng, 300);
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  for (std::size_t size = 0; size < state.size(); size += 1 + state.size() / 60) {
    World loaded;
    ByteReader in(std::string_view(state).substr(0, size));
    const auto result = Domain::load(loaded.state, in);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Errc::corrupt);
  }
  for (std::size_t size = 0; size < view.size(); size += 1 + view.size() / 200) {
    World loaded;
    ByteReader in(std::string_view(view).substr(0, size));
    REQUIRE_FALSE(Domain::load(loaded.view, in).ok());
  }
}

TEST_CASE("a snapshot of a shorter window is refused when more late days are allowed now") {
  Policy short_policy;
  short_policy.late_days_max = 1;
  World world(short_policy);
  for (int day = 0; day < 30; ++day) {
    world.now.value += 86'400'000;
    REQUIRE(world.send(report("checkin", "a", "s", world.now)) == "ok");
  }
  const std::string state = saved(world.state);
  World wider;
  ByteReader in(state);
  const auto result = Domain::load(wider.state, in);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == Errc::corrupt);
}

TEST_CASE("memory figures grow with what is kept") {
  Rng rng(test::test_seed());
  World world;
  const std::size_t state_before = Domain::memory_bytes(world.state);
  const std::size_t view_before = Domain::memory_bytes(world.view);
  fill(world, rng, 2'000);
  CHECK(Domain::memory_bytes(world.state) > state_before);
  CHECK(Domain::memory_bytes(world.view) > view_before);
}

}  // namespace
}  // namespace daybook::attendance
