// What has a limit ends there, with words or quietly; and what the view weighs.
#include "domains/quiz/reads.h"

#include "base/clock.h"
#include "domains/quiz/definition.h"
#include "domains/quiz/render.h"

#include <algorithm>

namespace daybook::quiz {
namespace {

void project(World& world, const Event& event) {
  world.position = world.position + 1;
  Domain::project(world.view, event, EventMeta{world.position, {}, {}});
}

Id128 id_of(std::uint64_t number) {
  Id128 id;
  std::memcpy(id.bytes.data(), &number, sizeof(number));
  id.bytes[15] = 1;
  return id;
}

// A room of the quiz "q" that is opened and finished, as readers see it.
void pass_room(World& world, std::uint64_t number) {
  Event event;
  event.kind = Kind::room_opened;
  event.quiz = "q";
  event.version = 1;
  event.pin = pin_min;
  event.room = event.token = id_of(number);
  project(world, event);
  event.kind = Kind::room_finished;
  project(world, event);
}

TEST_CASE("texts of a definition and names of users have limits") {
  World world;
  const auto define = [&](std::size_t name, std::size_t text, std::size_t option) {
    return world.send(R"({"type":"define-quiz","quizId":"q","name":")" + std::string(name, 'n') +
                      R"(","questions":[{"text":")" + std::string(text, 't') +
                      R"(","options":["x",")" + std::string(option, 'o') +
                      R"("],"answerIndex":0}]})");
  };
  CHECK(define(quiz_name_chars_max, question_chars_max, option_chars_max) == "ok");
  CHECK(define(quiz_name_chars_max + 1, question_chars_max + 1, option_chars_max + 1) ==
        "name: too_long, questions[0].text: too_long, questions[0].options[1]: too_long");
  CHECK(world.define_user("u", std::string(username_chars_max, 'u')) == "ok");
  CHECK(world.define_user("u", std::string(username_chars_max + 1, 'u')) == "username: too_long");
  CHECK(world.define_user(std::string(id_chars_max, 'i')) == "ok");
  CHECK(world.define_user(std::string(id_chars_max + 1, 'i')) == "userId: not_an_id");
}

TEST_CASE("a quiz cannot have versions without end") {
  World world;
  REQUIRE(world.define("q") == "ok");
  Event event = event_of(world.log.at(0));
  event.version = versions_max - 1;
  Domain::apply(world.state, event);
  CHECK(world.define("q", R"(,"open":true,"tokens":true)") == "ok");
  CHECK(world.last.at(0).version == versions_max);
  CHECK(world.define("q", R"(,"open":false)") == "this quiz has had too many versions");
  CHECK(world.refusal.code == Errc::unavailable);
  CHECK(world.define("q", R"(,"open":true,"tokens":true)") == "ok");  // changes nothing
}

TEST_CASE("the host is shown the first thousand players") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  for (std::size_t i = 0; i < players_listed_max + 2; ++i)
    REQUIRE(world.join("P" + std::to_string(i)) == "ok");
  REQUIRE(world.kick(1) == "ok");
  const std::string body = said(
      message(world, "host-room", object({{"roomId", world.room}, {"hostToken", world.host}})));
  CHECK(body.find(R"("playerCount":1001,)") != std::string::npos);
  CHECK(body.find(R"({"playerId":"2",)") != std::string::npos);
  CHECK(body.ends_with(R"({"playerId":"1001","nickname":"P1000","score":0}]})"));
}

TEST_CASE("players who were put out wait to be told, up to a limit, the newest of them") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  const std::uint32_t players = kicks_noted_max + 5;
  Event event;
  event.room = parse_id(world.room).value();
  for (const Kind kind : {Kind::player_joined, Kind::player_kicked})
    for (event.player = 1; event.player <= players; ++event.player) {
      event.kind = kind;
      event.name = "P";
      event.token = id_of(event.player);
      project(world, event);
    }
  const auto changes = Domain::take_changed(world.view, players);
  const auto is_kick = [](const LiveChange& change) { return change.topic.starts_with("player:"); };
  CHECK(std::ranges::count_if(changes, is_kick) == kicks_noted_max);
  CHECK(changes.at(0).topic == "player:" + world.room + ":6");
}

TEST_CASE("a room that is forgotten as soon as it finishes tells its followers that it has") {
  Policy policy;
  policy.finished_rooms_kept = 0;
  World world(policy);
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  const std::string topic = "room:" + world.room;
  REQUIRE(world.order("start-room") == "ok");
  changed(world);
  const auto before = Domain::live_state(world.view, topic, world.now)->revision;
  REQUIRE(world.order("finish-room") == "ok");
  REQUIRE(world.view.find_room(parse_id(world.room).value()) == nullptr);
  CHECK(changed(world) == topic + "/0");
  CHECK(state_of(world, topic) == R"(room-updated {"roomId":")" + world.room +
                                      R"(","state":"finished","now":1800000000000})");
  CHECK(Domain::live_state(world.view, topic, world.now)->revision > before);
}

TEST_CASE("players of all open rooms together have a limit, and finished rooms give theirs back") {
  Policy policy;
  policy.seats_max = 3;
  World world(policy);
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  const Members first{{"roomId", world.room}, {"hostToken", world.host}, {"type", "finish-room"}};
  REQUIRE(world.join("a") == "ok");
  REQUIRE(world.join("b") == "ok");
  REQUIRE(world.kick(1) == "ok");
  REQUIRE(world.open("q") == "ok");
  REQUIRE(world.join("a") == "ok");
  CHECK(world.join("b") == "too many players");
  CHECK(world.refusal.code == Errc::unavailable);
  World loaded(policy);
  const std::string bytes = saved(world.state);
  ByteReader in(bytes);
  REQUIRE(Domain::load(loaded.state, in).ok());
  CHECK(loaded.state.seats() == 3);
  REQUIRE(world.send(object(first)) == "ok");
  CHECK(world.join("b") == "ok");
  CHECK(world.state.seats() == 2);
}

TEST_CASE("finished rooms are kept while their players are not too many, the newest always") {
  Policy policy;
  policy.finished_players_kept = 5;
  World world(policy);
  REQUIRE(world.define("q") == "ok");
  const auto play = [&](int players) {
    REQUIRE(world.open("q") == "ok");
    for (int i = 0; i < players; ++i) REQUIRE(world.join("P" + std::to_string(i)) == "ok");
    REQUIRE(world.order("finish-room") == "ok");
    return parse_id(world.room).value();
  };
  const Id128 a = play(3);
  const Id128 b = play(2);
  CHECK(world.view.find_room(a) != nullptr);
  const Id128 c = play(1);
  CHECK(world.view.find_room(a) == nullptr);
  CHECK(world.view.find_former(a) != nullptr);
  CHECK(world.view.find_room(b) != nullptr);
  policy.finished_players_kept = 2;
  View loaded(policy);
  const std::string bytes = saved(world.view);
  ByteReader in(bytes);
  REQUIRE(loaded.load(in).ok());
  CHECK(loaded.find_room(b) == nullptr);
  CHECK(loaded.find_room(c) != nullptr);
  const Id128 d = play(9);
  CHECK(world.view.find_room(c) == nullptr);
  CHECK(world.view.find_room(d) != nullptr);
}

TEST_CASE("of rooms that are not kept only the newest are known, and few notes wait of them") {
  Policy policy;
  policy.finished_rooms_kept = 0;
  World world(policy);
  REQUIRE(world.define("q") == "ok");
  for (std::uint64_t i = 0; i < former_rooms_max + 10; ++i) pass_room(world, i);
  for (std::uint64_t i = 0; i < 20; ++i)
    CHECK((world.view.find_former(id_of(i)) != nullptr) == (i >= 10));
  CHECK(world.view.find_former(id_of(former_rooms_max + 9)) != nullptr);
  CHECK(Domain::take_changed(world.view, former_rooms_max).size() < 2000);
}

TEST_CASE("users and those who stand in a leaderboard take few bytes of the view") {
  constexpr std::size_t many = 100'000;
  World world;
  REQUIRE(world.define("q") == "ok");
  const std::size_t empty = world.view.memory_bytes();
  Event event;
  for (std::size_t i = 0; i < many; ++i) {
    const std::string text = "person-" + std::to_string(i);
    event.kind = Kind::user_defined;
    event.user = event.name = text;
    project(world, event);
  }
  const std::size_t user = (world.view.memory_bytes() - empty) / many;
  INFO(user << " bytes a user");
  CHECK(user <= 120);
  const std::size_t before = world.view.memory_bytes();
  event.kind = Kind::answered;
  event.quiz = "q";
  event.points = 1;
  for (std::size_t i = 0; i < many; ++i) {
    const std::string text = "person-" + std::to_string(i);
    event.user = text;
    event.received = {static_cast<std::int64_t>(i)};
    project(world, event);
  }
  const std::size_t member = (world.view.memory_bytes() - before) / many;
  INFO(member << " bytes a member");
  CHECK(member <= 64);
  CHECK(got(world, "/api/v1/leaderboard/{quizId}/top10", {"q"})
            .starts_with(R"([{"score":1,"username":"person-0","value":"person-0"})"));
}

TEST_CASE("an open quiz is listed, however many that are not open come before it") {
  constexpr std::size_t closed = 10'500;
  World world;
  Event event;
  event.kind = Kind::quiz_defined;
  for (std::size_t i = 0; i <= closed; ++i) {
    const std::string id = "q" + std::to_string(i);
    const std::string definition =
        R"({"name":"Quiz","open":)" + std::string(i == closed ? "true" : "false") +
        R"(,"questions":[{"text":"?","options":["1","2"],"answerIndex":0}]})";
    event.quiz = id;
    event.version = 1;
    event.definition = definition;
    project(world, event);
  }
  const auto listed = [&](Pairs query) {
    return got(world, "/api/v1/quizzes", {}, {}, std::move(query));
  };
  const std::string last = R"([{"id":"q10500","name":"Quiz"}])";
  CHECK(listed({}) == last);
  CHECK(listed({{"limit", "1"}, {"after", "q3"}}) == last);
  CHECK(listed({{"after", "q10500"}}) == "[]");
  REQUIRE(world.define("q5") == "ok");
  CHECK(listed({{"limit", "1"}}) == R"([{"id":"q5","name":"Quiz"}])");
  REQUIRE(world.define("q10500", "") == "ok");
  CHECK(listed({{"after", "q5"}}) == "[]");
  View loaded(world.policy);
  const std::string bytes = saved(world.view);
  ByteReader in(bytes);
  REQUIRE(loaded.load(in).ok());
  CHECK(loaded.open_quizzes() == world.view.open_quizzes());
}

// The view's lock is held meanwhile, so a scrape of the metrics would hold up every write.
TEST_CASE("what the view weighs is told without a walk through every quiz") {
  constexpr std::size_t quizzes = 50;
  std::string definition = R"({"name":"Quiz","open":true,"questions":[)";
  for (std::size_t i = 0; i < questions_limit; ++i)
    definition += std::string(i == 0 ? "" : ",") +
                  R"({"text":"Which one is right?","options":["1","2","3","4"],"answerIndex":0})";
  definition += "]}";
  World world;
  Event event;
  event.kind = Kind::quiz_defined;
  event.version = 1;
  event.definition = definition;
  for (std::size_t i = 0; i < quizzes; ++i) {
    const std::string id = "quiz-" + std::to_string(i);
    event.quiz = id;
    project(world, event);
  }
  std::int64_t best_us = 1'000'000;
  std::size_t bytes = 0;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t from_us = steady_us();
    bytes = world.view.memory_bytes();
    best_us = std::min(best_us, steady_us() - from_us);
  }
  CHECK(bytes > quizzes * questions_limit * 4 * sizeof(std::string));
  CHECK(best_us < 300);
}

TEST_CASE("a token that is no text is a wrong member of a message, not a wrong token") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  for (const char* token : {"7", "null", "{}", "[]", "true"}) {
    INFO(token);
    const Members player{{"roomId", world.room}, {"token", std::string("#") + token}};
    CHECK(said(message(world, "return-room", object(player))) == "token: type");
    CHECK(said(message(world, "my-result", object(player))) == "token: type");
    CHECK(said(message(world, "host-room",
                       object({{"roomId", world.room},
                               {"hostToken", std::string("#") + token}}))) == "hostToken: type");
  }
}

TEST_CASE("words that nicknames may not hold are compared as nicknames are") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q", R"(,"nicknameWords":[" DARN  it "])") == "ok");
  CHECK(world.join("oh darn it!") == "nickname: not_allowed");
  CHECK(world.join("Darn   It") == "nickname: not_allowed");
  CHECK(world.join("darn") == "ok");
  CHECK(world.open("q", R"(,"nicknameWords":["da\u200brn"," "])") ==
        "nicknameWords[0]: hidden_character, nicknameWords[1]: empty");
}

}  // namespace
}  // namespace daybook::quiz
