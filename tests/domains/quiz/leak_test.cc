// Nobody learns early which answer is right: two runs that differ only in whether an answer is
// right show the same of everything until the question has closed.
#include "domains/quiz/reads.h"

namespace daybook::quiz {
namespace {

// The rooms of a right and of a wrong world, with the same players; the right options differ, so
// that the same choice is right in one and wrong in the other.
void begin(World& world, int right_index) {
  const std::string question = R"([{"id":"a","text":"A?","options":["1","2"],"answerIndex":)" +
                               std::to_string(right_index) +
                               R"(},{"id":"b","text":"B?","options":["1","2"],"answerIndex":0}])";
  REQUIRE(world.send(R"({"type":"define-quiz","quizId":"q","name":"Quiz","open":true,)"
                     R"("questions":)" +
                     question + "}") == "ok");
  REQUIRE(world.open("q") == "ok");
  for (const char* name : {"Ada", "Bob", "Cyd"}) REQUIRE(world.join(name) == "ok");
}

void collect_reads(World& world, std::vector<std::string>& out) {
  for (const char* pattern : {"/rooms/{room}", "/rooms/{room}/leaderboard"})
    out.push_back(got(world, pattern, {world.room}));
  for (std::uint32_t player = 1; player <= 3; ++player) {
    out.push_back(got(world, "/rooms/{room}/me", {world.room}, world.tokens[player]));
    const std::string seat = object({{"roomId", world.room}, {"token", world.tokens[player]}});
    out.push_back(said(message(world, "my-result", seat)));
    out.push_back(said(message(world, "return-room", seat)));
  }
  for (const char* format : {"json", "csv"})
    out.push_back(
        got(world, "/rooms/{room}/results", {world.room}, world.host, {{"format", format}}));
  out.push_back(got(world, "/api/v1/quizzes/{quizId}/questions", {"q"}));
  out.push_back(got(world, "/api/v1/leaderboard/{quizId}/top10", {"q"}));
  out.push_back(said(message(world, "watch-room", object({{"roomId", world.room}}))));
  out.push_back(said(
      message(world, "host-room", object({{"roomId", world.room}, {"hostToken", world.host}}))));
}

void collect_live(World& world, std::vector<std::string>& out) {
  out.push_back(changed(world));
  for (const char* prefix : {"room:", "board:", "player:"}) {
    const std::string topic = prefix + world.room + (prefix[0] == 'p' ? ":1" : "");
    const auto state = Domain::live_state(world.view, topic, world.now);
    out.push_back(state ? state->json + std::to_string(state->revision) : "none");
  }
}

// All that can be seen of a world from outside.
std::vector<std::string> seen(World& world) {
  std::vector<std::string> out;
  collect_live(world, out);
  collect_reads(world, out);
  for (const std::string& bytes : world.log) {
    const Event event = event_of(bytes);
    std::string text;
    json::Writer writer(text);
    Domain::render(event, {}, writer);
    out.push_back(text);
    const auto outline = Domain::outline(event);
    out.push_back(std::string(outline->type) + std::string(outline->key));
  }
  for (const auto& [name, number] : Domain::totals(world.view))
    out.push_back(name + std::to_string(number));
  out.push_back(world.answer.body);
  return out;
}

void check_same(World& a, World& b) {
  const auto x = seen(a);
  const auto y = seen(b);
  REQUIRE(x.size() == y.size());
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == y[i]);
}

TEST_CASE("nothing that can be seen before the close tells a right answer from a wrong one") {
  World right;
  World wrong;
  begin(right, 1);
  begin(wrong, 0);
  check_same(right, wrong);
  const auto both = [&](const auto& act) {
    act(right);
    act(wrong);
    check_same(right, wrong);
  };
  both([](World& world) { REQUIRE(world.order("start-room") == "ok"); });
  both([](World& world) {
    world.pass(second);
    REQUIRE(world.reply(1, "a", 1) == "ok");
  });
  both([](World& world) { REQUIRE(world.order("pause-question") == "ok"); });
  both([](World& world) { REQUIRE(world.order("resume-question") == "ok"); });
  both([](World& world) { CHECK(world.reply(1, "a", 0) == "User already answered"); });
  both([](World& world) { REQUIRE(world.reply(3, "a", 1) == "ok"); });
  both([](World& world) { REQUIRE(world.kick(3) == "ok"); });
  // Then the close tells.
  REQUIRE(right.order("close-question") == "ok");
  REQUIRE(wrong.order("close-question") == "ok");
  CHECK(seen(right) != seen(wrong));
}

TEST_CASE("questions that have not begun are not shown to a room") {
  World world;
  begin(world, 1);
  const std::string hidden = "B?";
  const auto shows = [&] {
    std::vector<std::string> out;
    collect_live(world, out);
    out.push_back(got(world, "/rooms/{room}", {world.room}));
    out.push_back(got(world, "/rooms/{room}/results", {world.room}, world.host));
    return joined(out).find(hidden) != std::string::npos;
  };
  CHECK_FALSE(shows());
  REQUIRE(world.order("start-room") == "ok");
  CHECK_FALSE(shows());
  REQUIRE(world.order("close-question") == "ok");
  CHECK_FALSE(shows());
  REQUIRE(world.order("next-question") == "ok");
  CHECK(shows());
}

TEST_CASE("no token is in anything that leaves, but in the answer to whom it was given") {
  World world;
  begin(world, 0);
  REQUIRE(world.send(object({{"type", "define-user"}, {"userId", "u"}, {"username", "U"}})) ==
          "ok");
  const std::string user_token = token_text(world.last.at(0).token);
  REQUIRE(world.order("start-room") == "ok");
  REQUIRE(world.reply(1, "a", 0) == "ok");
  REQUIRE(world.order("finish-room") == "ok");
  const std::string all = joined(seen(world));
  CHECK(all.find(user_token) == std::string::npos);
  CHECK(all.find(world.host) == std::string::npos);
  for (std::uint32_t player = 1; player <= 3; ++player)
    CHECK(all.find(world.tokens[player]) == std::string::npos);
}

}  // namespace
}  // namespace daybook::quiz
