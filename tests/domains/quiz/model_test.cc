// decide, due, apply and project against a model that keeps everything in plain lists.
#include "domains/quiz/model.h"

#include "base/random.h"
#include "support/seed.h"

namespace daybook::quiz {
namespace {

constexpr std::uint64_t users = 12;
constexpr std::uint64_t names = 10;

struct Pair {
  World world;
  ModelQuiz quiz;
  std::vector<ModelRoom> rooms;
  Rng rng{test::test_seed()};
  std::set<std::string> seen;  // kinds of outcome

  Pair() {
    REQUIRE(world.define("Q") == "ok");
    for (std::uint64_t n = 0; n < users; ++n)
      REQUIRE(world.define_user("u" + std::to_string(n)) == "ok");
  }
  bool one_in(std::uint64_t n) { return rng.below(n) == 0; }
  int number(std::uint64_t below) { return static_cast<int>(rng.below(below)); }
  std::int64_t now() const { return world.now.value; }

  // What happened to an answer, in the model's words.
  std::string outcome(const std::string& got) const {
    return got == "ok" ? std::string(reason_name(world.last.at(0).reason)) : got;
  }
  // Mostly now, often a little earlier, sometimes before the question began.
  std::int64_t received() {
    const std::uint64_t kind = rng.below(10);
    if (kind < 5) return now();
    return now() - static_cast<std::int64_t>(rng.below(kind < 9 ? 2 * second : 40 * second));
  }
  void pass() {
    const std::uint64_t kind = rng.below(1000);
    if (kind < 600)
      world.pass(static_cast<std::int64_t>(rng.below(second)));
    else if (kind < 700)
      world.pass(static_cast<std::int64_t>(rng.below(12 * second)));
    else if (kind == 999)
      world.pass(25 * 3600 * second);
    world.tick();
    for (ModelRoom& room : rooms) room.pass(now());
  }

  void submit() {
    const std::string user = "u" + std::to_string(rng.below(users));
    const auto to = static_cast<std::size_t>(rng.below(model_questions.size()));
    const int option = number(5);
    const std::string expected = quiz.answer(user, to, option, now(), world.log.size());
    REQUIRE(outcome(world.submit(user, "Q", model_questions[to].id, option)) == expected);
    seen.insert("open " + expected);
  }
  void open() {
    ModelRoom room;
    room.closes_when_answered = !one_in(3);
    REQUIRE(world.open("Q", room.closes_when_answered ? "" : R"(,"closeWhenAnswered":false)") ==
            "ok");
    room.room = world.room;
    room.host = world.host;
    room.pin = world.pin;
    room.tokens = world.tokens;
    room.active_us = now();
    rooms.push_back(room);
  }
  void in_room(ModelRoom& room) {
    world.room = room.room;
    world.host = room.host;
    world.tokens = room.tokens;
    const std::uint64_t kind = rng.below(100);
    if (kind < 20)
      join(room);
    else if (kind < 24 && !room.players.empty())
      kick(room);
    else if (kind < 75 && !room.players.empty())
      answer(room);
    else
      order(room);
  }
  void join(ModelRoom& room) {
    const std::string name = "n" + std::to_string(rng.below(names));
    const std::string expected = room.join(name, now());
    REQUIRE(world.join(name) == expected);
    room.tokens = world.tokens;
    seen.insert("join: " + expected);
  }
  void kick(ModelRoom& room) {
    const std::size_t player = 1 + rng.below(room.players.size() + 1);
    const std::string before = room.phase;
    const std::string expected = room.kick(player, now());
    REQUIRE(world.kick(static_cast<std::uint32_t>(player)) == expected);
    seen.insert("kick: " + expected + (room.phase != before ? " and closed" : ""));
  }
  void answer(ModelRoom& room) {
    const std::size_t player = 1 + rng.below(room.players.size());
    const std::size_t to = one_in(5) ? rng.below(model_questions.size()) : room.question;
    const int option = one_in(2) ? model_questions[to].answer : number(5);
    const std::int64_t at = received();
    const std::string before = room.phase;
    INFO("player " << player << " question " << to << " received " << at << " now " << now());
    const std::string expected = room.answer(player, to, option, at, now(), world.log.size());
    const std::string got =
        world.reply(static_cast<std::uint32_t>(player), model_questions[to].id, option, UnixUs{at});
    REQUIRE(outcome(got) == expected);
    if (got == "ok") REQUIRE(world.last.at(0).points == room.players[player - 1].answers[to].score);
    seen.insert("answer: " + expected + (room.phase != before ? " and closed" : "") +
                (before == "closed" ? " after the end" : ""));
  }
  void order(ModelRoom& room) {
    static const std::vector<std::string> orders{"start-room",      "next-question",
                                                 "close-question",  "pause-question",
                                                 "resume-question", "finish-room"};
    std::string what = orders[rng.below(orders.size() - (one_in(10) ? 0 : 1))];
    const std::string expected = room.order(what, now());
    INFO(what);
    REQUIRE(world.order(what) == expected);
    seen.insert(what + ": " + expected);
  }
  void step() {
    pass();
    const auto is_open = [](const ModelRoom& room) { return room.phase != "finished"; };
    const auto open_rooms = std::ranges::count_if(rooms, is_open);
    if (open_rooms < 3 && one_in(4)) return open();
    if (one_in(20)) return submit();
    if (rooms.empty()) return;
    // Mostly one of the newest; now and then one that is long over.
    const std::size_t newest = std::min<std::size_t>(rooms.size(), 4);
    in_room(one_in(20) ? rooms[rng.below(rooms.size())]
                       : rooms[rooms.size() - 1 - rng.below(newest)]);
  }

  void check_rooms() {
    for (const ModelRoom& room : rooms) {
      INFO("room " << room.room);
      const RoomRef ref{.id = parse_id(room.room).value()};
      const Room* decided = world.state.room(ref);
      const RoomView* shown = world.view.find_room(ref);
      REQUIRE(decided != nullptr);
      REQUIRE(shown != nullptr);
      REQUIRE(phase_name(decided->phase) == room.phase);
      REQUIRE(phase_name(shown->phase()) == room.phase);
      REQUIRE(shown->ranking().top(names) == room.ranked());
      for (std::size_t i = 0; i < room.players.size(); ++i)
        REQUIRE(shown->points_of(static_cast<std::uint32_t>(i + 1)) ==
                static_cast<std::uint64_t>(room.score(i).score));
      if (room.phase == "finished") continue;
      REQUIRE(decided->seats.size() == room.players.size());
      REQUIRE(decided->seats.seated() == static_cast<std::uint32_t>(room.seated()));
      if (room.phase != "lobby")
        REQUIRE(decided->seats.answered() == static_cast<std::uint32_t>(room.answered()));
    }
  }
  void check_quiz() {
    const QuizEntry* entry = world.view.open_quiz("Q");
    REQUIRE(entry != nullptr);
    std::vector<std::pair<ModelScore, std::string>> expected;
    for (const auto& [user, score] : quiz.scores) expected.emplace_back(score, user);
    std::ranges::sort(expected, [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto ranked = entry->ranking.top(users);
    REQUIRE(ranked.size() == expected.size());
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      REQUIRE(world.view.users()[entry->members[ranked[i]]].id == expected[i].second);
      REQUIRE(entry->ranking.standing(ranked[i]).score == expected[i].first.score);
    }
  }
  void check_replay() {
    World again(world.policy);
    for (const std::string& bytes : world.log) {
      again.position = again.position + 1;
      const Event event = event_of(bytes);
      Domain::apply(again.state, event);
      Domain::project(again.view, event, EventMeta{again.position, {}, {}});
    }
    REQUIRE(saved(again.state) == saved(world.state));
    REQUIRE(saved(again.view) == saved(world.view));
    REQUIRE(Domain::totals(again.view) == Domain::totals(world.view));
    REQUIRE(World::audit(world.log) == "");
  }
};

TEST_CASE("a long random run decides, counts and ranks as the plain model does") {
  Pair pair;
  INFO("seed " << test::test_seed());
  constexpr int steps = 20'000;
  for (int i = 0; i < steps; ++i) {
    INFO("step " << i);
    pair.step();
    if (i % 200 == 0) pair.check_rooms();
    if (i % 2000 == 0) pair.check_replay();
  }
  pair.check_rooms();
  pair.check_quiz();
  pair.check_replay();
  for (const char* outcome : {"open right",
                              "open wrong",
                              "open User already answered",
                              "join: ok",
                              "join: the nickname is taken in this room",
                              "join: the room has finished",
                              "kick: ok",
                              "answer: right",
                              "answer: right and closed",
                              "answer: wrong",
                              "answer: late after the end",
                              "answer: right after the end",
                              "answer: User already answered",
                              "answer: the question is paused",
                              "answer: the question is over",
                              "answer: the question has not begun",
                              "answer: answerIndex: range",
                              "answer: the host has put this player out",
                              "start-room: ok",
                              "next-question: ok",
                              "next-question: that was the last question",
                              "pause-question: ok",
                              "resume-question: ok",
                              "finish-room: ok"}) {
    INFO(outcome);
    CHECK(pair.seen.contains(outcome));
  }
}

TEST_CASE("nobody's answer counts twice, whatever order the same answers come in") {
  Rng rng(test::test_seed());
  INFO("seed " << test::test_seed());
  for (int round = 0; round < 30; ++round) {
    World world;
    REQUIRE(world.define("Q") == "ok");
    REQUIRE(world.open("Q") == "ok");
    for (const char* name : {"a", "b", "c"}) REQUIRE(world.join(name) == "ok");
    REQUIRE(world.order("start-room") == "ok");
    // Each player sends both options three times over, shuffled, over the end of the question.
    std::vector<std::pair<std::uint32_t, int>> sends;
    for (int copy = 0; copy < 3; ++copy)
      for (std::uint32_t player = 1; player <= 3; ++player)
        for (int option = 0; option < 2; ++option) sends.emplace_back(player, option);
    for (std::size_t i = sends.size(); i > 1; --i) std::swap(sends[i - 1], sends[rng.below(i)]);
    std::map<std::uint32_t, int> counted;
    for (const auto& [player, option] : sends) {
      world.pass(static_cast<std::int64_t>(rng.below(3 * second)));
      if (world.reply(player, "a", option) == "ok") ++counted[player];
    }
    for (std::uint32_t player = 1; player <= 3; ++player) CHECK(counted[player] == 1);
    CHECK(World::audit(world.log) == "");
  }
}

}  // namespace
}  // namespace daybook::quiz
