// State and view to bytes and back; and what retention may take without a difference.
#include "domains/consumers/world.h"

#include "support/seed.h"

#include <array>
#include <random>

namespace daybook::consumers {
namespace {

// Random definitions, acknowledgements and deletions of five consumers.
void walk(World& world, std::uint64_t seed, int steps) {
  std::mt19937_64 random(seed);
  const auto pick = [&](std::uint64_t below) { return random() % below; };
  constexpr std::array<std::string_view, 4> places{"", R"(,"from":"now")", R"(,"from":"beginning")",
                                                   R"(,"from":"30")"};
  for (int i = 0; i < steps; ++i) {
    world.now.value += 1'000'000;
    world.gap = pick(3);
    const std::string name = "\"name\":\"c" + std::to_string(pick(5)) + "\"";
    const std::uint64_t what = pick(12);
    if (what < 2) {
      world.line(R"({"type":"define","replace":true,"topic":")" +
                 std::string(pick(2) == 0 ? "forms" : "hits") + "\"," + name +
                 std::string(places[pick(places.size())]) + "}");
    } else if (what == 2 && pick(4) == 0) {
      world.line(R"({"type":"delete",)" + name + "}");
    } else {
      world.line(R"({"type":"acknowledge","position":")" +
                 std::to_string(pick(world.position.value + 2)) + "\"," + name +
                 (pick(3) == 0 ? R"(,"back":true})" : "}"));
    }
  }
}

void replay(World& again, const World& world, Position removed_before) {
  for (const Logged& logged : world.log) {
    if (logged.meta.position < removed_before && Domain::removable(logged.event)) continue;
    Domain::apply(again.state, logged.event);
    Domain::project(again.view, logged.event, logged.meta);
  }
}

TEST_CASE("replay gives the live run's state and view, with what retention may take or without") {
  const std::uint64_t seed = test::test_seed();
  INFO("seed " << seed);
  for (int round = 0; round < 50; ++round) {
    World world;
    walk(world, seed + static_cast<std::uint64_t>(round), 200);
    const Position removable = Domain::removable_before(world.view, world.policy, world.now);
    for (const Position before : {Position{}, removable}) {
      INFO("round " << round << " removed before " << before.value);
      World again;
      replay(again, world, before);
      REQUIRE(saved(again.state) == saved(world.state));
      REQUIRE(saved(again.view) == saved(world.view));
      REQUIRE(Domain::totals(again.view) == Domain::totals(world.view));
    }
  }
}

TEST_CASE("acknowledgements may go up to the last one of the consumer that is furthest back") {
  World world;
  const auto acknowledge = [&](const char* name, int position) {
    REQUIRE(world.line(R"({"type":"acknowledge","name":")" + std::string(name) +
                       R"(","position":")" + std::to_string(position) + "\"}") == "ok");
    return world.position;
  };
  const auto removable = [&] {
    return Domain::removable_before(world.view, world.policy, world.now);
  };
  for (const char* name : {"a", "b", "silent"})
    REQUIRE(world.line(R"({"type":"define","topic":"hits","name":")" + std::string(name) + "\"}") ==
            "ok");
  CHECK(removable() == Position{});
  const Position a = acknowledge("a", 5);
  CHECK(removable() == a);
  const Position b = acknowledge("b", 5);
  CHECK(removable() == a);
  acknowledge("a", 6);
  CHECK(removable() == b);
  const Position last = acknowledge("a", 7);
  REQUIRE(world.line(R"({"type":"delete","name":"b"})") == "ok");
  CHECK(removable() == last);
  for (const Logged& logged : world.log)
    CHECK(Domain::removable(logged.event) == (logged.event.kind == Kind::acknowledged));
}

TEST_CASE("a snapshot holds all: loaded, it saves the same bytes and decides the same") {
  World world;
  walk(world, 3, 300);
  World again;
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  ByteReader state_in(state);
  ByteReader view_in(view);
  REQUIRE(Domain::load(again.state, state_in).ok());
  REQUIRE(Domain::load(again.view, view_in).ok());
  CHECK(state_in.at_end());
  CHECK(view_in.at_end());
  CHECK(saved(again.state) == state);
  CHECK(saved(again.view) == view);
  again.now = world.now;
  again.position = world.position;
  walk(world, 4, 100);
  walk(again, 4, 100);
  CHECK(saved(again.state) == saved(world.state));
  CHECK(saved(again.view) == saved(world.view));
}

TEST_CASE("a snapshot cut or changed is refused or loaded, never read out of bounds") {
  World world;
  walk(world, 5, 200);
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  for (std::size_t size = 0; size < state.size(); ++size) {
    State other(world.policy);
    ByteReader in(std::string_view(state).substr(0, size));
    CHECK_FALSE(Domain::load(other, in).ok());
  }
  for (std::size_t size = 0; size < view.size(); ++size) {
    View other(world.policy);
    ByteReader in(std::string_view(view).substr(0, size));
    CHECK_FALSE(Domain::load(other, in).ok());
  }
  for (std::size_t i = 0; i < view.size(); ++i) {
    std::string changed = view;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    View other(world.policy);
    ByteReader in(changed);
    if (Domain::load(other, in).ok()) CHECK(other.consumers().size() <= 5);
  }
}

TEST_CASE("memory is counted, and does not grow with acknowledgements") {
  World world;
  const std::size_t before = Domain::memory_bytes(world.view);
  REQUIRE(world.line(R"({"type":"define","name":"c","topic":"hits"})") == "ok");
  const std::size_t one = Domain::memory_bytes(world.view);
  const std::size_t state = Domain::memory_bytes(world.state);
  CHECK(one > before + 100);
  for (int i = 1; i <= 500; ++i)
    REQUIRE(world.line(R"({"type":"acknowledge","name":"c","position":")" + std::to_string(i) +
                       "\"}") == "ok");
  CHECK(Domain::memory_bytes(world.view) == one);
  CHECK(Domain::memory_bytes(world.state) == state);
}

}  // namespace
}  // namespace daybook::consumers
