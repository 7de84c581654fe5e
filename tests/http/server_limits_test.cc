// Limits, deadlines, overload and the end, over real sockets; and POST /events.
#include "http/events_route.h"
#include "running_server.h"
#include "support/gzip.h"

#include <thread>

namespace daybook::test {
namespace {

using std::chrono::milliseconds;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ServerSetup short_deadlines() {
  ServerSetup setup;
  setup.options.limits.header_timeout_ms = 200;
  setup.options.limits.body_timeout_ms = 200;
  setup.options.limits.idle_timeout_ms = 600;
  return setup;
}

TEST_CASE("a client that drips its header or body is told 408 and closed while others are served") {
  RunningServer s(short_deadlines());
  const std::string bytes = json_request_bytes("POST", "/guestbook", RunningServer::entry("drip"));
  for (const std::size_t at_once : {std::size_t{5}, bytes.find("\r\n\r\n") + 4}) {
    auto slow = s.client();
    auto brisk = s.client();
    REQUIRE(slow.connect());
    REQUIRE(slow.send(bytes.substr(0, at_once)));
    bool closed = false;
    std::thread dripping([&] {
      // A byte now and then, far less often than would finish in time.
      for (std::size_t i = at_once; i < at_once + 8 && slow.send({bytes.data() + i, 1}); ++i)
        std::this_thread::sleep_for(milliseconds(60));
      const auto answer = slow.receive();
      closed = answer && answer->status == 408 && answer->header("connection") == "close" &&
               slow.wait_for_close();
    });
    for (int i = 0; i < 50; ++i) CHECK(brisk.get("/healthz")->body == "OK");
    dripping.join();
    CHECK(closed);
    // A fresh one: under load the wait above can outlast the brisk client's own idle time.
    auto after = s.client();
    CHECK(after.get("/healthz")->body == "OK");
  }
  CHECK(s.sequencer->stats().events == 0);
}

TEST_CASE("an idle connection is closed after idle_timeout and not before") {
  RunningServer s(short_deadlines());
  auto client = s.client();
  REQUIRE(client.get("/healthz"));
  const auto start = std::chrono::steady_clock::now();
  CHECK(client.wait_for_close());
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(took >= milliseconds(550));
  CHECK(took < milliseconds(5000));
}

TEST_CASE("a connection that waits for its answer is not idle") {
  RunningServer s(short_deadlines());
  s.log->append_gate.shut();
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send(json_request_bytes("POST", "/guestbook", RunningServer::entry("waits"))));
  auto idle = s.client();
  REQUIRE(idle.get("/healthz"));
  CHECK(idle.wait_for_close());  // so the idle time has passed
  s.log->append_gate.open();
  CHECK(client.receive()->body == R"({"signed":"waits"})");
}

// Makes an answer of GET /guestbook about 30 kB.
void fill_book(HttpClient& writer) {
  for (int i = 0; i < 100; ++i) {
    const auto stored =
        writer.post_json("/guestbook", R"({"name":"n)" + std::to_string(i) + R"(","text":")" +
                                           std::string(250, 't') + "\"}");
    REQUIRE(stored);
    REQUIRE(stored->status == 200);
  }
}

constexpr std::uint64_t deaf_requests = 2000;  // 60 MB of answers, far more than sockets hold

void ask_and_not_read(HttpClient& deaf) {
  REQUIRE(deaf.connect());
  std::string bytes;
  for (std::uint64_t i = 0; i < deaf_requests; ++i) bytes += request_bytes("GET", "/guestbook");
  deaf.send(bytes);
}

// How many GET /guestbook were answered, from the metrics' text.
std::uint64_t answered_gets(const std::string& metrics) {
  const std::string row = "daybook_http_requests_total{method=\"GET\",route=\"/guestbook\"";
  const auto at = metrics.find(row);
  if (at == std::string::npos) return 0;
  return std::stoull(metrics.substr(metrics.find("} ", at) + 2));
}

TEST_CASE(
    "a client that does not read gets no more answers made than buffers hold, and is closed") {
  ServerSetup setup = short_deadlines();
  RunningServer s(setup);
  auto writer = s.client();
  fill_book(writer);
  auto deaf = s.client();
  ask_and_not_read(deaf);
  REQUIRE(wait_until(
      [&] { return contains(writer.get("/metrics")->body, "daybook_http_connections 1\n"); },
      std::chrono::seconds(20)));
  const std::uint64_t answered = answered_gets(writer.get("/metrics")->body);
  CHECK(answered > 0);
  CHECK(answered < deaf_requests / 2);
}

TEST_CASE("over connections_max a connection is told 503 and closed, and room is found again") {
  ServerSetup setup;
  setup.options.limits.connections_max = 2;
  RunningServer s(setup);
  auto first = s.client();
  {
    auto second = s.client();
    REQUIRE(first.get("/healthz"));
    REQUIRE(second.get("/healthz"));
    auto third = s.client();
    REQUIRE(third.connect());
    const auto refused = third.receive();
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(refused->header("retry-after") == "1");
    CHECK(refused->header("content-type") == "application/problem+json");
    CHECK(third.wait_for_close());
    CHECK(contains(first.get("/metrics")->body, "daybook_http_connections_refused_total 1"));
  }
  REQUIRE(wait_until(
      [&] {
        auto fourth = s.client();
        const auto answer = fourth.get("/healthz");
        return answer && answer->status == 200;
      },
      std::chrono::seconds(10)));
}

TEST_CASE("a full queue answers 503 with Retry-After at once, and what was accepted is kept") {
  ServerSetup setup;
  setup.sequencer.queue_commands_max = 2;
  setup.sequencer.group_commands_max = 1;
  RunningServer s(setup);
  s.log->append_gate.shut();
  std::vector<HttpClient> clients;
  const auto send = [&](int i) {
    clients.push_back(s.client());
    REQUIRE(clients.back().connect());
    REQUIRE(clients.back().send(
        json_request_bytes("POST", "/guestbook", RunningServer::entry("n" + std::to_string(i)))));
  };
  send(0);
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));  // the sequencer holds the first
  for (int i = 1; i <= 2; ++i) {
    send(i);
    REQUIRE(wait_until([&] { return s.sequencer->queue_commands() == static_cast<std::size_t>(i); },
                       std::chrono::seconds(10)));
  }
  send(3);
  const auto refused = clients[3].receive();
  REQUIRE(refused);
  CHECK(refused->status == 503);
  CHECK(refused->header("retry-after") == "1");
  s.log->append_gate.open();
  for (int i = 0; i < 3; ++i) CHECK(clients[static_cast<std::size_t>(i)].receive()->status == 200);
  CHECK(clients[3].post_json("/guestbook", RunningServer::entry("n3"))->status == 200);
}

TEST_CASE("a full worker queue answers 503") {
  ServerSetup setup;
  setup.options.limits.worker_queue_max = 1;
  RunningServer s(setup);
  s.log->scan_gate.shut();
  auto running = s.client(), waiting = s.client(), refused = s.client();
  const std::string scan = request_bytes("GET", "/guestbook/a/history");
  REQUIRE((running.connect() && running.send(scan)));
  REQUIRE(s.log->scan_gate.wait_for_arrivals(1));
  REQUIRE((waiting.connect() && waiting.send(scan)));
  REQUIRE(wait_until(
      [&] { return contains(refused.get("/metrics")->body, "daybook_http_worker_queue_jobs 1\n"); },
      std::chrono::seconds(10)));
  CHECK(refused.get("/guestbook/a/history")->status == 503);
  s.log->scan_gate.open();
  CHECK(running.receive()->status == 200);
  CHECK(waiting.receive()->status == 200);
}

TEST_CASE("after a failed append writes are refused, reads go on and readyz says no") {
  RunningServer s;
  s.log->disk_fails = true;
  auto client = s.client();
  CHECK(client.post_json("/guestbook", RunningServer::entry("a"))->status == 503);
  CHECK(client.post_json("/guestbook", RunningServer::entry("b"))->status == 503);
  CHECK(client.get("/guestbook")->body == "[]");
  CHECK(client.get("/readyz")->status == 503);
  CHECK(contains(client.get("/readyz?verbose")->body, "[-] log failed"));
  CHECK(client.get("/livez")->status == 200);
}

TEST_CASE(
    "draining answers what was accepted, says close, is not ready and takes no new connection") {
  RunningServer s;
  s.log->append_gate.shut();
  auto client = s.client(), watcher = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send(json_request_bytes("POST", "/guestbook", RunningServer::entry("last"))));
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  REQUIRE(watcher.get("/readyz")->status == 200);
  s.server->begin_drain();
  const auto ready = watcher.get("/readyz");
  REQUIRE(ready);
  CHECK(ready->status == 503);
  CHECK(ready->header("connection") == "close");
  REQUIRE(wait_until([&] { return !s.client().connect(); }, std::chrono::seconds(10)));
  s.log->append_gate.open();
  s.stop();
  const auto answer = client.receive();
  REQUIRE(answer);
  CHECK(answer->body == R"({"signed":"last"})");
  CHECK(answer->header("connection") == "close");
  CHECK(client.wait_for_close());
}

TEST_CASE("stop ends within its grace although a client reads nothing and one is half way") {
  RunningServer s;
  auto writer = s.client();
  fill_book(writer);
  auto deaf = s.client();
  ask_and_not_read(deaf);
  REQUIRE(wait_until([&] { return answered_gets(writer.get("/metrics")->body) > 0; },
                     std::chrono::seconds(20)));
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send("POST /guestbook HTTP/1.1\r\nHost: a\r\nContent-Len"));
  auto idle = s.client();
  REQUIRE(idle.get("/healthz"));
  const auto start = std::chrono::steady_clock::now();
  s.stop();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(idle.wait_for_close());
}

TEST_CASE("several threads share a port and every connection is served") {
  ServerSetup setup;
  setup.options.threads = 3;
  RunningServer s(setup);
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    clients.emplace_back([&, t] {
      auto client = s.client();
      for (int i = 0; i < 100; ++i) {
        const auto answer = client.post_json(
            "/guestbook", RunningServer::entry(std::to_string(t) + "-" + std::to_string(i)));
        if (answer && answer->status == 200) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  CHECK(good == 800);
  CHECK(s.sequencer->visible().value == 800);
}

// --- POST /events

const Headers ndjson{{"Content-Type", "application/x-ndjson"}};

std::string line(const std::string& name, const std::string& more = {}) {
  return R"({"topic":"guestbook","data":)" + RunningServer::entry(name) + more + "}\n";
}

std::vector<std::string> lines_of(const std::string& body) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find('\n', at);
    lines.push_back(body.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST_CASE("each line of POST /events is answered in order and a bad line hurts no other") {
  RunningServer s;
  auto client = s.client();
  const std::string body = line("a") + "not json\n\n" + line("a") +
                           R"({"topic":"nothing","data":{}})"
                           "\n" +
                           R"({"topic":"guestbook","data":{"name":"x"}})"
                           "\n[1]\n" +
                           R"({"topic":"guestbook"})"
                           "\n" +
                           line("k", R"(,"idempotencyKey":"key one")") + line("b");
  const auto answer = client.call("POST", "/events", body.substr(0, body.size() - 1), ndjson);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->header("content-type") == "application/x-ndjson");
  const auto lines = lines_of(answer->body);
  REQUIRE(lines.size() == 9);
  CHECK(contains(lines[0], R"({"line":1,"status":200,"receipt":"1-)"));
  CHECK(contains(lines[0], R"(,"body":{"signed":"a"}})"));
  CHECK(contains(lines[1], R"({"line":2,"status":400,"message":")"));
  CHECK(lines[2] == R"({"line":4,"status":409,"message":"already signed"})");
  CHECK(contains(lines[3], R"({"line":5,"status":422,"message":"topic)"));
  CHECK(contains(lines[4], R"("errors":[{"field":"text")"));
  CHECK(contains(lines[5], R"({"line":7,"status":422)"));
  CHECK(contains(lines[6], R"("field":"data")"));
  CHECK(contains(lines[7], R"("field":"idempotencyKey")"));
  CHECK(contains(lines[8], R"({"line":10,"status":200,"receipt":"2-)"));
  CHECK(s.sequencer->stats().events == 2);
}

TEST_CASE("a line with an idempotency key sent again is the first answer again") {
  RunningServer s;
  auto client = s.client();
  const std::string keyed = line("a", R"(,"idempotencyKey":"k1")");
  const auto first = client.call("POST", "/events", keyed, ndjson);
  // Other spacing is the same data.
  const auto again = client.call(
      "POST", "/events",
      R"({"idempotencyKey":"k1","data":{ "name":"a", "text":"hello"},"topic":"guestbook"})",
      ndjson);
  REQUIRE(first);
  REQUIRE(again);
  CHECK(contains(again->body, R"("replayed":true)"));
  CHECK(first->body.substr(0, 50) == again->body.substr(0, 50));
  CHECK(s.sequencer->stats().events == 1);
  CHECK(
      contains(client.call("POST", "/events", line("b", R"(,"idempotencyKey":"k1")"), ndjson)->body,
               R"("status":422)"));
}

TEST_CASE("POST /events takes gzip, large bodies and refuses what is over its limits") {
  ServerSetup setup;
  setup.options.limits.events_body_bytes_max = 1u << 20;
  RunningServer s(setup);
  auto client = s.client();
  std::string body;
  for (int i = 0; i < 5000; ++i) body += line("n" + std::to_string(i));
  Headers gzipped = ndjson;
  gzipped.emplace_back("Content-Encoding", "gzip");
  const auto answer = client.call("POST", "/events", test::gzip(body), gzipped);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(lines_of(answer->body).size() == 5000);
  CHECK(s.sequencer->stats().events == 5000);
  const auto again = client.call("POST", "/events", body, ndjson);  // in the plain, many reads
  REQUIRE(again);
  CHECK(lines_of(again->body).size() == 5000);
  CHECK(contains(again->body, R"({"line":5000,"status":409)"));
  CHECK(client.call("POST", "/events", test::gzip(std::string(2u << 20, '\n')), gzipped)->status ==
        413);
  CHECK(client.call("POST", "/events", "plain", gzipped)->status == 400);
  CHECK(client.call("POST", "/events", "\n\n", ndjson)->status == 400);
  CHECK(client.call("POST", "/events", line("z"), {{"Content-Type", "text/plain"}})->status == 415);
  Headers brotli = ndjson;
  brotli.emplace_back("Content-Encoding", "br");
  CHECK(client.call("POST", "/events", line("z"), brotli)->status == 415);
  Headers keyed = ndjson;
  keyed.emplace_back("Idempotency-Key", "k");
  CHECK(client.call("POST", "/events", line("z"), keyed)->status == 400);
}

TEST_CASE("lines behind events_field_errors_max broken rules are refused without a list of them") {
  RunningServer s;
  auto client = s.client();
  constexpr std::size_t rules = 2;  // broken by each line: no name, no text
  constexpr std::size_t listed = http::events_field_errors_max / rules;
  std::string body;
  for (std::size_t i = 0; i < listed + 10; ++i)
    body += R"({"topic":"guestbook","data":{}})"
            "\n";
  const auto answer = client.call("POST", "/events", body, ndjson);
  REQUIRE(answer);
  const auto lines = lines_of(answer->body);
  REQUIRE(lines.size() == listed + 10);
  CHECK(contains(lines[listed - 1], R"("errors":[{)"));
  for (std::size_t i = listed; i < lines.size(); ++i) {
    CHECK_FALSE(contains(lines[i], "errors"));
    CHECK(contains(lines[i], R"("status":422,"message":")"));
  }
}

TEST_CASE("more lines than events_lines_max are refused as a whole") {
  RunningServer s;
  auto client = s.client();
  std::string body;
  for (int i = 0; i < 100'001; ++i) body += "1\n";
  const auto answer = client.call("POST", "/events", body, ndjson);
  REQUIRE(answer);
  CHECK(answer->status == 413);
  CHECK(s.sequencer->stats().events == 0);
}

}  // namespace
}  // namespace daybook::test
