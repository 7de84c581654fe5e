// The reference's own front end: a listener of its own, for pages of one origin, with the fixture
// of --demo. Its calls are in tests/socketio_npm/reference.mjs.
#include <catch2/catch.hpp>

#include "system/json_doc.h"
#include "system/quiz_world.h"

namespace daybook::test {
namespace {

const std::string origin = "http://localhost:3000";

// The URL of the second listener, as printed.
std::string quiz_url(Server& server) {
  constexpr std::string_view prefix = "listening on ";
  std::vector<std::string> urls;
  for (const std::string& line : lines_of(server.process().out())) {
    if (line.starts_with(prefix))
      urls.push_back(line.substr(prefix.size(), line.find(' ', prefix.size()) - prefix.size()));
  }
  REQUIRE(urls.size() == 2);
  return urls[0] == server.url() ? urls[1] : urls[0];
}

TEST_CASE("the reference's front end works against its own listener with the demo's quizzes") {
  QuizServer server({"--demo", "--quiz-listen", "127.0.0.1:0", "--quiz-cors-origins", origin});
  const std::string url = quiz_url(server.server());
  HttpClient quiz(url), main(server.url());

  // Only quizzes are served there; everything is served on the main one.
  const auto elsewhere = quiz.get("/schools");
  REQUIRE(elsewhere);
  CHECK(elsewhere->status == 404);
  for (HttpClient* client : {&quiz, &main}) {
    const auto quizzes = client->get("/api/v1/quizzes", {{"Origin", origin}});
    REQUIRE(quizzes);
    CHECK(quizzes->status == 200);
    CHECK(quizzes->body == R"([{"id":"5auOzRcxikM2ebToYIPGx","name":"Quiz 1"},)"
                           R"({"id":"aFrF5jNiu8nv2BbdigYZt","name":"Quiz 2"}])");
    CHECK(quizzes->header("access-control-allow-origin") == (client == &quiz ? origin : "*"));
  }
  const auto questions = quiz.get("/api/v1/quizzes/5auOzRcxikM2ebToYIPGx/questions");
  REQUIRE(questions);
  CHECK(questions->body.find("answerIndex") == std::string::npos);
  const JsonDoc doc(questions->body);
  REQUIRE(doc.elements().size() == 2);
  CHECK(text_of(doc.elements()[0], "id") == "QTDi2_bniYD7Ugk0Qc2Lh");
  CHECK(text_of(doc.elements()[0], "text").find("France") != std::string::npos);

  if (has_npm_clients()) finish_script(*start_script("reference.mjs", {url, origin}));
  server.server().stop();
}

}  // namespace
}  // namespace daybook::test
