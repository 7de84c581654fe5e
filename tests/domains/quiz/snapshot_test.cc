// Snapshots of the state, and what it weighs. (The view's: view_test.cc.)
#include "domains/quiz/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <cstring>

namespace daybook::quiz {
namespace {

struct Game {
  std::string room, host;
  std::vector<std::string> tokens;
};

// The same random command for every world that is given the same numbers.
std::string random_step(World& world, std::vector<Game>& games, std::uint64_t kind,
                        std::uint64_t number) {
  world.pass(static_cast<std::int64_t>(number % (3 * second)));
  if (kind < 5 || games.empty()) {
    const std::string outcome =
        world.open(number % 2 == 0 ? "Q" : "R", R"(,"nicknameWords":["x"])");
    if (outcome == "ok") games.push_back({world.room, world.host, world.tokens});
    return outcome;
  }
  if (kind < 8) return world.define("Q", number % 2 == 0 ? R"(,"open":true)" : "");
  if (kind < 15)
    return world.submit("u" + std::to_string(number % 7), "Q", number % 3 == 0 ? "a" : "b", 0);
  Game& game = games[number % games.size()];
  world.room = game.room;
  world.host = game.host;
  world.tokens = game.tokens;
  std::string outcome;
  if (kind < 40) {
    outcome = world.join("n" + std::to_string(number % 30));
    game.tokens = world.tokens;
  } else if (kind < 70 && game.tokens.size() > 1) {
    outcome = world.reply(1 + static_cast<std::uint32_t>(number % (game.tokens.size() - 1)),
                          number % 5 == 0 ? "b" : "a", static_cast<int>(number % 2));
  } else if (kind < 75) {
    outcome = world.kick(1 + static_cast<std::uint32_t>(number % 5));
  } else {
    constexpr const char* orders[] = {"start-room",     "next-question",   "close-question",
                                      "pause-question", "resume-question", "finish-room"};
    outcome = world.order(orders[kind == 99 ? 5 : number % 5]);
  }
  return outcome == "ok" ? outcome + world.answer.body : outcome;
}

void fill(World& world, std::vector<Game>& games, Rng& rng, int steps) {
  REQUIRE(world.define("Q") == "ok");
  REQUIRE(world.define("R", "") == "ok");
  for (int i = 0; i < 7; ++i) REQUIRE(world.define_user("u" + std::to_string(i)) == "ok");
  for (int i = 0; i < steps; ++i) random_step(world, games, rng.below(100), rng.below(1 << 20));
}

TEST_CASE("the state comes back from a snapshot as it was, and goes on the same way") {
  Rng rng(test::test_seed());
  INFO("seed " << test::test_seed());
  Policy policy;
  policy.finished_rooms_kept = 5;
  World world(policy);
  std::vector<Game> games;
  fill(world, games, rng, 3000);
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
  CHECK(Domain::next_due(loaded.state, policy) == Domain::next_due(world.state, policy));

  loaded.now = world.now;
  loaded.position = world.position;
  loaded.ids = world.ids;
  std::vector<Game> games_a = games;
  std::vector<Game> games_b = games;
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t kind = rng.below(100);
    const std::uint64_t number = rng.below(1 << 20);
    INFO("step " << i);
    REQUIRE(random_step(loaded, games_a, kind, number) ==
            random_step(world, games_b, kind, number));
  }
  CHECK(saved(loaded.state) == saved(world.state));
  CHECK(Domain::totals(loaded.view) == Domain::totals(world.view));
  CHECK(World::audit(world.log) == "");
}

TEST_CASE("an empty state has a snapshot too") {
  const World empty;
  World loaded;
  const std::string state = saved(empty.state);
  ByteReader in(state);
  REQUIRE(Domain::load(loaded.state, in).ok());
  CHECK(in.at_end());
  CHECK(saved(loaded.state) == state);
}

TEST_CASE("a room keeps the version it plays over a snapshot, though the quiz has a newer one") {
  World world;
  REQUIRE(world.define("Q") == "ok");
  REQUIRE(world.open("Q") == "ok");
  REQUIRE(world.join("ann") == "ok");
  REQUIRE(world.define("Q", "") == "ok");
  const std::string state = saved(world.state);
  World loaded;
  ByteReader in(state);
  REQUIRE(Domain::load(loaded.state, in).ok());
  loaded.room = world.room;
  CHECK(loaded.here().quiz->version == 1);
  CHECK(loaded.here().quiz->open);
  CHECK_FALSE(loaded.state.quizzes().find("Q")->quiz()->open);
}

TEST_CASE("a snapshot cut short or with a changed byte is refused, or at least not crashed on") {
  Rng rng(test::test_seed());
  INFO("seed " << test::test_seed());
  World world;
  std::vector<Game> games;
  fill(world, games, rng, 600);
  const std::string state = saved(world.state);
  for (std::size_t size = 0; size < state.size(); size += 1 + state.size() / 400) {
    World loaded;
    ByteReader in(std::string_view(state).substr(0, size));
    const auto result = Domain::load(loaded.state, in);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Errc::corrupt);
  }
  for (int i = 0; i < 1500; ++i) {
    std::string changed = state;
    const std::size_t at = rng.below(changed.size());
    changed[at] = static_cast<char>(changed[at] ^ static_cast<int>(1 + rng.below(255)));
    World loaded;
    ByteReader in(changed);
    if (!Domain::load(loaded.state, in).ok()) continue;
    loaded.now = {world.now.value + 25 * 3600 * second};  // what was read can be gone on with
    for (int round = 0; round < 3; ++round) {
      const auto due = Domain::next_due(loaded.state, loaded.policy);
      if (!due || *due > loaded.now) break;
      for (const Event& event :
           Domain::due(loaded.state, loaded.view, loaded.policy, loaded.next_context()))
        Domain::apply(loaded.state, event);
    }
  }
}

TEST_CASE("fewer finished rooms are kept when the setting was lowered since the snapshot") {
  World world;
  REQUIRE(world.define("Q") == "ok");
  for (int i = 0; i < 5; ++i) {
    REQUIRE(world.open("Q") == "ok");
    REQUIRE(world.order("finish-room") == "ok");
  }
  Policy fewer;
  fewer.finished_rooms_kept = 1;
  World loaded(fewer);
  const std::string state = saved(world.state);
  ByteReader in(state);
  REQUIRE(Domain::load(loaded.state, in).ok());
  CHECK(loaded.state.room(RoomRef{.id = parse_id(world.room).value()}) != nullptr);
  CHECK(loaded.state.room(RoomRef{.id = event_of(world.log[1]).room}) == nullptr);
}

// What `events` more of a kind weigh in the state, each.
template <class Make>
std::size_t bytes_each(World& world, std::size_t events, Make&& make) {
  State& state = world.state;
  const std::size_t before = Domain::memory_bytes(state);
  for (std::size_t i = 0; i < events; ++i) {
    Event event;
    event.at = world.now;
    const std::string text = "person-" + std::to_string(i) + "-abcdefgh";
    std::memcpy(event.token.bytes.data(), &i, sizeof(i));
    event.token.bytes[15] = 1;
    make(event, text, i);
    Domain::apply(state, event);
  }
  return (Domain::memory_bytes(state) - before) / events;
}

TEST_CASE("players, users and answers weigh in the state what they should") {
  constexpr std::size_t many = 100'000;
  World world;
  REQUIRE(world.define("Q", R"(,"open":true)") == "ok");
  REQUIRE(world.open("Q") == "ok");
  const Id128 room = world.here().id;
  const std::size_t player = bytes_each(world, many, [&](Event& event, auto& text, auto i) {
    event.kind = Kind::player_joined;
    event.room = room;
    event.player = static_cast<std::uint32_t>(i + 1);
    event.name = event.name_key = text;
  });
  CHECK(world.here().seats.size() == many);
  CHECK(player >= 40);
  CHECK(player <= 80);
  const std::size_t user = bytes_each(world, many, [&](Event& event, auto& text, auto) {
    event.kind = Kind::user_defined;
    event.user = event.name = text;
  });
  CHECK(world.state.users().size() == many);
  CHECK(user >= 60);
  CHECK(user <= 120);
  const std::size_t before = Domain::memory_bytes(world.state);
  const std::size_t answer = bytes_each(world, many, [&](Event& event, auto& text, auto) {
    event.kind = Kind::answered;
    event.quiz = "Q";
    event.user = text;
    event.question = "a";
  });
  CHECK(answer <= 1);
  CHECK(Domain::memory_bytes(world.state) - before <= 3 * many / 8);
  REQUIRE(world.order("start-room") == "ok");
  const std::size_t room_answer = bytes_each(world, many, [&](Event& event, auto&, auto i) {
    event.kind = Kind::room_answered;
    event.room = room;
    event.player = static_cast<std::uint32_t>(i + 1);
  });
  CHECK(room_answer == 0);
  CHECK(world.here().seats.answered() == many);
}

}  // namespace
}  // namespace daybook::quiz
