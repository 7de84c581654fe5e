#include "domains/booking/world.h"

#include <tuple>

namespace daybook::booking {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Routes<Domain> all_routes() {
  Routes<Domain> routes;
  Domain::routes(routes);
  return routes;
}

Result<Response> get(const World& world, std::string_view pattern, std::string param = {},
                     Pairs query = {}) {
  Request request;
  request.method = Method::get;
  if (!param.empty()) request.params.push_back(std::move(param));
  request.query = std::move(query);
  request.now = world.now;
  for (const auto& route : all_routes().reads)
    if (route.pattern == pattern) return route.read(world.view, request);
  FAIL("no such route");
  return Error{};
}

std::string body_of(const Result<Response>& response) {
  if (!response.ok()) return words(response.error());
  return response->shared_body ? *response->shared_body : response->body;
}

std::string header_of(const Result<Response>& response, std::string_view name) {
  for (const auto& [key, value] : response->headers)
    if (key == name) return value;
  return "<none>";
}

TEST_CASE("the routes of the contract are there, defining a station for the admin only") {
  const auto routes = all_routes();
  using Row = std::tuple<Method, std::string_view, Access>;
  std::vector<Row> commands;
  for (const auto& route : routes.commands)
    commands.emplace_back(route.method, route.pattern, route.access);
  CHECK(commands == std::vector<Row>{{Method::put, "/stations/{name}", Access::admin},
                                     {Method::post, "/booking", Access::open},
                                     {Method::post, "/stations/{name}/holds", Access::open},
                                     {Method::del, "/bookings/{id}", Access::open}});
  REQUIRE(routes.reads.size() == 3);
  for (const auto& route : routes.reads) CHECK(route.access == Access::open);
}

TEST_CASE("a station is the contract's array, ordered by date, cacheable for a second") {
  World world;
  CHECK(body_of(get(world, "/stations/{name}", "PWTC")) == "station not found");
  REQUIRE(world.put("PWTC", R"({"dates":[{"date":"20210517","capacity":2},)"
                            R"({"date":"20210516","capacity":1000}]})") == "ok");
  REQUIRE(world.book("a", "PWTC", "20210517") == "ok");
  const auto response = get(world, "/stations/{name}", "PWTC");
  CHECK(body_of(response) == R"([{"location":"PWTC","date":"20210516","availability":1000},)"
                             R"({"location":"PWTC","date":"20210517","availability":1}])");
  CHECK(header_of(response, "Cache-Control") == "public, max-age=1");
}

TEST_CASE("a station's body is rendered once per change and its ETag changes with it") {
  World world;
  REQUIRE(world.put("A", R"({"dates":[{"date":"20210516","capacity":9}]})") == "ok");
  REQUIRE(world.put("B", R"({"dates":[{"date":"20210516","capacity":9}]})") == "ok");
  const auto first = get(world, "/stations/{name}", "A");
  const auto again = get(world, "/stations/{name}", "A");
  CHECK(first->shared_body == again->shared_body);  // the same bytes in memory
  CHECK(first->etag == again->etag);
  REQUIRE(world.book("a", "B", "20210516") == "ok");
  CHECK(get(world, "/stations/{name}", "A")->etag == first->etag);
  const std::string id = world.id;
  REQUIRE(world.book("a", "A", "20210516") == "ok");
  const auto booked = get(world, "/stations/{name}", "A");
  CHECK(booked->etag != first->etag);
  CHECK(booked->etag.front() == '"');
  CHECK(booked->etag.back() == '"');
  CHECK(body_of(booked) != body_of(first));
  CHECK(body_of(first).find("9}") != std::string::npos);  // an answer under way stays whole
  REQUIRE(world.cancel(world.id) == "ok");
  const auto cancelled = get(world, "/stations/{name}", "A");
  CHECK(body_of(cancelled) == body_of(first));
  CHECK(cancelled->etag != booked->etag);
}

TEST_CASE("stations are listed by name, page by page, with their sums") {
  World world;
  CHECK(body_of(get(world, "/stations")) == R"({"stations":[],"next":null})");
  REQUIRE(world.put("PWTC", R"({"dates":[{"date":"20210516","capacity":2},)"
                            R"({"date":"20210517","capacity":1}]})") == "ok");
  REQUIRE(world.book("a", "PWTC", "20210517") == "ok");
  REQUIRE(world.book("b", "PWTC", "20210517", R"(,"waitingList":true)") == "ok");
  REQUIRE(world.hold("c", "PWTC", "20210516") == "ok");
  CHECK(body_of(get(world, "/stations")) ==
        R"({"stations":[{"name":"PWTC","dates":2,"capacity":3,"availability":1,"booked":1,)"
        R"("held":1,"waiting":1,"bookings_per_person":1,"time_zone":"UTC","hold_seconds":300,)"
        R"("closes_past_dates":false}],"next":null})");
  for (int i = 9; i >= 0; --i) REQUIRE(world.put("S" + std::to_string(i), "{}") == "ok");
  std::string names;
  std::string after;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    Pairs query{{"limit", "4"}};
    if (!after.empty()) query.emplace_back("after", after);
    const std::string body = body_of(get(world, "/stations", "", query));
    json::Parser parser;
    const auto value = parser.parse(body, false);
    REQUIRE(value.ok());
    value->find("stations")->each_element([&](const json::Value& row) {
      names += std::string(row.find("name")->string()) + " ";
    });
    const auto next = value->find("next");
    more = next->is_string();
    if (more) after = std::string(next->string());
  }
  CHECK(names == "PWTC S0 S1 S2 S3 S4 S5 S6 S7 S8 S9 ");
  CHECK(pages == 3);
  for (const char* wrong : {"0", "1001", "x", "", "-1"})
    CHECK(body_of(get(world, "/stations", "", {{"limit", wrong}})) == "limit: range");
}

TEST_CASE("a booking is shown to whoever knows its id, without saying whose it is") {
  World world;
  REQUIRE(world.put("A", R"({"dates":[{"date":"20210516","capacity":1}]})") == "ok");
  REQUIRE(world.hold("a", "A", "20210516") == "ok");
  const std::string a = world.id;
  const auto held = get(world, "/bookings/{id}", a);
  CHECK(body_of(held) == R"({"id":")" + a + R"(","location":"A","date":"20210516",)" +
                             R"("status":"held","expiresAt":"2021-05-16T00:05:00.000Z"})");
  CHECK(header_of(held, "Cache-Control") == "no-store");
  REQUIRE(world.book("b", "A", "20210516", R"(,"waitingList":true)") == "ok");
  const std::string b = world.id;
  CHECK(body_of(get(world, "/bookings/{id}", b)) ==
        R"({"id":")" + b +
            R"(","location":"A","date":"20210516","status":"waiting","position":1})");
  world.pass(300);
  world.tick();
  CHECK(body_of(get(world, "/bookings/{id}", a)) ==
        R"({"id":")" + a + R"(","location":"A","date":"20210516","status":"expired"})");
  CHECK(body_of(get(world, "/bookings/{id}", b)) ==
        R"({"id":")" + b + R"(","location":"A","date":"20210516","status":"booked"})");
  for (const char* unknown : {"x", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"})
    CHECK(body_of(get(world, "/bookings/{id}", unknown)) == "booking not found");
}

TEST_CASE("the totals count what is, and of what ended, how many there ever were") {
  World world;
  REQUIRE(world.put("A", R"({"dates":[{"date":"20210516","capacity":2}]})") == "ok");
  REQUIRE(world.hold("a", "A", "20210516") == "ok");
  REQUIRE(world.book("b", "A", "20210516") == "ok");
  const std::string b = world.id;
  REQUIRE(world.book("c", "A", "20210516", R"(,"waitingList":true)") == "ok");
  REQUIRE(world.book("d", "A", "20210516", R"(,"waitingList":true)") == "ok");
  using Totals = std::vector<std::pair<std::string, std::uint64_t>>;
  CHECK(Domain::totals(world.view) == Totals{{"stations", 1},
                                             {"booked", 1},
                                             {"held", 1},
                                             {"waiting", 2},
                                             {"cancelled", 0},
                                             {"expired", 0}});
  REQUIRE(world.cancel(b) == "ok");
  world.pass(300);
  world.tick();
  CHECK(Domain::totals(world.view) == Totals{{"stations", 1},
                                             {"booked", 2},
                                             {"held", 0},
                                             {"waiting", 0},
                                             {"cancelled", 1},
                                             {"expired", 1}});
}

}  // namespace
}  // namespace daybook::booking
