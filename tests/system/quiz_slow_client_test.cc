// Clients that do not read: what waits for them is bounded, they get the newest state instead of a
// queue or are closed with a reason, and nobody else notices.
#include <catch2/catch.hpp>

#include "support/wait.h"
#include "system/json_doc.h"
#include "system/quiz_world.h"

namespace daybook::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto small_buffers = LiveSocket::Kernel::small_buffers;
const std::string json_path = "/quizzes/steady/live";
const std::string subprotocol = "Sec-WebSocket-Protocol: daybook.quiz.v1\r\n";

// How many connections were ended for being slow.
double ended_as_slow(QuizServer& server) {
  HttpClient client(server.url());
  const auto answer = client.get("/metrics");
  REQUIRE(answer);
  const std::string prefix = R"(daybook_live_ended_total{by="slow"} )";
  for (const std::string& line : lines_of(answer->body))
    if (line.starts_with(prefix)) return std::stod(line.substr(prefix.size()));
  return -1;
}

// Makes a new state of the quiz "wide" with every call: its leaderboard is as long as it can be.
class Writer {
 public:
  explicit Writer(QuizServer& server) : client_(server.url()), key_(server.admin_key()) {
    std::string questions;
    for (int i = 0; i < questions_count; ++i)
      questions += (i == 0 ? "" : ",") + std::string(R"({"id":"q)") + std::to_string(i) +
                   R"(","text":"?","options":["a","b"],"answerIndex":1})";
    put("/quizzes/wide", R"({"name":"Wide","open":true,"questions":[)" + questions + "]}");
    for (int i = 0; i < users_count; ++i)
      put("/users/" + user(i),
          R"({"username":")" + std::string(95, 'n') + std::to_string(i) + "\"}");
  }
  void write() {
    const auto answer =
        client_.post_json("/quizzes/wide/answers",
                          R"({"userId":")" + user(written_ % users_count) + R"(","questionId":"q)" +
                              std::to_string(written_ / users_count) + R"(","answerIndex":1})");
    REQUIRE(answer);
    INFO(answer->body);
    REQUIRE(answer->status == 200);
    ++written_;
  }
  [[nodiscard]] bool more() const { return written_ < users_count * questions_count; }
  std::string top10() {
    const auto answer = client_.get("/api/v1/leaderboard/wide/top10");
    REQUIRE(answer);
    return answer->body;
  }

 private:
  static constexpr int questions_count = 200, users_count = 10;
  static std::string user(int i) { return std::string(60, 'u') + std::to_string(i); }
  void put(const std::string& target, const std::string& body) {
    const auto answer =
        client_.call("PUT", target, body,
                     {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + key_}});
    REQUIRE(answer);
    REQUIRE(answer->status < 300);
  }

  HttpClient client_;
  std::string key_;
  int written_ = 0;
};

TEST_CASE("who asks on and never reads is closed, and what waited for it was bounded") {
  QuizServer server({"--live-slow-timeout-ms", "1000"});
  server.define_quiz();
  Bystander bystander(server);
  LiveSocket socket(server.url(), small_buffers);
  REQUIRE(socket.open_socketio());
  std::string block;
  for (int i = 0; i < 1000; ++i)
    block += frame_bytes(Op::text, "42" + std::to_string(i) + R"(["join-quiz","no-such-quiz"])");
  // The server reads no further while half of what may wait does.
  const auto started = Clock::now();
  std::size_t sent = 0;
  while (Clock::now() - started < live_deadline && socket.send(block, Millis(2000)))
    sent += block.size();
  INFO("sent " << sent << " bytes");
  CHECK(Clock::now() - started < live_deadline);
  bystander.check_fine();
  const int code = socket.closed();
  INFO("closed with " << code);
  // 1006: the reason could not be said, since nothing was read.
  CHECK((code == 1013 || code == 1006));
  bystander.check_fine();
  CHECK(wait_until([&] { return ended_as_slow(server) == 1; }, live_deadline));
}

TEST_CASE("who posts and never polls is closed when too much waits for it") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  HttpClient client(server.url());
  const std::string target = "/socket.io/?EIO=4&transport=polling";
  const auto open = client.get(target);
  REQUIRE(open);
  const std::string session = target + "&sid=" + JsonDoc(open->body.substr(1)).text("sid");
  std::string body = "40";
  for (int i = 0; i < 100; ++i)
    body +=
        "\x1e"
        "42" +
        std::to_string(i) + R"(["join-quiz","no-such-quiz"])";
  int posts = 0;
  for (; posts < 1000; ++posts) {
    const auto answer = client.call("POST", session, body, {{"Content-Type", "text/plain"}});
    REQUIRE(answer);
    if (answer->status != 200) break;
    if (posts == 0) body = body.substr(3);  // one CONNECT is enough
  }
  INFO(posts << " posts were taken");
  CHECK(posts < 20);  // 64 KiB of answers of 200 bytes
  bystander.check_fine();
}

TEST_CASE("who stops reading a quiz is closed with a reason, and the others get the last state") {
  QuizServer server({"--quiz-broadcast-interval-ms", "10", "--live-slow-timeout-ms", "1000"});
  server.define_quiz();
  Bystander bystander(server);
  Writer writer(server);
  LiveSocket slow_socketio(server.url(), small_buffers), slow_json(server.url(), small_buffers),
      slow_events(server.url(), small_buffers), fast(server.url());
  REQUIRE(slow_socketio.open_socketio());
  REQUIRE(slow_socketio.ask(R"("join-quiz","wide")"));
  REQUIRE(slow_json.open("/quizzes/wide/live", subprotocol) == 101);
  REQUIRE(slow_events.send(
      "GET /quizzes/wide/live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"));
  REQUIRE(fast.open("/quizzes/wide/live", subprotocol) == 101);
  std::string latest;
  while (writer.more() && ended_as_slow(server) < 3) {
    writer.write();
    if (const auto state = fast.text(R"({"type":"leaderboard-updated")", Millis(20)))
      latest = *state;
  }
  const std::string top = writer.top10();
  CHECK(wait_until(
      [&] {
        if (const auto state = fast.text(R"({"type":"leaderboard-updated")", Millis(100)))
          latest = *state;
        return latest.find(top) != std::string::npos;
      },
      live_deadline));
  for (LiveSocket* socket : {&slow_socketio, &slow_json}) {
    const int code = socket->closed();
    INFO("closed with " << code);
    CHECK((code == 1013 || code == 1006));
  }
  while (slow_events.connected() && slow_events.frame()) {  // read as whatever it looks like
  }
  CHECK_FALSE(slow_events.connected());
  CHECK(ended_as_slow(server) == 3);
  bystander.check_fine();
}

TEST_CASE("who reads late gets the newest state and not the queue") {
  QuizServer server({"--quiz-broadcast-interval-ms", "10"});
  server.define_quiz();
  Writer writer(server);
  LiveSocket late(server.url(), small_buffers), fast(server.url());
  const std::string state_prefix = R"({"type":"leaderboard-updated")";
  REQUIRE(late.open("/quizzes/wide/live", subprotocol) == 101);
  REQUIRE(fast.open("/quizzes/wide/live", subprotocol) == 101);
  int seen_fast = 0, seen_late = 0;
  for (; seen_fast < 150 && writer.more(); writer.write())
    if (fast.text(state_prefix, Millis(20))) ++seen_fast;
  const std::string top = writer.top10();
  std::string latest;
  CHECK(wait_until(
      [&] {
        if (auto state = late.text(state_prefix, Millis(100))) {
          latest = std::move(*state);
          ++seen_late;
        }
        return latest.find(top) != std::string::npos;
      },
      live_deadline));
  INFO(seen_late << " states of " << seen_fast);
  CHECK(seen_late < seen_fast / 2);
  server.server().stop();
}

}  // namespace
}  // namespace daybook::test
