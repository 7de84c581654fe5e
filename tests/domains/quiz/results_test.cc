#include "domains/quiz/results.h"

#include "domains/quiz/reads.h"

namespace daybook::quiz {
namespace {

// Two questions played by three, one of them put out; the third question was not asked.
void play(World& world) {
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  for (const char* name : {"Ada", "=cmd()", "Cyd"}) REQUIRE(world.join(name) == "ok");
  REQUIRE(world.order("start-room") == "ok");
  world.pass(2 * second);
  REQUIRE(world.reply(2, "a", 0) == "ok");
  REQUIRE(world.reply(3, "a", 0) == "ok");
  REQUIRE(world.kick(3) == "ok");
  REQUIRE(world.order("close-question") == "ok");
  world.pass(1000);
  REQUIRE(world.reply(1, "a", 0) == "ok");  // late
  REQUIRE(world.order("next-question") == "ok");
  world.pass(5 * second);
  REQUIRE(world.reply(1, "b", 1) == "ok");
}

std::string results(World& world, std::string_view format = "json") {
  return got(world, "/rooms/{room}/results", {world.room}, world.host,
             {{"format", std::string(format)}});
}

constexpr std::string_view header =
    "rank,playerId,nickname,score,kicked,question,questionId,answerIndex,option,reason,points,"
    "received\r\n";

TEST_CASE("the CSV has a line for every player and closed question, and no formula in it") {
  World world;
  play(world);
  CHECK(results(world, "csv") ==
        std::string(header) +
            "1,2,'=cmd(),950,false,1,a,0,1,right,950,2027-01-15T08:00:02.000Z\r\n"
            "2,1,Ada,0,false,1,a,0,1,late,0,2027-01-15T08:00:02.001Z\r\n"
            ",3,Cyd,950,true,1,a,0,1,right,950,2027-01-15T08:00:02.000Z\r\n");
  REQUIRE(world.order("close-question") == "ok");
  CHECK(results(world, "csv") ==
        std::string(header) +
            "1,2,'=cmd(),950,false,1,a,0,1,right,950,2027-01-15T08:00:02.000Z\r\n"
            "1,2,'=cmd(),950,false,2,b,,,unanswered,0,\r\n"
            "2,1,Ada,0,false,1,a,0,1,late,0,2027-01-15T08:00:02.001Z\r\n"
            "2,1,Ada,0,false,2,b,1,2,wrong,0,2027-01-15T08:00:07.001Z\r\n"
            ",3,Cyd,950,true,1,a,0,1,right,950,2027-01-15T08:00:02.000Z\r\n"
            ",3,Cyd,950,true,2,b,,,unanswered,0,\r\n");
}

TEST_CASE("the JSON has questions and players with every answer") {
  World world;
  play(world);
  REQUIRE(world.order("finish-room") == "ok");
  const std::string body = results(world);
  CHECK(body.starts_with(
      R"({"roomId":")" + world.room +
      R"(","quizId":"q","quizName":"Quiz","quizVersion":1,"state":"finished",)"
      R"("openedAt":"2027-01-15T08:00:00.000Z","finishedAt":"2027-01-15T08:00:07.001Z",)"
      R"("questions":[{"id":"a","text":"A?","options":["1","2"],"answerIndex":0,"seconds":20,)"
      R"("points":1000,"startedAt":"2027-01-15T08:00:00.000Z",)"
      R"("closedAt":"2027-01-15T08:00:02.000Z","closedBy":"host"},{"id":"b",)"));
  CHECK(body.ends_with(
      R"({"playerId":"3","nickname":"Cyd","rank":null,"score":950,"kicked":true,"answers":[)"
      R"({"questionId":"a","answerIndex":0,"reason":"right","points":950,)"
      R"("received":"2027-01-15T08:00:02.000Z"},)"
      R"({"questionId":"b","reason":"unanswered","points":0}]}]})"));
  json::Parser parser;
  CHECK(parser.parse(body, false).ok());
}

TEST_CASE("an empty room has results too") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  CHECK(results(world, "csv") == header);
  json::Parser parser;
  const std::string body = results(world);
  const auto value = parser.parse(body, false);
  REQUIRE(value.ok());
  CHECK(value->find("players")->is_array());
  CHECK(value->find("finishedAt")->is_null());
}

TEST_CASE("only the host's token opens the results") {
  World world;
  play(world);
  const auto code = [&](std::string_view bearer) {
    return get(world, "/rooms/{room}/results", {world.room}, bearer).error().code;
  };
  CHECK(code("") == Errc::unauthenticated);
  CHECK(code(world.tokens[1]) == Errc::forbidden);
  CHECK(code("x") == Errc::forbidden);
  CHECK(got(world, "/rooms/{room}/results", {world.room}, world.host, {{"format", "xml"}}) ==
        "format: unknown_word");
  CHECK(got(world, "/rooms/{room}/results", {"nothing"}, world.host) == "room not found");
}

TEST_CASE("a room that is no longer kept is read from the log, with its quiz as it was then") {
  Policy policy;
  policy.finished_rooms_kept = 1;
  World world(policy);
  play(world);
  const std::string room = world.room;
  const std::string host = world.host;
  REQUIRE(world.order("finish-room") == "ok");
  const std::string json = results(world);
  const std::string csv = results(world, "csv");
  // The quiz becomes another, and other rooms come and go between.
  REQUIRE(world.send(R"({"type":"define-quiz","quizId":"q","name":"Other","questions":[)"
                     R"({"text":"?","options":["x","y"],"answerIndex":0}]})") == "ok");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(world.open("q") == "ok");
    REQUIRE(world.order("finish-room") == "ok");
  }
  REQUIRE(world.view.find_room(parse_id(room).value()) == nullptr);
  const auto again = [&](std::string_view bearer, const char* format) {
    return got(world, "/rooms/{room}/results", {room}, bearer, {{"format", format}});
  };
  CHECK(again(host, "json") == json);
  CHECK(again(host, "csv") == csv);
  CHECK(again(world.host, "csv") == "the token is not the host's of this room");
  CHECK(again("", "csv") == "this needs the host's token");
}

TEST_CASE("results of any size come in parts, none larger than it has to be") {
  World world;
  REQUIRE(world.define("q") == "ok");
  REQUIRE(world.open("q") == "ok");
  constexpr int players = 3000;
  for (int i = 1; i <= players; ++i) REQUIRE(world.join("P" + std::to_string(i)) == "ok");
  REQUIRE(world.order("start-room") == "ok");
  for (std::uint32_t i = 1; i <= players; i += 2) REQUIRE(world.reply(i, "a", 0) == "ok");
  REQUIRE(world.order("finish-room") == "ok");
  for (const char* format : {"json", "csv"}) {
    const auto response =
        get(world, "/rooms/{room}/results", {world.room}, world.host, {{"format", format}});
    REQUIRE(response.ok());
    std::string whole;
    std::size_t parts = 0;
    bool more = true;
    for (; more; ++parts) {
      std::string part;
      const auto result = response->stream->next(part);
      REQUIRE(result.ok());
      more = *result;
      CHECK(part.size() < body_part_bytes + 4096);
      whole += part;
    }
    CHECK(parts > 1);
    if (std::string_view(format) == "csv") {
      CHECK(std::count(whole.begin(), whole.end(), '\n') == players + 1);
      continue;
    }
    json::Parser parser;
    const auto value = parser.parse(whole, false);
    REQUIRE(value.ok());
    std::int64_t rank = 0;
    value->find("players")->each_element(
        [&](const json::Value& row) { CHECK(row.find("rank")->as_int64() == ++rank); });
    CHECK(rank == players);
  }
}

TEST_CASE("a room that is forgotten while its results are read breaks the answer off") {
  Policy policy;
  policy.finished_rooms_kept = 1;
  World world(policy);
  play(world);
  REQUIRE(world.order("finish-room") == "ok");
  const auto response = get(world, "/rooms/{room}/results", {world.room}, world.host);
  REQUIRE(response.ok());
  REQUIRE(world.open("q") == "ok");
  REQUIRE(world.order("finish-room") == "ok");
  std::string body;
  CHECK_FALSE(response->stream->next(body).ok());
}

}  // namespace
}  // namespace daybook::quiz
