// The front over real sockets: framing, order, methods, status codes.
#include "running_server.h"

#include "base/hex.h"
#include "http/problem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace daybook::test {
namespace {

const Headers json_type{{"Content-Type", "application/json"}};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("a write is answered with its body and a receipt, and is then read back") {
  RunningServer s;
  auto client = s.client();
  const auto answer = client.post_json("/guestbook", RunningServer::entry("ada"));
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == R"({"signed":"ada"})");
  CHECK(answer->header("content-type") == "application/json");
  CHECK(answer->header("daybook-receipt").substr(0, 2) == "1-");
  CHECK(answer->has_header("date"));
  const auto receipt = log::parse_receipt(answer->header("daybook-receipt"));
  REQUIRE(receipt.ok());
  CHECK(to_hex(s.log->group_of(Position{1})->hash).substr(0, 16) == receipt->hash_prefix);
  const auto read = client.get("/guestbook");
  REQUIRE(read);
  CHECK(read->body == R"([{"name":"ada","text":"hello"}])");
  CHECK_FALSE(read->has_header("daybook-receipt"));
  const auto again = client.post_json("/guestbook", RunningServer::entry("ada"));
  REQUIRE(again);
  CHECK(again->status == 409);
  CHECK(again->header("content-type") == "application/problem+json");
  CHECK(contains(again->body, R"("message":"already signed")"));
  CHECK_FALSE(again->has_header("daybook-receipt"));
}

TEST_CASE("pipelined requests of every speed are answered in their order") {
  RunningServer s;
  s.log->scan_gate.shut();
  auto client = s.client();
  std::string bytes;
  for (int i = 0; i < 5; ++i) {
    bytes +=
        json_request_bytes("POST", "/guestbook", RunningServer::entry("n" + std::to_string(i)));
    bytes += request_bytes("GET",
                           "/guestbook/n" + std::to_string(i) + "/history");  // waits for the gate
    bytes += request_bytes("GET", "/healthz");
    bytes += request_bytes("GET", "/nowhere");
  }
  REQUIRE((client.connect() && client.send(bytes)));
  REQUIRE(s.log->scan_gate.wait_for_arrivals(1));
  const auto first = client.receive();
  REQUIRE(first);
  CHECK(first->body == R"({"signed":"n0"})");
  s.log->scan_gate.open();
  for (int i = 0; i < 5; ++i) {
    if (i > 0) CHECK(client.receive()->body == R"({"signed":"n)" + std::to_string(i) + "\"}");
    CHECK(client.receive()->header("content-type") == "application/json");
    CHECK(client.receive()->body == "OK");
    CHECK(client.receive()->status == 404);
  }
}

TEST_CASE("more pipelined requests than pipeline_max are all answered") {
  ServerSetup setup;
  setup.options.limits.pipeline_max = 4;
  RunningServer s(setup);
  auto client = s.client();
  REQUIRE(client.connect());
  constexpr int count = 500;
  std::string bytes;
  for (int i = 0; i < count; ++i)
    bytes +=
        json_request_bytes("POST", "/guestbook", RunningServer::entry("n" + std::to_string(i)));
  std::thread sender([&] { client.send(bytes + request_bytes("GET", "/healthz")); });
  sender.join();
  for (int i = 0; i < count; ++i) {
    const auto answer = client.receive();
    REQUIRE(answer);
    REQUIRE(answer->body == R"({"signed":"n)" + std::to_string(i) + "\"}");
  }
  CHECK(client.receive()->body == "OK");
}

TEST_CASE("a request that comes one byte at a time is one request") {
  RunningServer s;
  auto client = s.client();
  const std::string bytes = json_request_bytes("POST", "/guestbook", RunningServer::entry("slow")) +
                            request_bytes("GET", "/healthz");
  REQUIRE(client.connect());
  for (const char byte : bytes) REQUIRE(client.send({&byte, 1}));
  CHECK(client.receive()->body == R"({"signed":"slow"})");
  CHECK(client.receive()->body == "OK");
}

TEST_CASE("a chunked body is taken, in one piece or byte by byte, and the next request follows") {
  RunningServer s;
  for (const std::string name : {"one", "two"}) {
    auto client = s.client();
    const std::string body = RunningServer::entry(name);
    const std::string bytes =
        "POST /guestbook HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\n" +
        body.substr(0, 5) + "\r\n18\r\n" + body.substr(5) + "\r\n0\r\n\r\n" +
        request_bytes("GET", "/healthz");
    REQUIRE(body.size() == 5 + 0x18);
    REQUIRE(client.connect());
    if (name == "one")
      REQUIRE(client.send(bytes));
    else
      for (const char byte : bytes) REQUIRE(client.send({&byte, 1}));
    CHECK(client.receive()->body == R"({"signed":")" + name + "\"}");
    CHECK(client.receive()->body == "OK");
  }
}

TEST_CASE("HEAD has GET's header and no body, and the connection goes on") {
  RunningServer s;
  auto client = s.client();
  const auto get = client.get("/guestbook");
  REQUIRE(get);
  REQUIRE(client.send(request_bytes("HEAD", "/guestbook")));
  const auto head = client.receive(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->body.empty());
  CHECK(head->header("content-length") == std::to_string(get->body.size()));
  CHECK(head->header("content-type") == get->header("content-type"));
  CHECK(client.get("/healthz")->body == "OK");
}

TEST_CASE("OPTIONS lists the methods and answers a preflight") {
  RunningServer s;
  auto client = s.client();
  const auto plain = client.call("OPTIONS", "/guestbook");
  REQUIRE(plain);
  CHECK(plain->status == 204);
  CHECK(plain->header("allow") == "POST, GET, HEAD, OPTIONS");
  CHECK_FALSE(plain->has_header("access-control-allow-origin"));
  const auto preflight =
      client.call("OPTIONS", "/guestbook", {},
                  {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "POST"}});
  REQUIRE(preflight);
  CHECK(preflight->status == 204);
  CHECK(preflight->header("access-control-allow-origin") == "*");
  CHECK(contains(preflight->header("access-control-allow-methods"), "POST"));
  CHECK(contains(preflight->header("access-control-allow-headers"), "Idempotency-Key"));
  CHECK(preflight->has_header("access-control-max-age"));
  CHECK(client.call("OPTIONS", "/nowhere")->status == 404);
  CHECK(client.call("OPTIONS", "*")->status == 204);
  const auto cross = client.post_json("/guestbook", RunningServer::entry("x"),
                                      {{"Origin", "https://app.example"}});
  REQUIRE(cross);
  CHECK(cross->header("access-control-allow-origin") == "*");
  CHECK(contains(cross->header("access-control-expose-headers"), "Daybook-Receipt"));
}

struct WrongRequest {
  const char* name;
  std::string bytes;
  int status;
  bool closes;
};

std::vector<WrongRequest> wrong_requests() {
  const std::string host = "Host: a\r\n";
  const std::string good = RunningServer::entry("x");
  const auto json = [&](const std::string& body) {
    return json_request_bytes("POST", "/guestbook", body);
  };
  return {
      {"unknown path", request_bytes("GET", "/nowhere"), 404, false},
      {"unknown method", request_bytes("BREW", "/guestbook"), 405, false},
      {"DELETE", request_bytes("DELETE", "/guestbook"), 405, false},
      {"no length", "POST /guestbook HTTP/1.1\r\n" + host + "\r\n", 411, false},
      {"empty body", json(""), 400, false},
      {"broken JSON", json("{"), 400, false},
      {"duplicate keys", json(R"({"name":"a","name":"b","text":"c"})"), 400, false},
      {"bytes after the JSON", json(good + "x"), 400, false},
      {"invalid UTF-8", json("{\"name\":\"\xff\",\"text\":\"c\"}"), 400, false},
      {"an array", json("[1]"), 422, false},
      {"a wrong field", json(R"({"name":1,"text":"c"})"), 422, false},
      {"a depth bomb", json(std::string(1000, '[')), 400, false},
      {"form type",
       request_bytes("POST", "/guestbook", good,
                     {{"Content-Type", "application/x-www-form-urlencoded"}}),
       415, false},
      {"latin-1",
       request_bytes("POST", "/guestbook", good,
                     {{"Content-Type", "application/json; charset=latin1"}}),
       415, false},
      {"gzip where none is taken",
       json_request_bytes("POST", "/guestbook", good, {{"Content-Encoding", "gzip"}}), 415, false},
      {"body one byte too large", json(std::string(2049, ' ')), 413, false},
      {"length too large, no body",
       "POST /guestbook HTTP/1.1\r\n" + host + "Content-Length: 999999999\r\n\r\n", 413, true},
      {"chunks too large",
       "POST /guestbook HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nfff\r\n", 413,
       true},
      {"header too large",
       "GET / HTTP/1.1\r\n" + host + "X: " + std::string(9000, 'x') + "\r\n\r\n", 431, true},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", 505, true},
      {"smuggled length",
       "POST /guestbook HTTP/1.1\r\n" + host +
           "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400, true},
      {"bare LF", "GET / HTTP/1.1\n" + host + "\n", 400, true},
      {"other expectation",
       "POST /guestbook HTTP/1.1\r\n" + host + "Content-Length: 1\r\nExpect: tea\r\n\r\n", 417,
       true},
      {"broken escape", request_bytes("GET", "/guestbook/%zz/history"), 400, false},
      {"NUL in a parameter", request_bytes("GET", "/guestbook/%00/history"), 400, false},
      {"broken query", request_bytes("GET", "/guestbook?a=%C3"), 400, false},
      {"bad idempotency key",
       json_request_bytes("POST", "/guestbook", good, {{"Idempotency-Key", "a b"}}), 400, false},
      {"admin without a key", json_request_bytes("PUT", "/guestbook/x", good), 401, false},
      {"admin with a wrong key",
       json_request_bytes("PUT", "/guestbook/x", good, {{"Authorization", "Bearer no"}}), 401,
       false},
      {"upload that is no form", json_request_bytes("POST", "/upload/image", good), 415, false},
      {"image that is not there", request_bytes("GET", "/images/nothing.png"), 404, false},
      {"fragment", request_bytes("GET", "/guestbook#x"), 400, false},
  };
}

TEST_CASE("every wrong request gets its status as problem+json") {
  ServerSetup setup;
  setup.options.limits.body_bytes_max = 2048;
  RunningServer s(setup);
  for (const WrongRequest& row : wrong_requests()) {
    INFO(row.name);
    auto client = s.client();
    REQUIRE(client.connect());
    REQUIRE(client.send(row.bytes));
    const auto answer = client.receive();
    REQUIRE(answer);
    CHECK(answer->status == row.status);
    CHECK(answer->header("content-type") == "application/problem+json");
    CHECK(contains(answer->body, "\"status\":" + std::to_string(row.status)));
    CHECK(contains(answer->body, "\"message\":\""));
    if (row.status == 405) CHECK(answer->header("allow") == "POST, GET, HEAD, OPTIONS");
    if (row.status == 401) CHECK(answer->header("www-authenticate") == "Bearer");
    if (row.closes) {
      CHECK(answer->header("connection") == "close");
      CHECK(client.wait_for_close());
    } else {
      CHECK(client.get("/healthz")->body == "OK");
    }
  }
  CHECK(s.sequencer->stats().events == 0);
}

TEST_CASE(
    "an answer to a large body that is not taken is read whole by a client that is still sending") {
  RunningServer s;
  auto client = s.client();
  REQUIRE(client.connect());
  const std::string body(2u << 20, 'x');
  client.send("POST /guestbook HTTP/1.1\r\nHost: a\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  const auto answer = client.receive();
  REQUIRE(answer);
  CHECK(answer->status == 413);
}

TEST_CASE("the admin key opens what needs it") {
  RunningServer s;
  auto client = s.client();
  const auto answer = client.call("PUT", "/guestbook/bob", RunningServer::entry("ignored"), [&] {
    Headers headers = s.admin();
    headers.emplace_back("Content-Type", "application/json");
    return headers;
  }());
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == R"({"signed":"bob"})");
}

TEST_CASE(
    "on a listener that is not loopback open routes need the key unless they are opened by name") {
  ServerSetup setup;
  setup.options.listen = {"0.0.0.0:0"};
  {
    RunningServer s(setup);
    auto client = HttpClient("http://127.0.0.1" + s.url.substr(s.url.rfind(':')));
    CHECK(client.post_json("/guestbook", RunningServer::entry("a"))->status == 401);
    CHECK(client.post_json("/guestbook", RunningServer::entry("a"), s.admin())->status == 200);
    CHECK(client.get("/healthz")->status == 200);
    CHECK(client.get("/readyz")->status == 200);
    CHECK(client.get("/metrics")->status == 401);
  }
  setup.options.open_routes = true;
  RunningServer s(setup);
  auto client = HttpClient("http://127.0.0.1" + s.url.substr(s.url.rfind(':')));
  CHECK(client.post_json("/guestbook", RunningServer::entry("a"))->status == 200);
  CHECK(client.get("/metrics")->status == 401);
  CHECK(client.call("PUT", "/guestbook/b", RunningServer::entry("b"), json_type)->status == 401);
}

TEST_CASE(
    "an idempotent request sent again gets its first answer and receipt, another body is refused") {
  RunningServer s;
  auto client = s.client();
  const Headers key{{"Idempotency-Key", "\"key-1\""}};
  const auto first = client.post_json("/guestbook", RunningServer::entry("ada"), key);
  const auto again =
      client.post_json("/guestbook", RunningServer::entry("ada"), {{"Idempotency-Key", "key-1"}});
  REQUIRE(first);
  REQUIRE(again);
  CHECK(first->status == 200);
  CHECK(again->status == 200);
  CHECK(again->body == first->body);
  CHECK(again->header("daybook-receipt") == first->header("daybook-receipt"));
  CHECK(again->header("idempotent-replayed") == "true");
  CHECK_FALSE(first->has_header("idempotent-replayed"));
  CHECK(client.post_json("/guestbook", RunningServer::entry("eve"), key)->status == 422);
}

TEST_CASE("health pages, metrics and the root answer") {
  RunningServer s;
  auto client = s.client();
  const auto health = client.get("/healthz");
  REQUIRE(health);
  CHECK(health->body == "OK");
  CHECK(contains(health->header("content-type"), "text/plain"));
  CHECK(client.get("/livez")->body == "ok");
  CHECK(client.get("/readyz")->body == "ok");
  CHECK(contains(client.get("/readyz?verbose")->body, "[+] log ok"));
  CHECK(contains(client.get("/")->body, R"("name":"daybook")"));
  client.post_json("/guestbook", RunningServer::entry("ada"));
  client.get("/nowhere");
  const auto metrics = client.get("/metrics");
  REQUIRE(metrics);
  CHECK(metrics->header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(contains(metrics->body,
                 R"(daybook_http_requests_total{method="POST",route="/guestbook",code="200"} 1)"));
  CHECK(contains(metrics->body, R"(route="other",code="404"} 1)"));
  CHECK(contains(metrics->body, "daybook_http_connections 1"));
  CHECK(contains(
      metrics->body,
      R"(daybook_http_request_duration_seconds_count{method="POST",route="/guestbook"} 1)"));
}

TEST_CASE("HTTP/1.0 closes by default and stays when asked") {
  RunningServer s;
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const auto kept = client.receive();
  REQUIRE(kept);
  CHECK(kept->header("connection") == "keep-alive");
  REQUIRE(client.send("GET /healthz HTTP/1.0\r\n\r\n"));
  const auto last = client.receive();
  REQUIRE(last);
  CHECK(last->header("connection") == "close");
  CHECK(client.wait_for_close());
}

TEST_CASE("a client that shuts its sending side still gets its answers") {
  RunningServer s;
  s.log->append_gate.shut();
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send(json_request_bytes("POST", "/guestbook", RunningServer::entry("half"))));
  client.shutdown_send();
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  s.log->append_gate.open();
  CHECK(client.receive()->body == R"({"signed":"half"})");
  CHECK(client.wait_for_close());
}

TEST_CASE("a client that leaves before its answer harms nobody") {
  RunningServer s;
  s.log->append_gate.shut();
  auto other = s.client();
  REQUIRE(other.get("/healthz"));
  {
    auto client = s.client();
    REQUIRE(client.connect());
    REQUIRE(client.send(json_request_bytes("POST", "/guestbook", RunningServer::entry("gone"))));
    REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  }
  s.log->append_gate.open();
  REQUIRE(wait_until([&] { return s.sequencer->stats().events == 1; }, std::chrono::seconds(10)));
  CHECK(contains(other.get("/guestbook")->body, "gone"));
}

TEST_CASE("100 Continue is sent before the body is asked for, and not when the answer is no") {
  RunningServer s;
  const std::string body = RunningServer::entry("patient");
  const auto head = [&](const std::string& path) {
    return "POST " + path +
           " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: "
           "100-continue\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n";
  };
  const int fd = [&] {  // raw: the client skips interim answers
    const sockaddr_in address = [&] {
      sockaddr_in a{};
      a.sin_family = AF_INET;
      a.sin_port = htons(static_cast<std::uint16_t>(std::stoi(s.url.substr(s.url.rfind(':') + 1))));
      a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      return a;
    }();
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return made;
  }();
  const std::string first = head("/guestbook");
  REQUIRE(::send(fd, first.data(), first.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(first.size()));
  char interim[25];
  REQUIRE(::recv(fd, interim, sizeof interim, MSG_WAITALL) == sizeof interim);
  CHECK(std::string_view(interim, sizeof interim) == "HTTP/1.1 100 Continue\r\n\r\n");
  REQUIRE(::send(fd, body.data(), body.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(body.size()));
  char status[12];
  REQUIRE(::recv(fd, status, sizeof status, MSG_WAITALL) == sizeof status);
  CHECK(std::string_view(status, sizeof status) == "HTTP/1.1 200");
  ::close(fd);
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send(head("/nowhere")));
  CHECK(client.receive()->status == 404);
  CHECK(client.wait_for_close());
}

TEST_CASE("an uploaded picture is served back as it came; what is no picture is not taken") {
  RunningServer s;
  auto client = s.client();
  // A GIF of one pixel.
  const std::string gif(
      "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,"
      "\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02"
      "D\x01\x00;",
      35);
  const auto form = [](const std::string& bytes) {
    return "--b\r\nContent-Disposition: form-data; name=\"file\"; "
           "filename=\"x.gif\"\r\nContent-Type: image/gif\r\n\r\n" +
           bytes + "\r\n--b--\r\n";
  };
  const Headers type{{"Content-Type", "multipart/form-data; boundary=b"}};
  const auto answer = client.call("POST", "/upload/image", form(gif), type);
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
  const std::string path = answer->header("location");
  CHECK(answer->body == "{\"image\":\"" + path + "\"}");
  const auto image = client.get(path);
  REQUIRE(image);
  CHECK(image->body == gif);
  CHECK(image->header("content-type") == "image/gif");
  CHECK(image->header("x-content-type-options") == "nosniff");
  CHECK(contains(image->header("cache-control"), "immutable"));
  const auto no_image = client.call("POST", "/upload/image", form("text"), type);
  REQUIRE(no_image);
  CHECK(no_image->status == 422);
  CHECK(contains(no_image->body, R"("field":"file")"));
  CHECK(client.call("POST", "/upload/image", form(gif).substr(0, 120), type)->status == 400);
  CHECK(client.call("POST", "/upload/image", form(std::string(1'000'001, 'x')), type)->status ==
        413);
}

TEST_CASE("a listen text that is none and a port that is taken are said at start") {
  RunningServer s;
  ServerSetup setup;
  const auto code = [&](const std::string& listen) {
    metrics::Registry metrics;
    http::Options options;
    options.listen = {listen};
    http::Dependencies deps;
    deps.sequencer = s.sequencer.get();
    deps.metrics = &metrics;
    const auto started = http::Server::start(options, deps);
    return started.ok() ? "ok"
                        : std::to_string(http::status_of(started.error().code)) + " " +
                              started.error().message;
  };
  for (const char* wrong :
       {"", "8080", ":8080", "host:1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:1x", "::1:80"})
    CHECK(code(wrong).substr(0, 3) == "422");
  const std::string taken = s.url.substr(7);
  CHECK(code(taken).substr(0, 3) == "503");
  CHECK(contains(code(taken), taken));
}

}  // namespace
}  // namespace daybook::test
