// Engine.IO sessions used as no proper client does: polls beside one another, other people's and
// dead session ids, and ten thousand handshakes that go nowhere.
#include <catch2/catch.hpp>

#include "support/wait.h"
#include "system/json_doc.h"
#include "system/quiz_world.h"

namespace daybook::test {
namespace {

using Clock = std::chrono::steady_clock;

const std::string polling = "/socket.io/?EIO=4&transport=polling";
const std::string websocket = "/socket.io/?EIO=4&transport=websocket";

HttpResponse answered(HttpClient& client, std::string_view method, const std::string& target,
                      std::string_view body = {}) {
  auto answer = client.call(method, target, body, {{"Content-Type", "text/plain;charset=UTF-8"}});
  INFO(client.error());
  REQUIRE(answer);
  return std::move(*answer);
}

// A new session's id.
std::string handshake(HttpClient& client) {
  const HttpResponse answer = answered(client, "GET", polling);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  REQUIRE(answer.body.starts_with("0{"));
  return JsonDoc(answer.body.substr(1)).text("sid");
}

std::string of(const std::string& sid) { return polling + "&sid=" + sid; }

// ... that is in the main namespace.
std::string joined_session(HttpClient& client) {
  const std::string sid = handshake(client);
  REQUIRE(answered(client, "POST", of(sid), "40").body == "ok");
  REQUIRE(answered(client, "GET", of(sid)).body.starts_with("40{"));
  return sid;
}

void check_code(const HttpResponse& answer, int code) {
  INFO(answer.body);
  CHECK(answer.status == 400);
  CHECK(JsonDoc(answer.body).number("code") == code);
  CHECK(JsonDoc(answer.body).text("message").size() > 3);
}

TEST_CASE("requests that Engine.IO does not know get its error codes") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  HttpClient client(server.url());
  check_code(answered(client, "GET", "/socket.io/?EIO=4&transport=telegraph"), 0);
  check_code(answered(client, "GET", "/socket.io/?EIO=4"), 0);
  check_code(answered(client, "GET", of("AAAAAAAAAAAAAAAAAAAA")), 1);
  check_code(answered(client, "POST", of("../../etc/passwd"), "40"), 1);
  check_code(answered(client, "POST", polling, "40"), 2);
  check_code(answered(client, "GET", websocket), 3);
  check_code(answered(client, "GET", "/socket.io/?EIO=3&transport=polling"), 5);
  const std::string sid = joined_session(client);
  const HttpResponse put = answered(client, "PUT", of(sid), "40");
  CHECK(put.status >= 400);
  CHECK(put.status < 500);
  bystander.check_fine();
}

TEST_CASE("a polling body that is wrong ends its session, and no other") {
  QuizServer server({"--socketio-payload-bytes-max", "20000"});
  server.define_quiz();
  Bystander bystander(server);
  const std::string separator = "\x1e";
  struct Row {
    std::string name, body;
    std::vector<int> statuses;
  };
  const std::vector<Row> rows{
      {"an unknown packet", "x", {200, 400}},
      {"nothing", "", {200, 400}},
      {"an event before it is in a namespace", R"(42["join-quiz","steady"])", {200, 400}},
      {"invalid UTF-8", "42[\"join-quiz\",\"\xc3\x28\"]", {200, 400}},
      {"a NUL", std::string("4\0", 2), {200, 400}},
      {"base64 that is none", "b$$$$", {200, 400}},
      {"base64 cut off", "bAAA", {200, 400}},
      {"separators only", std::string(19'000, '\x1e'), {200, 400}},
      {"a right packet before a wrong one", "40" + separator + "9", {200, 400}},
      {"more than maxPayload", "4" + std::string(20'001, 'x'), {413}},
      {"more than any body", std::string(3'000'000, 'x'), {413}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    HttpClient client(server.url());
    const std::string sid = handshake(client);
    const HttpResponse answer = answered(client, "POST", of(sid), row.body);
    INFO(answer.status << ' ' << answer.body);
    CHECK_THAT(row.statuses, Catch::Matchers::VectorContains(answer.status));
    if (answer.status == 413) continue;  // never read, so the session does not know of it
    HttpClient after(server.url());
    const HttpResponse poll = answered(after, "GET", of(sid));
    INFO(poll.body);
    // The end, or what was still waiting, and then the end.
    CHECK((poll.status == 400 || poll.body.find('1') != std::string::npos ||
           poll.body.starts_with("40{")));
  }
  bystander.check_fine();
}

TEST_CASE("a thousand packets in one body are all answered") {
  QuizServer server;
  server.define_quiz();
  HttpClient client(server.url());
  const std::string sid = joined_session(client);
  std::string body;
  for (int i = 0; i < 500; ++i) {
    if (i > 0) body += '\x1e';
    body += "42" + std::to_string(i) + R"(["leave-quiz","steady"])";
  }
  CHECK(answered(client, "POST", of(sid), body).body == "ok");
  std::string got;
  while (got.find("43499[") == std::string::npos)
    got += answered(client, "GET", of(sid)).body + "\x1e";
  for (int i = 0; i < 500; ++i)
    CHECK(got.find("43" + std::to_string(i) + "[") != std::string::npos);
}

TEST_CASE("two polls of one session at once end it") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  HttpClient first(server.url()), second(server.url());
  const std::string sid = joined_session(first);
  REQUIRE(first.connect());
  REQUIRE(first.send(request_bytes("GET", of(sid))));
  // The second may overtake the first on its way; one of them is told.
  const HttpResponse two = answered(second, "GET", of(sid));
  const auto one = first.receive();
  REQUIRE(one);
  CHECK((one->status == 400 || two.status == 400));
  check_code(answered(second, "GET", of(sid)), 1);
  bystander.check_fine();
}

TEST_CASE(
    "a client that goes while its poll waits has no session any more, as in Socket.IO of Node") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  HttpClient other(server.url());
  const std::string sid = joined_session(other);
  {
    HttpClient poll(server.url());
    REQUIRE(poll.connect());
    REQUIRE(poll.send(request_bytes("GET", of(sid))));
  }  // gone without a word
  CHECK(wait_until([&] { return answered(other, "POST", of(sid), "3").status == 400; },
                   live_deadline));
  check_code(answered(other, "GET", of(sid)), 1);
  bystander.check_fine();
}

TEST_CASE("a dead or a busy session is not upgraded, and its owner does not notice") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  HttpClient client(server.url());
  {  // dead
    const std::string sid = joined_session(client);
    CHECK(answered(client, "POST", of(sid), "1").body == "ok");
    LiveSocket socket(server.url());
    CHECK(socket.open(websocket + "&sid=" + sid) == 400);
  }
  {  // has a WebSocket already
    LiveSocket owner(server.url());
    REQUIRE(owner.open(websocket) == 101);
    const auto open = owner.text("0{");
    REQUIRE(open);
    const std::string sid = JsonDoc(open->substr(1)).text("sid");
    REQUIRE(owner.send(Op::text, "40"));
    REQUIRE(owner.text("40{"));
    LiveSocket thief(server.url());
    const int status = thief.open(websocket + "&sid=" + sid);
    if (status == 101) {
      thief.send(Op::text, "2probe");
      CHECK(thief.closed() >= 1000);
    } else {
      CHECK(status == 400);
    }
    check_code(answered(client, "GET", of(sid)), 3);
    check_code(answered(client, "POST", of(sid), "41"), 3);
    CHECK(owner.ask(R"("join-quiz","steady")").has_value());
  }
  // Not what a probe says: the WebSocket ends, the session goes on polling.
  for (const std::string& packet : std::vector<std::string>{"", "5", "3probe", "2", "40", "x"}) {
    INFO(packet);
    const std::string sid = joined_session(client);
    LiveSocket socket(server.url());
    REQUIRE(socket.open(websocket + "&sid=" + sid) == 101);
    REQUIRE(socket.send(Op::text, packet));
    CHECK(socket.closed() >= 1000);
    CHECK(answered(client, "POST", of(sid), R"(421["leave-quiz","steady"])").body == "ok");
    CHECK(answered(client, "GET", of(sid)).body.find("431[") != std::string::npos);
  }
  bystander.check_fine();
}

TEST_CASE("a probe that goes no further is closed in time, and the session goes on polling") {
  QuizServer server({"--socketio-upgrade-timeout-ms", "200"});
  server.define_quiz();
  HttpClient client(server.url());
  const std::string sid = joined_session(client);
  LiveSocket socket(server.url());
  REQUIRE(socket.open(websocket + "&sid=" + sid) == 101);
  REQUIRE(socket.send(Op::text, "2probe"));
  REQUIRE(socket.text("3probe"));
  CHECK(socket.closed() >= 1000);
  CHECK(answered(client, "POST", of(sid), R"(421["leave-quiz","steady"])").body == "ok");
  std::string got;
  CHECK(wait_until(
      [&] {
        got += answered(client, "GET", of(sid)).body;
        return got.find("431[") != std::string::npos;
      },
      live_deadline));
}

TEST_CASE(
    "ten thousand handshakes that go nowhere are bounded, keep nobody out for long, and writes go "
    "on") {
  constexpr int handshakes = 10'000, at_once = 50;
  constexpr std::int64_t kept = 300, timeout_ms = 30'000;
  constexpr std::int64_t kept_ms = 2000;  // before one gives way to the next
  QuizServer server({"--http-threads", "1", "--socketio-handshakes-max", std::to_string(kept),
                     "--socketio-connect-timeout-ms", std::to_string(timeout_ms)});
  server.define_quiz();
  Bystander bystander(server);
  const auto started = Clock::now();
  std::string request;
  for (int i = 0; i < at_once; ++i) request += request_bytes("GET", polling);
  HttpClient client(server.url()), writer(server.url());
  REQUIRE(client.connect());
  std::int64_t opened = 0, busy = 0;
  for (int i = 0; i < handshakes / at_once; ++i) {
    REQUIRE(client.send(request));
    for (int k = 0; k < at_once; ++k) {
      const auto answer = client.receive();
      INFO(client.error());
      REQUIRE(answer);
      REQUIRE((answer->status == 200 || answer->status == 503));
      ++(answer->status == 200 ? opened : busy);
    }
    if (i % 20 != 0) continue;
    const auto wrote =
        writer.post_json("/quizzes/steady/answers", R"({"userId":"u)" + std::to_string(i / 20) +
                                                        R"(","questionId":"q0","answerIndex":1})");
    REQUIRE(wrote);
    CHECK(wrote->status == 200);
  }
  const auto took_ms = std::chrono::duration_cast<Millis>(Clock::now() - started).count();
  INFO(opened << " opened, " << busy << " refused in " << took_ms << " ms");
  CHECK(opened <= kept * (1 + took_ms / kept_ms));
  CHECK(busy > 0);
  // Others need not wait until those have timed out.
  CHECK(wait_until([&] { return answered(client, "GET", polling).status == 200; },
                   Millis(kept_ms + 3000)));
  LiveSocket newcomer(server.url());
  CHECK(newcomer.open_socketio());
  bystander.check_fine();
}

TEST_CASE("a WebSocket that never joins a namespace is closed in time") {
  QuizServer server({"--socketio-connect-timeout-ms", "300", "--http-header-timeout-ms", "500"});
  server.define_quiz();
  Bystander bystander(server);
  std::vector<LiveSocket> silent, half;
  for (int i = 0; i < 300; ++i) {
    silent.emplace_back(server.url());
    REQUIRE(silent.back().open_engine());
    half.emplace_back(server.url());  // not even a whole request
    REQUIRE(half.back().send("GET " + websocket + " HTTP/1.1\r\nHost: x\r\nUpgrade: webso"));
  }
  for (LiveSocket& socket : silent) CHECK(socket.closed() >= 1000);
  for (LiveSocket& socket : half) {
    while (socket.connected() && socket.frame()) {  // 408, read as whatever it looks like
    }
    CHECK_FALSE(socket.connected());
  }
  bystander.check_fine();
}

TEST_CASE("who does not answer the heartbeat is closed") {
  QuizServer server({"--socketio-ping-interval-ms", "200", "--socketio-ping-timeout-ms", "300"});
  server.define_quiz();
  LiveSocket socket(server.url());
  REQUIRE(socket.open_socketio());
  const auto ping = socket.frame();
  REQUIRE(ping);
  CHECK(ping->payload == "2");
  CHECK(socket.closed() >= 1000);
  HttpClient client(server.url());
  const std::string sid = joined_session(client);
  CHECK(wait_until([&] { return answered(client, "GET", of(sid)).status == 400; }, live_deadline));
}

}  // namespace
}  // namespace daybook::test
