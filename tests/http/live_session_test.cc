// WebSockets over real sockets: the handshake, messages, the close, the end.
#include "http/live_session.h"
#include "live_client.h"
#include "running_server.h"
#include "support/seed.h"

#include <thread>

namespace daybook::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Step = LiveClient::Step;

constexpr std::string_view path = "/front/topic/live";

ServerSetup live_setup() {
  ServerSetup setup;
  setup.live = true;
  return setup;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::optional<HttpResponse> send_handshake(HttpClient& client, const std::string& bytes) {
  client.close();
  if (!client.connect() || !client.send(bytes)) return std::nullopt;
  return client.receive();
}

// --- the handshake

TEST_CASE("a handshake is answered with the accept key and the subprotocol asked for") {
  RunningServer s(live_setup());
  LiveClient plain(s.url, path);
  const std::string head = plain.read_head();
  CHECK(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(contains(head, "Sec-WebSocket-Accept: " + std::string(handshake_accept) + "\r\n"));
  CHECK(!contains(head, "Sec-WebSocket-Protocol"));
  CHECK(plain.text() == "hello ");
  LiveClient asking(s.url, path, {{"Sec-WebSocket-Protocol", "other, front.v1"}});
  CHECK(contains(asking.read_head(), "Sec-WebSocket-Protocol: front.v1\r\n"));
}

TEST_CASE("a handshake that is not one is refused in words, and the connection goes on") {
  struct Case {
    Headers changes;
    int status;
    std::string_view words;
  };
  ServerSetup setup = live_setup();
  setup.options.cors_origins = {"https://quiz.example"};
  RunningServer s(setup);
  auto client = s.client();
  for (const auto& [changes, status, words] :
       std::vector<Case>{{{{"Upgrade", ""}}, 426, "Accept: text/event-stream"},
                         {{{"Upgrade", "h2c"}}, 426, "Accept: text/event-stream"},
                         {{{"Connection", "keep-alive"}}, 400, "Connection"},
                         {{{"Sec-WebSocket-Version", "8"}}, 426, "Sec-WebSocket-Version"},
                         {{{"Sec-WebSocket-Version", ""}}, 426, "Sec-WebSocket-Version"},
                         {{{"Sec-WebSocket-Key", ""}}, 400, "Sec-WebSocket-Key"},
                         {{{"Sec-WebSocket-Key", "short"}}, 400, "Sec-WebSocket-Key"},
                         {{{"Sec-WebSocket-Protocol", "other"}}, 400, "front.v1"},
                         {{{"Origin", "https://elsewhere.example"}}, 403, "Origin"},
                         {{{"Origin", "null"}}, 403, "Origin"}}) {
    const auto answer = send_handshake(client, handshake_bytes(path, changes));
    INFO(words);
    REQUIRE(answer);
    CHECK(answer->status == status);
    CHECK(contains(answer->body, words));
    CHECK(answer->header("content-type") == "application/problem+json");
    CHECK((status != 426 || answer->header("sec-websocket-version") == "13"));
    CHECK(client.get("/healthz")->body == "OK");
  }
  CHECK(s.live_log.open_count() == 0);
}

TEST_CASE("pages of the server's own origin and of listed ones may open a WebSocket") {
  ServerSetup setup = live_setup();
  setup.options.cors_origins = {"https://quiz.example"};
  RunningServer s(setup);
  LiveClient listed(s.url, path, {{"Origin", "https://quiz.example"}});
  CHECK(listed.open());
  RawSocket own(s.url);
  own.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: " + s.url.substr(7) +
           "\r\nOrigin: " + s.url + "\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n" +
           "Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
           std::string(handshake_key) + "\r\n\r\n");
  CHECK(own.read_some(4096).starts_with("HTTP/1.1 101 "));
}

TEST_CASE("what the app refuses is an answer to the handshake") {
  RunningServer s(live_setup());
  auto client = s.client();
  const auto answer = send_handshake(client, handshake_bytes("/front/nothing/live"));
  REQUIRE(answer);
  CHECK(answer->status == 404);
  CHECK(contains(answer->body, "there is no nothing"));
  CHECK(client.get("/healthz")->body == "OK");
}

TEST_CASE("a handshake behind a request that is not answered yet is refused") {
  RunningServer s(live_setup());
  s.log->append_gate.shut();
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send(json_request_bytes("POST", "/guestbook", RunningServer::entry("early")) +
                      handshake_bytes(path)));
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  s.log->append_gate.open();
  CHECK(client.receive()->status == 200);
  CHECK(client.receive()->status == 400);
}

TEST_CASE("a handshake after an answered request is taken, and bytes behind it are not lost") {
  RunningServer s(live_setup());
  std::string frames;
  websocket::append_client_frame(frames, websocket::Opcode::text, "echo first", 7);
  websocket::append_client_frame(frames, websocket::Opcode::text, "echo second", 8);
  for (std::size_t cut = 0; cut <= frames.size(); cut += 5) {
    LiveClient client(s.url, path);
    REQUIRE(client.open());
    CHECK(client.text() == "hello ");
    RawSocket raw(s.url);
    raw.send(request_bytes("GET", "/healthz"));
    CHECK(contains(raw.read_some(4096), "OK"));
    raw.send(handshake_bytes(path) + frames.substr(0, cut));
    raw.send(frames.substr(cut));
    std::string all;
    CHECK(wait_until([&] { return contains(all += raw.read_some(4096), "second"); }, seconds(10)));
    CHECK(contains(all, "first"));
  }
}

TEST_CASE("the token of a Bearer header reaches the app") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path, {{"Authorization", "bearer seat-4711"}});
  REQUIRE(client.open());
  CHECK(client.text() == "hello seat-4711");
}

// --- messages

TEST_CASE("messages go both ways, whole, in pieces and a byte at a time") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  CHECK(client.ask("echo one") == "one");
  CHECK(client.ask("echo " + std::string(60'000, 'y')) == std::string(60'000, 'y'));
  client.send_frame(websocket::Opcode::text, "echo t", false);
  client.send_frame(websocket::Opcode::continuation, "w", false);
  client.send_frame(websocket::Opcode::ping, "between");
  client.send_frame(websocket::Opcode::continuation, "o");
  const auto pong = client.receive();
  REQUIRE(pong);
  CHECK((pong->step == Step::pong && pong->payload == "between"));
  CHECK(client.text() == "two");
  std::string frame;
  websocket::append_client_frame(frame, websocket::Opcode::text, "echo slow", 9);
  for (const char c : frame) client.raw().send({&c, 1});
  CHECK(client.text() == "slow");
}

TEST_CASE("a message larger than the kernel takes at once arrives whole") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path, {}, 4096);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  CHECK(client.ask("bytes 3000000") == std::string(3'000'000, 'x'));
  CHECK(client.ask("echo still there") == "still there");
}

TEST_CASE("a command of a live client is answered when it is on the disk") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  s.log->append_gate.shut();
  client.send_text("write ada");
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  CHECK(client.ask("echo meanwhile") == "meanwhile");
  s.log->append_gate.open();
  CHECK(client.text() == "wrote ada");
  CHECK(client.ask("write ada") == "refused ada");
  CHECK(s.sequencer->stats().events == 1);
}

TEST_CASE("a command that the full queue refuses is refused to its sender") {
  ServerSetup setup = live_setup();
  setup.sequencer.queue_commands_max = 1;
  RunningServer s(setup);
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  s.log->append_gate.shut();
  client.send_text("write first");
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  client.send_text("write second");
  client.send_text("write third");
  CHECK(client.text() == "refused third");
  s.log->append_gate.open();
  CHECK(client.text() == "wrote first");
  CHECK(client.text() == "wrote second");
}

TEST_CASE("states reach who follows the topic, and nobody who left it") {
  RunningServer s(live_setup());
  LiveClient staying(s.url, path);
  LiveClient leaving(s.url, path);
  for (LiveClient* client : {&staying, &leaving}) {
    REQUIRE(client->open());
    CHECK(client->text() == "hello ");
  }
  s.publish("topic", 1, R"({"n":1})");
  const std::string first = R"({"type":"changed","data":{"n":1}})";
  CHECK(staying.text() == first);
  CHECK(leaving.text() == first);
  CHECK(leaving.ask("leave topic") == "left topic");
  s.publish("topic", 2, R"({"n":2})");
  CHECK(staying.text() == R"({"type":"changed","data":{"n":2}})");
  CHECK(leaving.ask("echo nothing") == "nothing");
  CHECK(s.server->audience().has("topic"));
}

// --- the end

TEST_CASE("what breaks the protocol is closed with its code") {
  struct Case {
    std::string bytes;
    std::uint16_t code;
  };
  const auto frame = [](websocket::Opcode opcode, std::string_view payload, bool final = true) {
    std::string bytes;
    websocket::append_client_frame(bytes, opcode, payload, 5, final);
    return bytes;
  };
  using websocket::Opcode;
  RunningServer s(live_setup());
  std::string unmasked;
  websocket::append_text_frame(unmasked, "echo bare");
  for (const auto& [bytes, code] :
       std::vector<Case>{{frame(Opcode::text, std::string(70'000, 'g')), 1009},
                         {frame(Opcode::text, std::string(40'000, 'g'), false) +
                              frame(Opcode::continuation, std::string(40'000, 'g')),
                          1009},
                         {"\x81\xFF" + std::string("\0\0\1\0\0\0\0\0mask", 12), 1009},
                         {frame(Opcode::binary, "b"), 1003},
                         {frame(Opcode::text, "\xC3\x28"), 1007},
                         {frame(Opcode::continuation, "lost"), 1002},
                         {unmasked, 1002},
                         {std::string("\xF1\x80\x01\x02\x03\x04", 6), 1002}}) {
    LiveClient client(s.url, path);
    REQUIRE(client.open());
    client.raw().send(bytes);
    const auto closed = client.wait_for_close();
    INFO(code);
    REQUIRE(closed);
    CHECK(closed->close_code == code);
    CHECK(!closed->payload.empty());
    CHECK(client.at_end());
  }
}

TEST_CASE("a client's close is answered with its code and the connection ends") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  client.send_close(4001);
  const auto closed = client.receive();
  REQUIRE(closed);
  CHECK((closed->step == Step::close && closed->close_code == 4001));
  CHECK(client.at_end());
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.live_log.reasons() == std::vector<std::string>{"the client closed"});
}

TEST_CASE(
    "a close of the app carries code and reason, and waits for the client's but not for ever") {
  RunningServer s(live_setup());
  LiveClient polite(s.url, path);
  LiveClient deaf(s.url, path);
  for (LiveClient* client : {&polite, &deaf}) {
    REQUIRE(client->open());
    CHECK(client->text() == "hello ");
    client->send_text("close 4321 enough of you");
    const auto closed = client->receive();
    REQUIRE(closed);
    CHECK(closed->close_code == 4321);
    CHECK(closed->payload == "enough of you");
  }
  const auto start = std::chrono::steady_clock::now();
  polite.send_close(4321);
  CHECK(polite.at_end());
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(1000));
  CHECK(deaf.at_end());
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
}

TEST_CASE("an app that closes at once is heard behind the 101") {
  RunningServer s(live_setup());
  LiveClient client(s.url, std::string(path) + "?full=1");
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  const auto closed = client.receive();
  REQUIRE(closed);
  CHECK((closed->close_code == 1008 && closed->payload == "full"));
}

TEST_CASE("clients that vanish leave nothing behind") {
  RunningServer s(live_setup());
  for (const bool reset : {false, true}) {
    LiveClient client(s.url, path);
    REQUIRE(client.open());
    if (reset) client.raw().reset_at_end();
  }
  CHECK(wait_until([&] { return s.live_log.reasons().size() == 2; }, seconds(10)));
  CHECK(wait_until([&] { return !s.server->audience().has("topic"); }, seconds(10)));
  const std::string metrics = s.metrics.render();
  CHECK(contains(metrics, "daybook_live_websockets 0\n"));
  CHECK(contains(metrics, "daybook_live_ended_total{by=\"lost\"} 2\n"));
}

TEST_CASE("a silent client is pinged, and closed when it does not even answer that") {
  ServerSetup setup = live_setup();
  setup.options.limits.idle_timeout_ms = 400;  // of HTTP, which must not end it
  setup.options.live.ping_interval_ms = 300;
  setup.options.live.ping_timeout_ms = 300;
  RunningServer s(setup);
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  for (int i = 0; i < 3; ++i) {
    const auto ping = client.receive();
    REQUIRE(ping);
    REQUIRE(ping->step == Step::ping);
    client.send_frame(websocket::Opcode::pong, ping->payload);
  }
  CHECK(client.receive()->step == Step::ping);
  CHECK(client.at_end());
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.live_log.reasons() == std::vector<std::string>{"no pong"});
}

TEST_CASE(
    "a drain closes sockets with 1001 after the writes on their way, and does not wait long") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path);
  LiveClient deaf(s.url, path);
  for (LiveClient* each : {&client, &deaf}) {
    REQUIRE(each->open());
    CHECK(each->text() == "hello ");
  }
  s.log->append_gate.shut();
  client.send_text("write last");
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  s.server->begin_drain();
  s.log->append_gate.open();
  CHECK(client.text() == "wrote last");
  const auto closed = client.receive();
  REQUIRE(closed);
  CHECK(closed->close_code == 1001);
  CHECK(closed->payload == "the server is stopping");
  client.send_close(1001);
  CHECK(client.at_end());
  const auto start = std::chrono::steady_clock::now();
  s.stop();
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(1900));
  CHECK(deaf.wait_for_close()->close_code == 1001);
}

TEST_CASE("an upgrade while the server drains is refused") {
  RunningServer s(live_setup());
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.get("/healthz"));
  s.server->begin_drain();
  REQUIRE(client.send(handshake_bytes(path)));
  CHECK(client.receive()->status == 503);
}

TEST_CASE("a thousand sockets join, hear a state and leave, and the memory of each is small") {
  std::fprintf(stderr, "sizeof: LiveSession %zu, Session %zu\n", sizeof(http::LiveSession),
               sizeof(http::Session));
  CHECK(sizeof(http::LiveSession) <= 384);
  ServerSetup setup = live_setup();
  setup.options.threads = 3;
  RunningServer s(setup);
  std::vector<std::unique_ptr<LiveClient>> clients;
  for (int i = 0; i < 1000; ++i) clients.push_back(std::make_unique<LiveClient>(s.url, path));
  for (auto& client : clients) {
    REQUIRE(client->open());
    REQUIRE(client->text() == "hello ");
  }
  CHECK(s.live_log.open_count() == 1000);
  CHECK(s.live_log.threads().size() == 3);
  for (int round = 1; round <= 3; ++round) {
    s.publish("topic", static_cast<std::uint64_t>(round), std::to_string(round));
    const std::string expected = R"({"type":"changed","data":)" + std::to_string(round) + "}";
    for (auto& client : clients) REQUIRE(client->text() == expected);
  }
  clients.clear();
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.server->audience().topics() == 0);
}

TEST_CASE("a thousand joins and leaves of one socket are all answered in their order") {
  RunningServer s(live_setup());
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  for (int i = 0; i < 1000; ++i) {
    const std::string topic = "t" + std::to_string(i);
    client.send_text("join " + topic);
    client.send_text("leave " + topic);
  }
  for (int i = 0; i < 1000; ++i) {
    const std::string topic = "t" + std::to_string(i);
    REQUIRE(client.text() == "joined " + topic);
    REQUIRE(client.text() == "left " + topic);
  }
  CHECK(s.server->audience().topics() == 1);
}

}  // namespace
}  // namespace daybook::test
