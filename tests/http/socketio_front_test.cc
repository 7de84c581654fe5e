// Socket.IO through the front: polls that wait, messages posted, WebSockets, upgrades, sessions of
// other io threads. The protocol itself is tested in tests/socketio.
#include "live_client.h"
#include "running_server.h"

namespace daybook::test {
namespace {

using std::chrono::seconds;
using Step = LiveClient::Step;

const std::string handshake_target = "/socket.io/?EIO=4&transport=polling";

ServerSetup live_setup(unsigned threads = 1) {
  ServerSetup setup;
  setup.live = true;
  setup.options.threads = threads;
  return setup;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string sid_in(std::string_view packet) {
  const std::size_t at = packet.find("\"sid\":\"");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = packet.substr(at + 7);
  return std::string(rest.substr(0, rest.find('"')));
}

// A polling client; `fresh`: each request over a connection of its own.
class Poller {
 public:
  explicit Poller(const RunningServer& server, bool fresh = false)
      : server_(server), fresh_(fresh), client_(server.client()) {}

  // Engine.IO's handshake and the namespace's.
  bool open() {
    sid = sid_in(get());
    return !sid.empty() && post("40") == "ok" && get().starts_with("40{");
  }
  [[nodiscard]] std::string target() const {
    return sid.empty() ? handshake_target : handshake_target + "&sid=" + sid;
  }
  std::string get() { return call("GET", {}); }
  std::string post(std::string_view body) { return call("POST", body); }
  // Sends a poll over a connection of its own, its answer to be received.
  HttpClient poll() const {
    HttpClient client = server_.client();
    REQUIRE(client.connect());
    REQUIRE(client.send(request_bytes("GET", target())));
    return client;
  }

  std::string sid;

 private:
  std::string call(std::string_view method, std::string_view body) {
    if (fresh_) client_.emplace(server_.client());
    Headers headers;
    if (method == "POST") headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    const auto answer = client_->call(method, target(), body, headers);
    return answer && answer->status == 200 ? answer->body : std::string();
  }

  const RunningServer& server_;
  const bool fresh_;
  std::optional<HttpClient> client_;
};

TEST_CASE("a polling client shakes hands, asks and hears") {
  RunningServer s(live_setup());
  Poller poller(s);
  REQUIRE(poller.open());
  CHECK(poller.post(R"(421["echo","a",{"b":1}])") == "ok");
  CHECK(poller.get() == R"(431["a",{"b":1}])");
  CHECK(poller.post(R"(42["echo","again"])") == "ok");
  CHECK(poller.get() == R"(42["echo","again"])");
}

TEST_CASE("both forms of the path are served, and nothing else below it") {
  RunningServer s(live_setup());
  auto client = s.client();
  for (const auto& target :
       {"/socket.io?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=polling"})
    CHECK(!sid_in(client.get(target)->body).empty());
  CHECK(client.get("/socket.io/socket.io.js")->status == 404);
  const auto put = client.call("PUT", "/socket.io/?EIO=4&transport=polling", "{}");
  REQUIRE(put);
  CHECK(put->status == 400);
  CHECK(put->body == R"({"code":2,"message":"Bad handshake method"})");
}

TEST_CASE("answers to polls may be read by other origins and are never kept") {
  RunningServer s(live_setup());
  Poller poller(s);
  REQUIRE(poller.open());
  auto client = s.client();
  REQUIRE(client.connect());
  const Headers origin{{"Origin", "https://quiz.example"}};
  REQUIRE(client.send(request_bytes("GET", poller.target(), {}, origin)));
  CHECK(poller.post(R"(42["echo",1])") == "ok");
  const auto late = client.receive();
  REQUIRE(late);
  CHECK(late->body == R"(42["echo",1])");
  CHECK(late->header("access-control-allow-origin") == "*");
  CHECK(late->header("cache-control") == "no-store");
  CHECK(late->header("content-type") == "text/plain; charset=UTF-8");
  const auto unknown = client.get(handshake_target + "&sid=nobody", origin);
  REQUIRE(unknown);
  CHECK(unknown->status == 400);
  CHECK(unknown->body == R"({"code":1,"message":"Session ID unknown"})");
  CHECK(unknown->header("access-control-allow-origin") == "*");
  CHECK(unknown->header("cache-control") == "no-store");
  const auto preflight =
      client.call("OPTIONS", "/socket.io/", {},
                  {{"Origin", "https://quiz.example"}, {"Access-Control-Request-Method", "POST"}});
  REQUIRE(preflight);
  CHECK(preflight->status == 204);
  CHECK(contains(preflight->header("access-control-allow-methods"), "POST"));
}

TEST_CASE("a poll waits as long as nothing is said, and other requests go on meanwhile") {
  RunningServer s(live_setup());
  Poller poller(s);
  REQUIRE(poller.open());
  CHECK(poller.post(R"(420["join","news"])") == "ok");
  CHECK(poller.get() == R"(430["joined"])");
  auto waiting = poller.poll();
  auto other = s.client();
  for (int i = 0; i < 20; ++i) CHECK(other.get("/healthz")->body == "OK");
  s.publish("news", 1, R"({"n":1})");
  CHECK(waiting.receive()->body == R"(42["changed",{"n":1}])");
  CHECK(waiting.get("/healthz")->body == "OK");
}

TEST_CASE("an acknowledgement of a command waits for the disk") {
  RunningServer s(live_setup());
  Poller poller(s);
  REQUIRE(poller.open());
  s.log->append_gate.shut();
  CHECK(poller.post(R"(427["write","ada"])") == "ok");
  auto waiting = poller.poll();
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  s.log->append_gate.open();
  CHECK(waiting.receive()->body == "437[1]");
  CHECK(s.sequencer->stats().events == 1);
}

TEST_CASE("two polls at once end the session, and neither is left hanging") {
  RunningServer s(live_setup());
  Poller poller(s);
  REQUIRE(poller.open());
  auto first = poller.poll();
  auto second = poller.poll();
  const auto one = first.receive();
  const auto other = second.receive();
  REQUIRE(one);
  REQUIRE(other);
  CHECK((one->status == 400 || other->status == 400));
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.client().get(poller.target())->status == 400);
}

TEST_CASE("a client that goes away while its poll waits ends its session") {
  for (const bool reset : {false, true}) {
    RunningServer s(live_setup());
    Poller poller(s);
    REQUIRE(poller.open());
    {
      RawSocket waiting(s.url);
      if (reset) waiting.reset_at_end();
      waiting.send(request_bytes("GET", poller.target()));
      CHECK(s.client().get("/healthz")->body == "OK");
    }
    CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
    CHECK(s.live_log.reasons().size() == 1);
  }
}

TEST_CASE("a payload over the limit is 413 whatever its type, and the session lives on") {
  ServerSetup setup = live_setup();
  setup.options.live.engine.payload_bytes_max = 20'000;
  RunningServer s(setup);
  Poller poller(s);
  REQUIRE(poller.open());
  auto client = s.client();
  const std::string big = "42[\"echo\",\"" + std::string(20'000, 'x') + "\"]";
  CHECK(client.call("POST", poller.target(), big)->status == 413);
  client.close();
  for (const auto& type : {"text/plain", "application/octet-stream", "application/x-odd"}) {
    const auto taken =
        client.call("POST", poller.target(), R"(42["echo",1])", {{"Content-Type", type}});
    REQUIRE(taken);
    INFO(type << ": " << taken->body);
    CHECK((taken->status == 200 || taken->status == 400));
  }
  Poller next(s);
  REQUIRE(next.open());
  auto chunked = s.client();
  REQUIRE(chunked.connect());
  REQUIRE(chunked.send("POST " + next.target() +
                       " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                       "7\r\n42[\"ech\r\n5\r\no\",2]\r\n0\r\n\r\n"));
  CHECK(chunked.receive()->body == "ok");
  CHECK(next.get() == R"(42["echo",2])");
}

TEST_CASE("a client opens over a WebSocket at once") {
  RunningServer s(live_setup());
  LiveClient client(s.url, "/socket.io/?EIO=4&transport=websocket");
  REQUIRE(client.open());
  CHECK(client.text().starts_with("0{\"sid\""));
  client.send_text("40");
  CHECK(client.text().starts_with("40{\"sid\""));
  CHECK(client.ask(R"(425["echo",[1,2]])") == "435[[1,2]]");
  CHECK(client.ask(R"(420["join","news"])") == R"(430["joined"])");
  s.publish("news", 1, "{}");
  CHECK(client.text() == R"(42["changed",{}])");
  client.send_text(R"(451-6["echo",{"_placeholder":true,"num":0}])");
  client.send_frame(websocket::Opcode::binary, std::string("\0\1\2", 3));
  CHECK(client.text() == R"(461-6[{"_placeholder":true,"num":0}])");
  const auto binary = client.receive();
  REQUIRE(binary);
  CHECK((binary->step == Step::binary && binary->payload == std::string("\0\1\2", 3)));
}

// Takes the polling client's session over to a WebSocket.
void upgrade(Poller& poller, LiveClient& socket) {
  auto waiting = poller.poll();
  REQUIRE(socket.open());
  CHECK(socket.ask("2probe") == "3probe");
  CHECK(waiting.receive()->body == "6");
  socket.send_text("5");
  CHECK(socket.ask(R"(429["echo","over"])") == R"(439["over"])");
}

std::string socket_target(const std::string& sid) {
  return "/socket.io/?EIO=4&transport=websocket&sid=" + sid;
}

TEST_CASE("a polling client goes over to a WebSocket") {
  RunningServer s(live_setup());
  Poller poller(s);
  REQUIRE(poller.open());
  LiveClient socket(s.url, socket_target(poller.sid));
  upgrade(poller, socket);
  CHECK(s.client().get(poller.target())->status == 400);
}

TEST_CASE("a WebSocket for no session is refused before it is one") {
  RunningServer s(live_setup());
  for (const auto& target :
       {socket_target("nobody"), std::string("/socket.io/?EIO=4&transport=polling"),
        std::string("/socket.io/?EIO=3&transport=websocket")}) {
    LiveClient socket(s.url, target);
    CHECK(socket.read_head().starts_with("HTTP/1.1 400 "));
  }
  LiveClient bad(s.url, "/socket.io/?EIO=4&transport=websocket", {{"Sec-WebSocket-Key", "x"}});
  CHECK(bad.read_head().starts_with("HTTP/1.1 400 "));
}

TEST_CASE("a WebSocket from an origin that is not on the list is refused") {
  ServerSetup setup = live_setup();
  setup.options.cors_origins = {"https://quiz.example"};
  RunningServer s(setup);
  const std::string target = "/socket.io/?EIO=4&transport=websocket";
  LiveClient bad(s.url, target, {{"Origin", "https://elsewhere.example"}});
  CHECK(bad.read_head().starts_with("HTTP/1.1 403 "));
  LiveClient good(s.url, target, {{"Origin", "https://quiz.example"}});
  CHECK(good.open());
}

// --- more than one io thread

TEST_CASE("requests and upgrades find their session whichever io thread they come to") {
  RunningServer s(live_setup(3));
  std::set<unsigned> homes;
  for (int i = 0; i < 40; ++i) {
    Poller poller(s, true);
    REQUIRE(poller.open());
    homes.insert(socketio::home_of(poller.sid).value());
    CHECK(poller.post(R"(421["echo",)" + std::to_string(i) + "]") == "ok");
    CHECK(poller.get() == "431[" + std::to_string(i) + "]");
    LiveClient socket(s.url, socket_target(poller.sid));
    upgrade(poller, socket);
  }
  CHECK(homes.size() == 3);
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
}

TEST_CASE(
    "a connection may name sessions of several io threads, one after the other and pipelined") {
  RunningServer s(live_setup(3));
  std::vector<std::unique_ptr<Poller>> pollers(3);
  for (int i = 0; i < 200; ++i) {
    auto poller = std::make_unique<Poller>(s, true);
    REQUIRE(poller->open());
    pollers[socketio::home_of(poller->sid).value()] = std::move(poller);
    if (std::all_of(pollers.begin(), pollers.end(), [](auto& p) { return p != nullptr; })) break;
  }
  auto client = s.client();
  REQUIRE(client.connect());
  std::string all;
  for (int round = 0; round < 5; ++round) {
    for (auto& poller : pollers) {
      REQUIRE(poller != nullptr);
      all += request_bytes("POST", poller->target(), R"(42["echo",)" + std::to_string(round) + "]",
                           {{"Content-Type", "text/plain"}});
      all += request_bytes("GET", "/healthz");
      all += request_bytes("GET", poller->target());
    }
  }
  REQUIRE(client.send(all));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < pollers.size(); ++i) {
      CHECK(client.receive()->body == "ok");
      CHECK(client.receive()->body == "OK");
      CHECK(client.receive()->body == R"(42["echo",)" + std::to_string(round) + "]");
    }
  }
}

TEST_CASE("a body that has only begun comes along to the session's io thread") {
  RunningServer s(live_setup(3));
  for (int i = 0; i < 12; ++i) {
    Poller poller(s, true);
    REQUIRE(poller.open());
    const std::string text(30'000, 'z');
    const std::string bytes =
        request_bytes("POST", poller.target(), R"(423["echo",")" + text + "\"]",
                      {{"Content-Type", "text/plain"}});
    auto client = s.client();
    REQUIRE(client.connect());
    const std::size_t cut = bytes.find("\r\n\r\n") + 4 + static_cast<std::size_t>(i) * 1000;
    REQUIRE(client.send(bytes.substr(0, cut)));
    CHECK(s.client().get("/healthz")->body == "OK");
    REQUIRE(client.send(bytes.substr(cut)));
    CHECK(client.receive()->body == "ok");
    CHECK(poller.get() == "433[\"" + text + "\"]");
  }
}

// --- the end

TEST_CASE("a drain answers waiting polls, closes sockets and opens no session") {
  RunningServer s(live_setup(2));
  Poller poller(s);
  REQUIRE(poller.open());
  auto waiting = poller.poll();
  LiveClient socket(s.url, "/socket.io/?EIO=4&transport=websocket");
  REQUIRE(socket.open());
  CHECK(socket.text().starts_with("0{"));
  auto late = s.client();
  REQUIRE(late.get("/healthz"));
  s.server->begin_drain();
  const auto answer = waiting.receive();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(socket.wait_for_close());
  REQUIRE(late.send(request_bytes("GET", handshake_target)));
  CHECK(late.receive()->status == 503);
  const auto start = std::chrono::steady_clock::now();
  s.stop();
  CHECK(std::chrono::steady_clock::now() - start < seconds(2));
  CHECK(s.live_log.open_count() == 0);
}

TEST_CASE("without an app there is no Socket.IO and no live path") {
  RunningServer s;
  auto client = s.client();
  CHECK(client.get(handshake_target)->status == 404);
  CHECK(client.get("/front/topic/live", {{"Accept", "text/event-stream"}})->status == 404);
  ServerSetup setup = live_setup();
  setup.options.live.socketio = false;
  RunningServer without(setup);
  CHECK(without.client().get(handshake_target)->status == 404);
}

}  // namespace
}  // namespace daybook::test
