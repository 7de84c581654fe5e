#include "domains/quiz/reads.h"

#include "base/random.h"
#include "support/seed.h"

#include <map>
#include <set>
#include <tuple>

namespace daybook::quiz {
namespace {

const RoomView& room_of(World& world) {
  const RoomView* room = world.view.find_room(parse_id(world.room).value());
  REQUIRE(room != nullptr);
  return *room;
}

// "Ada 1000, Bob 0": by rank.
std::string board(World& world) {
  const RoomView& room = room_of(world);
  std::string text;
  for (const std::uint32_t player : room.ranking().top(100))
    text += (text.empty() ? "" : ", ") + room.seat(player).nickname + " " +
            std::to_string(room.ranking().standing(player).score);
  return text;
}

// A room of three questions with two players.
void begin(World& world) {
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  REQUIRE(world.join("Ada") == "ok");
  REQUIRE(world.join("Bob") == "ok");
  REQUIRE(world.order("start-room") == "ok");
}

TEST_CASE("in an open quiz whoever has a right answer is ranked, by score and then by time") {
  World world;
  REQUIRE(world.define("q") == "ok");
  for (const char* user : {"u1", "u2", "u3"}) REQUIRE(world.define_user(user, user) == "ok");
  const auto top = [&] { return got(world, "/api/v1/leaderboard/{quizId}/top10", {"q"}); };
  CHECK(top() == "[]");
  REQUIRE(world.submit("u1", "q", "a", 1) == "ok");  // wrong
  CHECK(top() == "[]");
  REQUIRE(world.submit("u2", "q", "a", 0) == "ok");
  world.pass(second);
  REQUIRE(world.submit("u3", "q", "a", 0) == "ok");
  CHECK(top() ==
        R"([{"score":1,"username":"u2","value":"u2"},{"score":1,"username":"u3","value":"u3"}])");
  REQUIRE(world.submit("u3", "q", "b", 2) == "ok");
  REQUIRE(world.define_user("u3", "Zoe") == "ok");  // a new name shows
  CHECK(top() ==
        R"([{"score":2,"username":"Zoe","value":"u3"},{"score":1,"username":"u2","value":"u2"}])");
  REQUIRE(world.submit("u3", "q", "b", 2) == "User already answered");
}

TEST_CASE("top10 has at most ten rows") {
  World world;
  REQUIRE(world.define("q") == "ok");
  for (int i = 0; i < 12; ++i) {
    REQUIRE(world.define_user("u" + std::to_string(i)) == "ok");
    REQUIRE(world.submit("u" + std::to_string(i), "q", "a", 0) == "ok");
  }
  const std::string body = got(world, "/api/v1/leaderboard/{quizId}/top10", {"q"});
  json::Parser parser;
  int rows = 0;
  parser.parse(body, false)->each_element([&](const json::Value&) { ++rows; });
  CHECK(rows == 10);
}

TEST_CASE("scores of a room move when its question closes, not before") {
  World world;
  begin(world);
  world.pass(2 * second);
  REQUIRE(world.reply(2, "a", 0) == "ok");
  CHECK(board(world) == "Ada 0, Bob 0");
  CHECK(room_of(world).answers() == 1);
  CHECK(room_of(world).has_answered(2, 0));
  CHECK_FALSE(room_of(world).result_of(2, 0).has_value());
  REQUIRE(world.order("pause-question") == "ok");
  CHECK(board(world) == "Ada 0, Bob 0");
  REQUIRE(world.order("resume-question") == "ok");
  REQUIRE(world.order("close-question") == "ok");
  CHECK(board(world) == "Bob 950, Ada 0");
  CHECK(room_of(world).ranking().rank_of(1) == 2);
  CHECK(room_of(world).result_of(2, 0)->points == 950);
}

TEST_CASE("with the same score the one who reached it earlier is first, whatever the log says") {
  World world;
  begin(world);
  world.pass(4 * second);
  const UnixUs early{world.now.value - 2 * second};
  const UnixUs late{world.now.value - second};
  REQUIRE(world.reply(1, "a", 1, late) == "ok");
  REQUIRE(world.reply(2, "a", 0, late) == "ok");
  REQUIRE(room_of(world).phase() == Phase::closed);  // everyone has answered
  REQUIRE(world.order("next-question") == "ok");
  world.pass(second);
  REQUIRE(world.reply(1, "b", 2, UnixUs{early.value + 2 * second}) == "ok");
  CHECK(board(world) == "Bob 925, Ada 0");
  REQUIRE(world.order("close-question") == "ok");
  CHECK(board(world) == "Bob 925, Ada 500");
}

TEST_CASE(
    "an answer that came in time and was decided after the close still counts, a late one not") {
  World world;
  begin(world);
  const UnixUs in_time{world.now.value + 19 * second};
  world.pass(21 * second);
  world.tick();
  REQUIRE(room_of(world).phase() == Phase::closed);
  REQUIRE(world.reply(1, "a", 0, in_time) == "ok");
  REQUIRE(world.reply(2, "a", 0) == "ok");
  CHECK(board(world) == "Ada 525, Bob 0");
  CHECK(room_of(world).result_of(1, 0)->reason == Reason::right);
  CHECK(room_of(world).result_of(1, 0)->received == in_time);
  CHECK(room_of(world).result_of(2, 0)->reason == Reason::late);
  CHECK(room_of(world).answers() == 2);
}

TEST_CASE(
    "a kicked player has no rank, its answers no longer count as given, and its seat is known") {
  World world;
  begin(world);
  REQUIRE(world.reply(1, "a", 0) == "ok");
  CHECK(room_of(world).answers() == 1);
  REQUIRE(world.kick(1) == "ok");
  CHECK(room_of(world).answers() == 0);
  CHECK(room_of(world).players() == 1);
  REQUIRE(world.order("close-question") == "ok");
  CHECK(board(world) == "Bob 0");
  CHECK(room_of(world).points_of(1) == 1000);
  CHECK(room_of(world).seat(1).is_kicked);
}

TEST_CASE("a room is found by its PIN while it is open and by its id for good") {
  World world;
  begin(world);
  const auto by_pin = [&] { return got(world, "/rooms/{room}", {world.pin}); };
  CHECK(by_pin() == got(world, "/rooms/{room}", {world.room}));
  REQUIRE(world.order("finish-room") == "ok");
  CHECK(by_pin() == "room not found");
  CHECK(got(world, "/rooms/{room}", {world.room}).find(R"("state":"finished")") !=
        std::string::npos);
}

TEST_CASE("only the newest finished rooms are kept") {
  Policy policy;
  policy.finished_rooms_kept = 2;
  World world(policy);
  REQUIRE(world.define("q") == "ok");
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    REQUIRE(world.open("q") == "ok");
    ids.push_back(world.room);
    REQUIRE(world.order("finish-room") == "ok");
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Id128 id = parse_id(ids[i]).value();
    CHECK((world.view.find_room(id) != nullptr) == (i >= 2));
    CHECK((world.view.find_former(id) != nullptr) == (i < 2));
  }
  CHECK(got(world, "/rooms/{room}", {ids[0]}) ==
        "the room finished long ago; only its results are left");
  changed(world);
  CHECK(world.view.totals().rooms == 4);
}

// A random host, random players, random users.
struct Crowd {
  World world;
  Rng random{test::test_seed()};
  int seats = 0;
  std::set<std::string> seen;

  explicit Crowd(Policy policy) : world(policy) {
    REQUIRE(world.define("q") == "ok");
    for (int i = 0; i < 20; ++i) REQUIRE(world.define_user("u" + std::to_string(i)) == "ok");
    open();
  }
  void open() {
    REQUIRE(world.open("q") == "ok");
    seats = 0;
  }
  void note(const char* what, const std::string& outcome) {
    if (outcome == "ok") seen.insert(what);
  }
  std::string_view question() {
    static constexpr std::string_view ids[] = {"a", "b", "c"};
    return ids[random.below(3)];
  }
  void step() {
    world.pass(static_cast<std::int64_t>(random.below(2'000'000)));
    world.tick();
    const std::uint64_t what = random.below(100);
    if (what < 15) {
      note("join", world.join("P" + std::to_string(++seats)));
    } else if (what < 60 && world.tokens.size() > 1) {
      const auto player = static_cast<std::uint32_t>(1 + random.below(world.tokens.size() - 1));
      const auto back = static_cast<std::int64_t>(random.below(1'500'000));
      note("answer", world.reply(player, question(), static_cast<int>(random.below(3)),
                                 UnixUs{world.now.value - back}));
    } else if (what < 70) {
      note("submit", world.submit("u" + std::to_string(random.below(20)), "q", question(),
                                  static_cast<int>(random.below(3))));
    } else if (what < 74 && world.tokens.size() > 1) {
      note("kick",
           world.kick(static_cast<std::uint32_t>(1 + random.below(world.tokens.size() - 1))));
    } else if (what < 76) {
      note("define", world.define("q", R"(,"open":true,"tokens":)" +
                                           std::string(random.below(9) == 0 ? "true" : "false")));
    } else if (what < 98) {
      static constexpr const char* orders[] = {"start-room", "next-question", "close-question",
                                               "pause-question", "resume-question"};
      const char* order = orders[random.below(5)];
      note(order, world.order(order));
    } else if (what == 99) {
      note("finish", world.order("finish-room"));
      open();
    }
  }
};

// Score by score from the log, with no code of the view.
std::string naive_board(const World& world) {
  struct Row {
    std::string nickname;
    std::int64_t score = 0, reached = 0;
    std::size_t order = 0;
    bool kicked = false;
  };
  std::map<std::uint32_t, Row> rows;
  std::vector<std::pair<std::size_t, Event>> held;
  bool closed = true;
  const auto credit = [&](std::size_t at, const Event& event) {
    Row& row = rows[event.player];
    if (event.points == 0 || row.kicked) return;
    row.score += event.points;
    row.reached = event.received.value;
    row.order = at;
  };
  const Id128 room = parse_id(world.room).value();
  for (std::size_t at = 1; at <= world.log.size(); ++at) {
    const Event event = event_of(world.log[at - 1]);
    if (event.room != room) continue;
    if (event.kind == Kind::player_joined)
      rows[event.player] = {std::string(event.name), 0, 0, event.player, false};
    if (event.kind == Kind::player_kicked) rows[event.player].kicked = true;
    if (event.kind == Kind::question_started) closed = false;
    if (event.kind == Kind::room_answered && closed) credit(at, event);
    if (event.kind == Kind::room_answered && !closed) held.emplace_back(at, event);
    if (event.kind == Kind::question_closed) {
      closed = true;
      for (const auto& [place, answer] : held) credit(place, answer);
      held.clear();
    }
  }
  std::vector<Row> sorted;
  for (const auto& [player, row] : rows)
    if (!row.kicked) sorted.push_back(row);
  std::sort(sorted.begin(), sorted.end(), [](const Row& a, const Row& b) {
    return std::tuple(-a.score, a.reached, a.order) < std::tuple(-b.score, b.reached, b.order);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(sorted.size(), 100); ++i)
    text += (i == 0 ? "" : ", ") + sorted[i].nickname + " " + std::to_string(sorted[i].score);
  return text;
}

TEST_CASE("a random run is ranked as a plain sort of the log, and a replay gives the same view") {
  Policy policy;
  policy.finished_rooms_kept = 3;
  Crowd crowd(policy);
  INFO("seed " << test::test_seed());
  for (int i = 0; i < 6'000; ++i) {
    crowd.step();
    if (i % 50 == 0) REQUIRE(board(crowd.world) == naive_board(crowd.world));
  }
  for (const char* what :
       {"join", "answer", "submit", "kick", "define", "start-room", "next-question",
        "close-question", "pause-question", "resume-question", "finish"}) {
    INFO(what);
    CHECK(crowd.seen.contains(what));
  }
  World& world = crowd.world;
  CHECK(World::audit(world.log).empty());
  const auto again = projected_again(world);
  CHECK(saved(*again) == saved(world.view));
  CHECK(Domain::totals(*again) == Domain::totals(world.view));
  CHECK(again->memory_bytes() > 0);

  // And so does a snapshot, also one taken in the middle and gone on from.
  View loaded(policy);
  const std::string bytes = saved(world.view);
  ByteReader in(bytes);
  REQUIRE(loaded.load(in).ok());
  CHECK(in.at_end());
  CHECK(saved(loaded) == bytes);
  CHECK(Domain::totals(loaded) == Domain::totals(world.view));
  for (int i = 0; i < 500; ++i) {
    const std::size_t before = world.log.size();
    crowd.step();
    for (std::size_t at = before + 1; at <= world.log.size(); ++at)
      Domain::project(loaded, event_of(world.log[at - 1]), EventMeta{{at}, {}, {}});
  }
  CHECK(saved(loaded) == saved(world.view));
}

TEST_CASE("a snapshot of the view that is cut short or changed is refused or reads as another") {
  Policy policy;
  policy.finished_rooms_kept = 1;
  Crowd crowd(policy);
  for (int i = 0; i < 300; ++i) crowd.step();
  const std::string bytes = saved(crowd.world.view);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 20) {
    View view(policy);
    ByteReader in(std::string_view(bytes).substr(0, size));
    INFO("of " << size << " bytes");
    CHECK_FALSE(view.load(in).ok());
  }
  Rng random(test::test_seed());
  for (int i = 0; i < 300; ++i) {
    std::string changed_bytes = bytes;
    changed_bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
    View view(policy);
    ByteReader in(changed_bytes);
    INFO("seed " << test::test_seed() << " change " << i);
    if (view.load(in).ok()) CHECK(view.memory_bytes() > 0);
  }
}

TEST_CASE("a player of a large room takes few bytes") {
  World world;
  begin(world);
  constexpr std::uint32_t players = 20'000;
  const std::size_t before = world.view.memory_bytes();
  Event event;
  event.kind = Kind::player_joined;
  event.room = parse_id(world.room).value();
  for (std::uint32_t player = 3; player < players + 3; ++player) {
    const std::string name = "Player " + std::to_string(player);
    event.player = player;
    event.name = name;
    event.token.bytes[0] = static_cast<std::uint8_t>(player);
    event.token.bytes[1] = static_cast<std::uint8_t>(player >> 8);
    event.token.bytes[2] = static_cast<std::uint8_t>(player >> 16);
    Domain::project(world.view, event, EventMeta{world.position, {}, {}});
  }
  const std::size_t each = (world.view.memory_bytes() - before) / players;
  INFO(each << " bytes");
  CHECK(each < 200);
}

}  // namespace
}  // namespace daybook::quiz
