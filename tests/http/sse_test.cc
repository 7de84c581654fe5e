// Event streams of live paths: head, states, heartbeats, the end.
#include "live_client.h"
#include "running_server.h"

namespace daybook::test {
namespace {

using std::chrono::seconds;

constexpr std::string_view path = "/front/topic/live";

ServerSetup live_setup() {
  ServerSetup setup;
  setup.live = true;
  return setup;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string stream_request(std::string_view target = path, const Headers& more = {}) {
  Headers headers{{"Accept", "text/event-stream"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return request_bytes("GET", target, {}, headers);
}

// Reads until `part` was seen.
std::string read_until(RawSocket& socket, std::string_view part) {
  std::string all;
  CHECK(wait_until([&] { return contains(all += socket.read_some(4096), part); }, seconds(10)));
  return all;
}

TEST_CASE("an event stream begins with its head and carries each state as an event") {
  RunningServer s(live_setup());
  RawSocket socket(s.url);
  socket.send(stream_request(path, {{"Origin", "https://quiz.example"}}));
  const std::string head = read_until(socket, "\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(contains(head, "\r\nContent-Type: text/event-stream; charset=utf-8\r\n"));
  CHECK(contains(head, "\r\nCache-Control: no-store\r\n"));
  CHECK(contains(head, "\r\nTransfer-Encoding: chunked\r\n"));
  CHECK(contains(head, "\r\nAccess-Control-Allow-Origin: *\r\n"));
  s.publish("topic", 1, "{\"n\":\n1}");
  CHECK(read_until(socket, "\n\n\r\n") == "1f\r\nevent: changed\ndata: {\"n\": 1}\n\n\r\n");
  s.publish("other", 1, "{}");
  s.publish("topic", 2, "2");
  CHECK(contains(read_until(socket, "\n\n\r\n"), "data: 2\n"));
  CHECK(contains(s.metrics.render(), "daybook_live_event_streams 1\n"));
}

TEST_CASE("accepting other things as well is accepting an event stream") {
  RunningServer s(live_setup());
  for (const auto& accept : {"text/html, text/event-stream;q=0.9", "TEXT/EVENT-STREAM"}) {
    RawSocket socket(s.url);
    socket.send(request_bytes("GET", path, {}, {{"Accept", accept}, {"Connection", "close"}}));
    CHECK(contains(read_until(socket, "\r\n\r\n"), "text/event-stream"));
  }
}

TEST_CASE("what is no event stream is refused in words") {
  RunningServer s(live_setup());
  auto client = s.client();
  CHECK(client.get(path)->status == 426);
  CHECK(client.get(path, {{"Accept", "application/json"}})->status == 426);
  CHECK(client.get("/front/nothing/live", {{"Accept", "text/event-stream"}})->status == 404);
  CHECK(client.call("POST", path, "{}")->status == 405);
  client.close();
  REQUIRE(client.connect());
  REQUIRE(
      client.send("GET " + std::string(path) + " HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n"));
  CHECK(client.receive()->status == 400);
}

TEST_CASE("comments keep a quiet stream alive") {
  ServerSetup setup = live_setup();
  setup.options.limits.idle_timeout_ms = 400;
  setup.options.live.heartbeat_ms = 200;
  RunningServer s(setup);
  RawSocket socket(s.url);
  socket.send(stream_request());
  read_until(socket, "\r\n\r\n");
  std::string all;
  CHECK(wait_until(
      [&] {
        all += socket.read_some(4096);
        return contains(all, "3\r\n:\n\n\r\n3\r\n:\n\n\r\n3\r\n:\n\n\r\n");
      },
      seconds(10)));
}

TEST_CASE("a client that shuts its side gets the last chunk and the end") {
  RunningServer s(live_setup());
  RawSocket socket(s.url);
  socket.send(stream_request());
  read_until(socket, "\r\n\r\n");
  socket.shut_send();
  CHECK(socket.read_all() == "0\r\n\r\n");
  CHECK(!socket.failed());
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.live_log.reasons() == std::vector<std::string>{"the client closed"});
}

TEST_CASE("a drain ends event streams with the reason and the last chunk") {
  RunningServer s(live_setup());
  RawSocket socket(s.url);
  socket.send(stream_request());
  read_until(socket, "\r\n\r\n");
  s.server->begin_drain();
  CHECK(socket.read_all() == "1a\r\n: the server is stopping\n\n\r\n0\r\n\r\n");
  const auto start = std::chrono::steady_clock::now();
  s.stop();
  CHECK(std::chrono::steady_clock::now() - start < seconds(2));  // the grace
}

TEST_CASE("what the client of a stream says is not looked at, however much it is") {
  RunningServer s(live_setup());
  RawSocket socket(s.url);
  socket.send(stream_request());
  read_until(socket, "\r\n\r\n");
  const std::string noise(1 << 20, 'n');
  for (int i = 0; i < 8; ++i) socket.send(noise);
  s.publish("topic", 1, "1");
  CHECK(contains(read_until(socket, "\n\n\r\n"), "data: 1\n"));
}

TEST_CASE("what stands behind the request of a stream is not looked at either") {
  RunningServer s(live_setup());
  std::string frames;
  websocket::append_client_frame(frames, websocket::Opcode::ping, "p", 1);
  websocket::append_client_frame(frames, websocket::Opcode::text, "echo frames", 2);
  for (const std::string& behind : {frames, request_bytes("GET", "/healthz")}) {
    RawSocket socket(s.url);
    socket.send(stream_request() + behind);
    read_until(socket, "\r\n\r\n");
    CHECK(wait_until([&] { return s.server->audience().has("topic"); }, seconds(10)));
    s.publish("topic", 1, "1");
    CHECK(read_until(socket, "\n\n\r\n") == "18\r\nevent: changed\ndata: 1\n\n\r\n");
  }
}

}  // namespace
}  // namespace daybook::test
