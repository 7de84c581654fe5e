// Listeners of their own for one domain: what they serve, and to whom.
#include "live_client.h"
#include "running_server.h"

namespace daybook::test {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ServerSetup with_front(std::string domain = "front") {
  ServerSetup setup;
  setup.live = true;
  setup.options.cors_origins = {};
  setup.options.fronts = {{"127.0.0.1:0", {"https://app.example"}, std::move(domain)}};
  return setup;
}

TEST_CASE("a front serves its domain's routes, its live paths and Socket.IO, and nothing else") {
  RunningServer s(with_front());
  REQUIRE(s.server->urls().size() == 2);
  CHECK(s.server->urls()[0] != s.server->urls()[1]);
  HttpClient front(s.server->urls()[1]);
  CHECK(front.get("/front/page")->status == 200);
  CHECK(front.get("/front/scanned")->status == 200);
  CHECK(front.call("PUT", "/front/created", "{}")->status == 201);
  CHECK(front.get("/socket.io/?EIO=4&transport=polling")->status == 200);
  for (const auto& target : {"/guestbook", "/healthz", "/metrics", "/", "/images/a.png"})
    CHECK(front.get(target)->status == 404);
  CHECK(front.call("POST", "/events", "{}")->status == 404);
  CHECK(front.call("OPTIONS", "/guestbook")->status == 404);
  CHECK(front.call("POST", "/front/page", "{}")->status == 405);
  LiveClient socket(s.server->urls()[1], "/front/topic/live");
  CHECK(socket.open());
  auto main = s.client();
  CHECK(main.get("/guestbook")->status == 200);
  CHECK(main.get("/front/page")->status == 200);
}

TEST_CASE("a front has its own list of origins") {
  RunningServer s(with_front());
  const Headers app{{"Origin", "https://app.example"}};
  const Headers other{{"Origin", "https://other.example"}};
  HttpClient front(s.server->urls()[1]);
  CHECK(front.get("/front/page", app)->header("access-control-allow-origin") ==
        "https://app.example");
  CHECK(!front.get("/front/page", other)->has_header("access-control-allow-origin"));
  CHECK(front.get("/socket.io/?EIO=4&transport=polling", app)
            ->header("access-control-allow-origin") == "https://app.example");
  CHECK(!s.client().get("/front/page", app)->has_header("access-control-allow-origin"));
  for (const auto& [url, origin, good] : std::vector<std::tuple<std::string, std::string, bool>>{
           {s.server->urls()[1], "https://app.example", true},
           {s.server->urls()[1], "https://other.example", false},
           {s.url, "https://app.example", false}}) {
    LiveClient socket(url, "/front/topic/live", {{"Origin", origin}});
    CHECK(socket.read_head().starts_with(good ? "HTTP/1.1 101 " : "HTTP/1.1 403 "));
  }
  RawSocket stream(s.server->urls()[1]);
  stream.send(request_bytes("GET", "/front/topic/live", {},
                            {{"Accept", "text/event-stream"}, {"Origin", "https://app.example"}}));
  CHECK(contains(stream.read_some(4096), "Access-Control-Allow-Origin: https://app.example\r\n"));
}

TEST_CASE("a session of a front can be used over the other listeners, whatever thread has it") {
  ServerSetup setup = with_front();
  setup.options.threads = 3;
  RunningServer s(setup);
  for (int i = 0; i < 10; ++i) {
    HttpClient front(s.server->urls()[1]);
    const std::string body = front.get("/socket.io/?EIO=4&transport=polling")->body;
    const std::string sid = body.substr(9, body.find('"', 9) - 9);
    const std::string target = "/socket.io/?EIO=4&transport=polling&sid=" + sid;
    const auto posted =
        HttpClient(s.server->urls()[1])
            .call("POST", target, "40",
                  {{"Content-Type", "text/plain"}, {"Origin", "https://app.example"}});
    REQUIRE(posted);
    CHECK(posted->body == "ok");
    CHECK(posted->header("access-control-allow-origin") == "https://app.example");
    CHECK(s.client().get(target)->body.starts_with("40{"));
  }
}

TEST_CASE("a front for a domain that does not exist keeps the server from starting") {
  RunningServer s;
  http::Options options;
  options.listen = {"127.0.0.1:0"};
  options.fronts = {{"127.0.0.1:0", {}, "nobody"}};
  metrics::Registry metrics;
  http::Dependencies deps;
  deps.sequencer = s.sequencer.get();
  deps.log = s.log.get();
  deps.metrics = &metrics;
  const auto started = http::Server::start(options, deps);
  REQUIRE_FALSE(started.ok());
  CHECK(contains(started.error().message, "nobody"));
}

}  // namespace
}  // namespace daybook::test
