#include "domains/quiz/reads.h"

#include <tuple>

namespace daybook::quiz {
namespace {

TEST_CASE("the routes are there, those that define something for the admin only") {
  Routes<Domain> routes;
  Domain::routes(routes);
  using Row = std::tuple<Method, std::string_view, Access>;
  std::vector<Row> commands;
  for (const auto& route : routes.commands)
    commands.emplace_back(route.method, route.pattern, route.access);
  CHECK(commands ==
        std::vector<Row>{{Method::put, "/quizzes/{id}", Access::admin},
                         {Method::put, "/users/{id}", Access::admin},
                         {Method::post, "/quizzes/{id}/answers", Access::open},
                         {Method::post, "/quizzes/{id}/rooms", Access::admin},
                         {Method::post, "/rooms/{room}/players", Access::open},
                         {Method::post, "/rooms/{room}/answers", Access::open},
                         {Method::post, "/rooms/{room}/start", Access::open},
                         {Method::post, "/rooms/{room}/next", Access::open},
                         {Method::post, "/rooms/{room}/close", Access::open},
                         {Method::post, "/rooms/{room}/pause", Access::open},
                         {Method::post, "/rooms/{room}/resume", Access::open},
                         {Method::post, "/rooms/{room}/finish", Access::open},
                         {Method::del, "/rooms/{room}/players/{playerId}", Access::open}});
  for (const auto& route : routes.reads)
    CHECK((route.access == Access::admin) ==
          (route.pattern == "/quizzes" || route.pattern == "/quizzes/{id}" ||
           route.pattern == "/rooms"));
}

TEST_CASE("the admin finds every room and its host's token again, the newest first") {
  World world;
  CHECK(got(world, "/rooms") == R"({"rooms":[],"next":null})");
  REQUIRE(world.define("q") == "ok");
  std::vector<std::string> rooms, hosts, pins;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(world.open("q") == "ok");
    if (i == 1) REQUIRE(world.join("Ann") == "ok");
    if (i == 0) REQUIRE(world.order("finish-room") == "ok");
    rooms.push_back(world.room);
    hosts.push_back(world.host);
    pins.push_back(world.pin);
    world.pass(1'000'000);
  }
  const std::string all = got(world, "/rooms");
  const auto row = [&](std::size_t i) { return all.find(R"("roomId":")" + rooms[i]); };
  CHECK(row(2) < row(1));
  CHECK(row(1) < row(0));
  CHECK(row(0) != std::string::npos);
  for (const std::string& host : hosts)
    CHECK(all.find(R"("hostToken":")" + host) != std::string::npos);
  CHECK(all.find(R"("pin":")" + pins[1] + R"(","quizId":"q","state":"lobby","players":1)") !=
        std::string::npos);
  CHECK(all.find(pins[0]) == std::string::npos);  // it may be another room's by now
  const std::string open = got(world, "/rooms", {}, {}, {{"open", "true"}, {"limit", "1"}});
  CHECK(open.find(rooms[2]) != std::string::npos);
  CHECK(open.ends_with(R"("next":")" + rooms[2] + "\"}"));
  const std::string rest = got(world, "/rooms", {}, {}, {{"open", "true"}, {"after", rooms[2]}});
  CHECK(rest.find(rooms[1]) != std::string::npos);
  CHECK(rest.find(rooms[0]) == std::string::npos);
  CHECK(rest.ends_with(R"("next":null})"));
  CHECK(got(world, "/rooms", {}, {}, {{"open", "yes"}}) == "open: unknown");
  CHECK(got(world, "/rooms", {}, {}, {{"after", "x"}}) == "after: not_an_id");
  CHECK(got(world, "/rooms", {}, {}, {{"limit", "0"}}) == "limit: range");
}

TEST_CASE("the reference's four reads have its shapes and never the right answer") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.define("hosted-only", "") == "ok");
  REQUIRE(world.define_user("u2", "Oliver") == "ok");
  REQUIRE(world.define_user("u1", "Emma") == "ok");
  CHECK(got(world, "/api/v1/users") ==
        R"([{"username":"Oliver","id":"u2"},{"username":"Emma","id":"u1"}])");
  CHECK(got(world, "/api/v1/quizzes") == R"([{"id":"q","name":"Quiz"}])");
  CHECK(got(world, "/api/v1/quizzes/{quizId}/questions", {"q"}) ==
        R"([{"id":"a","text":"A?","options":["1","2"]},)"
        R"({"id":"b","text":"B?","options":["1","2","3","4"]},)"
        R"({"id":"c","text":"C?","options":["1","2"]}])");
  CHECK(got(world, "/api/v1/leaderboard/{quizId}/top10", {"q"}) == "[]");
  for (const char* pattern :
       {"/api/v1/quizzes/{quizId}/questions", "/api/v1/leaderboard/{quizId}/top10"})
    for (const char* unknown : {"x", "hosted-only", ""})
      CHECK(got(world, pattern, {unknown}) == "quiz not found");
}

TEST_CASE("users and quizzes are listed in the order of their definition, page by page") {
  World world;
  for (int i = 9; i >= 0; --i) {
    REQUIRE(world.define("q" + std::to_string(i), i % 2 == 0 ? R"(,"open":true)" : "") == "ok");
    REQUIRE(world.define_user("u" + std::to_string(i)) == "ok");
  }
  CHECK(got(world, "/api/v1/users", {}, {}, {{"limit", "2"}, {"after", "u8"}}) ==
        R"([{"username":"Ada","id":"u7"},{"username":"Ada","id":"u6"}])");
  CHECK(got(world, "/api/v1/quizzes", {}, {}, {{"limit", "2"}, {"after", "q8"}}) ==
        R"([{"id":"q6","name":"Quiz"},{"id":"q4","name":"Quiz"}])");
  CHECK(got(world, "/quizzes", {}, {}, {{"limit", "1"}}) ==
        R"({"quizzes":[{"id":"q9","name":"Quiz","version":1,"open":false,"tokens":false,)"
        R"("questions":3}],"next":"q9"})");
  CHECK(got(world, "/quizzes", {}, {}, {{"after", "q0"}}) == R"({"quizzes":[],"next":null})");
  for (const char* pattern : {"/api/v1/users", "/api/v1/quizzes", "/quizzes"}) {
    for (const char* wrong : {"0", "10001", "x", "", "-1"})
      CHECK(got(world, pattern, {}, {}, {{"limit", wrong}}) == "limit: range");
    CHECK(got(world, pattern, {}, {}, {{"after", "nobody"}}) == "after: unknown");
  }
}

TEST_CASE("the admin reads a quiz as it is defined, with its answers") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.define("q", R"(,"open":true,"tokens":true)") == "ok");
  const std::string body = got(world, "/quizzes/{id}", {"q"});
  CHECK(body.starts_with(R"({"id":"q","version":2,"name":"Quiz","open":true,"tokens":true,)"
                         R"("questions":[{"id":"a","text":"A?","options":["1","2"],)"
                         R"("answerIndex":0,"seconds":20,"points":1000})"));
  CHECK(got(world, "/quizzes/{id}", {"x"}) == "quiz not found");
  // What was read can be put back, and changes nothing.
  const std::size_t before = world.log.size();
  json::Parser parser;
  const auto value = parser.parse(body, false);
  std::string definition = "{";
  value->each_member([&](std::string_view key, const json::Value& member) {
    if (key == "id" || key == "version") return;
    definition +=
        (definition.size() > 1 ? "," : "") + ('"' + std::string(key) + "\":") + member.to_string();
  });
  REQUIRE(world.route(&parse_quiz, {"q"}, definition + "}") == "ok");
  CHECK(world.log.size() == before);
}

TEST_CASE("a player reads the own standing with the token, and nothing without it") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  REQUIRE(world.join("Ada") == "ok");
  REQUIRE(world.order("start-room") == "ok");
  const auto me = [&](std::string_view bearer) {
    return get(world, "/rooms/{room}/me", {world.pin}, bearer);
  };
  CHECK(body_of(me(world.tokens[1])) ==
        R"({"roomId":")" + world.room +
            R"(","playerId":"1","nickname":"Ada","score":0,"rank":1,"players":1,"last":null,)" +
            R"("answered":false})");
  CHECK(me(world.tokens[1])->headers.front().second == "no-store");
  CHECK(me("").error().code == Errc::unauthenticated);
  for (const std::string& wrong :
       {std::string("x"), world.host, std::string(32, 'f'), world.tokens[1] + "0"})
    CHECK(me(wrong).error().code == Errc::forbidden);
  REQUIRE(world.kick(1) == "ok");
  CHECK(body_of(me(world.tokens[1])) == "the host has put this player out");
}

TEST_CASE("a leaderboard has ten rows unless more are asked for") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  for (int i = 1; i <= 15; ++i) REQUIRE(world.join("P" + std::to_string(i)) == "ok");
  const auto rows = [&](Pairs query) {
    const std::string body = got(world, "/rooms/{room}/leaderboard", {world.room}, {}, query);
    json::Parser parser;
    int count = 0;
    parser.parse(body, false)->find("leaderboard")->each_element([&](const json::Value& row) {
      CHECK(row.find("rank")->as_int64() == ++count);
    });
    return count;
  };
  CHECK(rows({}) == 10);
  CHECK(rows({{"limit", "1000"}}) == 15);
  CHECK(rows({{"limit", "3"}}) == 3);
  for (const char* wrong : {"0", "1001", "x"})
    CHECK(got(world, "/rooms/{room}/leaderboard", {world.room}, {}, {{"limit", wrong}}) ==
          "limit: range");
  CHECK(got(world, "/rooms/{room}/leaderboard", {"nothing"}) == "room not found");
}

TEST_CASE("the totals count what is there and what there ever was") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.define_user("u") == "ok");
  REQUIRE(world.submit("u", "q", "a", 1) == "ok");
  REQUIRE(world.open("q") == "ok");
  REQUIRE(world.join("Ada") == "ok");
  REQUIRE(world.join("Bob") == "ok");
  REQUIRE(world.order("start-room") == "ok");
  REQUIRE(world.reply(1, "a", 1) == "ok");
  REQUIRE(world.kick(2) == "ok");
  REQUIRE(world.order("finish-room") == "ok");
  REQUIRE(world.open("q") == "ok");
  using Totals = std::vector<std::pair<std::string, std::uint64_t>>;
  CHECK(Domain::totals(world.view) == Totals{{"quizzes", 1},
                                             {"users", 1},
                                             {"answers", 1},
                                             {"rooms", 2},
                                             {"rooms_open", 1},
                                             {"players", 2},
                                             {"room_answers", 1}});
}

}  // namespace
}  // namespace daybook::quiz
