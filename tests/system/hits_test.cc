// Hits from end to end over HTTP: what the contract says, as a client sees it.
#include <ctime>
#include <optional>

#include <catch2/catch.hpp>

#include "support/http_client.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

using Counts = std::vector<std::int64_t>;

std::int64_t now_ms() { return std::int64_t{std::time(nullptr)} * 1000; }

std::string hit(const std::string& id, std::int64_t at_ms, const std::string& visitor = {}) {
  std::string body = R"({"id":")" + id + R"(","timestamp":)" + std::to_string(at_ms);
  if (!visitor.empty()) body += R"(,"visitor":")" + visitor + "\"";
  return body + "}";
}

struct Fixture {
  TempDir dir;
  std::unique_ptr<Server> server = Server::start({dir / "data"});
  std::optional<HttpClient> http{std::in_place, server->url()};

  void restart(std::vector<std::string> flags = {}) {
    http.reset();
    server.reset();
    ServerOptions options{dir / "data"};
    options.flags = std::move(flags);
    server = Server::start(options);
    http.emplace(server->url());
  }
  HttpResponse post(const std::string& target, const std::string& body) {
    auto response = http->post_json(target, body);
    INFO(target << " " << http->error());
    REQUIRE(response.has_value());
    return *response;
  }
  HttpResponse get(const std::string& target) {
    auto response = http->get(target);
    INFO(target << " " << http->error());
    REQUIRE(response.has_value());
    return *response;
  }
  void accepted(const std::string& body) {
    const auto response = post("/analytics", body);
    INFO(body << " " << response.body);
    REQUIRE(response.status == 204);
    CHECK(response.body.empty());
    CHECK(response.header("daybook-receipt").find('-') != std::string::npos);
  }
  void refused(const std::string& body, int status) {
    const auto response = post("/analytics", body);
    INFO(body << " " << response.body);
    CHECK(response.status == status);
    CHECK(response.header("content-type") == "application/problem+json");
    CHECK_FALSE(response.has_header("daybook-receipt"));
  }
  Counts counts(const std::string& id) {
    const auto response = get("/analytics/" + id);
    REQUIRE(response.status == 200);
    const JsonDoc json(response.body);
    CHECK(json.text("id") == id);
    Counts counts;
    for (const auto& window : json.elements("counts")) counts.push_back(number_of(window, "count"));
    return counts;
  }
};

TEST_CASE_METHOD(Fixture, "a hit is answered 204 with a receipt and counts in its windows") {
  const std::int64_t now = now_ms();
  accepted(R"({"id":"1"})");
  accepted(hit("1", now - 600'000));
  accepted(hit("1", now - 7'200'000));
  accepted(hit("1", now - 30 * 3'600'000));
  accepted(hit("1", now - 60 * 3'600'000));
  CHECK(counts("1") == Counts{5, 4, 3, 2, 1});
  CHECK(counts("unknown") == Counts{0, 0, 0, 0, 0});
  CHECK(get("/analytics/unknown").body ==
        R"({"id":"unknown","counts":[{"reference":"3 days ago","count":0},)"
        R"({"reference":"2 days ago","count":0},{"reference":"1 day ago","count":0},)"
        R"({"reference":"1 hour ago","count":0},{"reference":"5 minutes ago","count":0}]})");
  // An id may be a path: in the URL it is one percent-encoded segment.
  accepted(R"({"id":"/blog/hello world?x=1"})");
  CHECK(get("/analytics/%2Fblog%2Fhello%20world%3Fx%3D1").body.find(R"("count":1)") !=
        std::string::npos);
}

TEST_CASE_METHOD(Fixture, "what is no hit is refused by its kind") {
  const std::int64_t now = now_ms();
  refused(R"({"id":""})", 422);
  refused(R"({})", 422);
  refused(R"({"id":17})", 422);
  refused("", 400);
  refused("{", 400);
  refused(hit("1", now + 3'600'000), 422);
  refused(hit("1", now - 4LL * 86'400'000), 422);
  refused(hit("1", now, std::string(257, 'v')), 422);
  CHECK(counts("1") == Counts{0, 0, 0, 0, 0});
}

TEST_CASE_METHOD(Fixture, "counts, visitors and the day's salt are the same after a kill") {
  const std::int64_t now = now_ms();
  for (int i = 0; i < 60; ++i)
    accepted(hit("page", now - i * 1000, "visitor " + std::to_string(i % 20)));
  const auto day = [&] {
    const auto response =
        get("/analytics/page/series?step=day&from=" + std::to_string(now - 60'000) +
            "&to=" + std::to_string(now));
    REQUIRE(response.status == 200);
    const JsonDoc json(response.body);
    std::int64_t hits = 0;
    std::int64_t visitors = 0;  // of one day, or of the two that a midnight makes of it
    for (const auto& point : json.elements()) {
      hits += number_of(point, "count");
      visitors += number_of(point, "visitors");
    }
    CHECK(hits == 60);
    return visitors;
  };
  const std::int64_t visitors = day();
  CHECK(visitors >= 20);
  CHECK(visitors <= 40);
  server->process().kill_hard();
  restart();
  CHECK(counts("page")[0] == 60);
  CHECK(day() == visitors);
  for (int i = 0; i < 60; ++i)
    accepted(hit("page", now - i * 1000, "visitor " + std::to_string(i % 20)));
  const Counts after = counts("page");
  CHECK(after[0] == 120);
  const auto response = get("/analytics/page/series?step=day&from=" + std::to_string(now - 60'000));
  std::int64_t again = 0;
  const JsonDoc json(response.body);
  for (const auto& point : json.elements()) again += number_of(point, "visitors");
  CHECK(again == visitors);  // the same people under the same salt
}

TEST_CASE_METHOD(Fixture, "hits come as NDJSON too, and the top shows the most hit ids") {
  std::string lines;
  for (int i = 0; i < 300; ++i)
    lines +=
        R"({"topic":"hits","data":{"id":")" + std::string(i % 3 == 0 ? "rare" : "often") + "\"}}\n";
  auto response = http->call("POST", "/events", lines,
                             {{"Content-Type", "application/x-ndjson"}, server->authorization()});
  REQUIRE(response.has_value());
  INFO(response->body);
  CHECK(response->status == 200);
  CHECK(counts("often")[4] == 200);
  CHECK(counts("rare")[4] == 100);
  CHECK(get("/analytics/top?window=5m").body ==
        R"([{"id":"often","count":200},{"id":"rare","count":100}])");
  CHECK(get("/analytics/top?window=3d&limit=1").body == R"([{"id":"often","count":200}])");
  CHECK(get("/analytics/top?window=7d").status == 422);
  CHECK(get("/analytics/rare/series?step=week").status == 422);
  const auto series =
      get("/analytics/rare/series?step=minute&from=" + std::to_string(now_ms() - 120'000));
  std::int64_t sum = 0;
  const JsonDoc json(series.body);
  for (const auto& point : json.elements()) sum += number_of(point, "count");
  CHECK(sum == 100);
}

TEST_CASE_METHOD(Fixture, "with hits.durability interval the receipt says so, and by default not") {
  const auto receipt = [&] {
    return post("/analytics", R"({"id":"1"})").header("daybook-receipt");
  };
  CHECK(receipt().find("durability") == std::string::npos);
  server->stop();
  restart({"--hits-durability", "interval"});
  CHECK(receipt().ends_with("; durability=interval"));
  server->stop();  // a clean stop loses nothing
  restart();
  CHECK(counts("1")[0] == 2);
}

}  // namespace
}  // namespace daybook::test
