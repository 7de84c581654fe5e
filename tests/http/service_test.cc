// Routes of the server's own services: what their handlers are given, who may call them, how they
// are refused and counted.
#include "running_server.h"

namespace daybook::test {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Says what it was given.
Result<Response> echo(const Request& request) {
  if (request.query_value("fail"))
    return Error::field("fail", "asked_for", "must not be asked for");
  std::string body;
  json::Writer out(body);
  out.begin_object().member("name", request.params.front()).member("path", request.path);
  out.member("accept", request.accept).member("last", request.last_event_id);
  out.member("type", request.content_type).member("body", request.body).end_object();
  return Response::json(std::move(body));
}

ServerSetup with_echo() {
  ServerSetup setup;
  setup.services = [](log::EventLog&, Sequencer&, std::span<AnyDomain* const>) {
    return std::vector<ServiceRoute>{
        {Method::get, "/echo/{name}", Access::admin, echo},
        {Method::post, "/echo/{name}", Access::admin, echo},
        {Method::get, "/open/{name}", Access::open, echo},
    };
  };
  return setup;
}

TEST_CASE("a service is given the path, its parameters and the headers it may ask for") {
  RunningServer s(with_echo());
  Headers headers = s.admin();
  headers.emplace_back("Accept", "text/event-stream;q=0.9, */*");
  headers.emplace_back("last-event-ID", "17-b");
  const auto answer = s.client().get("/echo/a%20b?x=1", headers);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body ==
        R"({"name":"a b","path":"/echo/a%20b","accept":"text/event-stream;q=0.9, */*",)"
        R"("last":"17-b","type":"","body":""})");
}

TEST_CASE("a service that takes a body is given it raw, whatever its type") {
  RunningServer s(with_echo());
  Headers headers = s.admin();
  headers.emplace_back("Content-Type", "text/plain");
  const auto answer = s.client().call("POST", "/echo/a", "not { JSON", headers);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(contains(answer->body, R"("type":"text/plain","body":"not { JSON")"));
}

TEST_CASE("a body over body_bytes_max never reaches a service") {
  ServerSetup setup = with_echo();
  setup.options.limits.body_bytes_max = 2048;
  RunningServer s(setup);
  CHECK(s.client().call("POST", "/echo/a", std::string(2048, 'x'), s.admin())->status == 200);
  CHECK(s.client().call("POST", "/echo/a", std::string(2049, 'x'), s.admin())->status == 413);
}

TEST_CASE("a service for the admin needs the key, an open one does not") {
  RunningServer s(with_echo());
  auto client = s.client();
  const auto refused = client.get("/echo/a");
  REQUIRE(refused);
  CHECK(refused->status == 401);
  CHECK(client.get("/echo/a", {{"Authorization", "Bearer wrong"}})->status == 401);
  CHECK(client.get("/open/a")->status == 200);
}

TEST_CASE("a service's error is a problem answer, and every answer is counted by its route") {
  RunningServer s(with_echo());
  auto client = s.client();
  const auto failed = client.get("/echo/a?fail=1", s.admin());
  REQUIRE(failed);
  CHECK(failed->status == 422);
  CHECK(failed->header("content-type") == "application/problem+json");
  CHECK(contains(failed->body, R"("field":"fail")"));
  REQUIRE(client.get("/echo/a", s.admin())->status == 200);
  const std::string metrics = client.get("/metrics")->body;
  CHECK(contains(metrics, R"(requests_total{method="GET",route="/echo/{name}",code="200"} 1)"));
  CHECK(contains(metrics, R"(requests_total{method="GET",route="/echo/{name}",code="422"} 1)"));
}

TEST_CASE("a service's path knows its methods") {
  RunningServer s(with_echo());
  auto client = s.client();
  const auto wrong = client.call("DELETE", "/echo/a", {}, s.admin());
  REQUIRE(wrong);
  CHECK(wrong->status == 405);
  CHECK(wrong->header("allow") == "GET, HEAD, POST, OPTIONS");
  REQUIRE((client.connect() && client.send(request_bytes("HEAD", "/echo/a", {}, s.admin()))));
  const auto head = client.receive(true);
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->body.empty());
}

TEST_CASE("a service at a path that is taken keeps the server from starting") {
  RunningServer s;
  http::Options options;
  options.listen = {"127.0.0.1:0"};
  metrics::Registry metrics;
  http::Dependencies deps;
  deps.sequencer = s.sequencer.get();
  deps.log = s.log.get();
  deps.metrics = &metrics;
  deps.services = {{Method::get, "/healthz", Access::admin, echo}};
  const auto started = http::Server::start(options, deps);
  REQUIRE_FALSE(started.ok());
  CHECK(contains(started.error().message, "GET /healthz"));
}

}  // namespace
}  // namespace daybook::test
