// What HTTP and metrics show of the projectors.
#include <catch2/catch.hpp>

#include <daybook/json.h>

#include "world.h"

namespace daybook::project {
namespace {

Result<Response> get(World& world, const std::string& pattern, std::vector<std::string> params = {},
                     std::vector<std::pair<std::string, std::string>> query = {}) {
  for (const ServiceRoute& route : world.runtime->routes()) {
    if (route.pattern != pattern) continue;
    CHECK(route.method == Method::get);
    CHECK(route.access == Access::admin);
    Request request;
    request.params = std::move(params);
    request.query = std::move(query);
    return route.handle(request);
  }
  return Error{Errc::not_found, "no such route"};
}

std::string body(const Result<Response>& response) {
  INFO((response.ok() ? std::string() : response.error().message));
  REQUIRE(response.ok());
  return response->body;
}

void put(World& world, std::string key, std::string value) {
  REQUIRE(world.store.write({{state::Family::rows, std::move(key), std::move(value)}}, false).ok());
}

}  // namespace

TEST_CASE("GET /projectors shows all of each projector") {
  Target target;
  World world;
  target.judge([](std::span<const SinkEvent> events, SinkContext&) {
    return events.front()->position < Position{3} ? Delivery::done()
                                                  : Delivery::unavailable("bad \xFF bytes", 60'000);
  });
  auto spec = world.spec(target);
  spec.batch_events_max = 2;
  for (int i = 0; i < 3; ++i) world.source.add("submitted", "a", "{}");
  world.start(std::move(spec));
  world.run_for(2000);
  const std::string all = body(get(world, "/projectors"));
  const std::string one = body(get(world, "/projectors/{name}", {"p"}));
  CHECK(all == "{\"projectors\":[" + one + "]}");
  json::Parser parser;
  const auto parsed = parser.parse(one, false);
  REQUIRE(parsed.ok());
  const auto text = [&](std::string_view name) {
    const auto member = parsed->find(name);
    REQUIRE(member.has_value());
    return member->to_string();
  };
  CHECK(text("name") == "\"p\"");
  CHECK(text("topic") == "\"forms\"");
  CHECK(text("sink") == "\"target\"");
  CHECK(text("state") == "\"waiting\"");
  CHECK(text("reason") == "\"bad ? bytes\"");
  CHECK(text("position") == "\"2\"");
  CHECK(text("needed_from") == "\"1\"");
  CHECK(text("lag_events") == "1");
  CHECK(parsed->find("lag_s")->as_double().value() == Approx(2.0).margin(0.1));
  CHECK(parsed->find("events_per_s")->as_double().value() > 0);
  CHECK(text("delivered") == "2");
  CHECK(text("batches") == "1");
  CHECK(text("retries") == "1");
  CHECK(text("dead_letters") == "0");
  CHECK(text("next_try_at").substr(0, 18) == "\"2025-10-09T08:54:");
  CHECK(text("last_delivered_at").substr(0, 18) == "\"2025-10-09T08:53:");
}

TEST_CASE("a projector that is not configured is not found, nor are its rows") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  CHECK(get(world, "/projectors/{name}", {"q"}).error().code == Errc::not_found);
  CHECK(get(world, "/projectors/{name}/rows", {"q"}).error().code == Errc::not_found);
}

TEST_CASE("the rows of a projector are shown as what they are, a page at a time") {
  Target target;
  World world;
  put(world, std::string("p\0day/1", 7), "{\"in\":1}");
  put(world, std::string("p\0day/2", 7), "plain");
  put(world, std::string("p\0day/\xFF", 7), "\xFE");
  put(world, std::string("p\0hour", 6), "12");
  put(world, std::string("q\0day/9", 7), "1");
  world.start(world.spec(target));
  world.run_for(100);
  const auto rows = [&](std::vector<std::pair<std::string, std::string>> query) {
    return body(get(world, "/projectors/{name}/rows", {"p"}, std::move(query)));
  };
  const std::string first = R"({"key":"day/1","value":{"in":1}})";
  const std::string second = R"({"key":"day/2","value":"plain"})";
  const std::string third = R"({"key_hex":"6461792fff","value_hex":"fe"})";
  CHECK(rows({}) == "{\"rows\":[" + first + "," + second + "," + third +
                        R"(,{"key":"hour","value":12}],"next":null})");
  CHECK(rows({{"prefix", "day/"}, {"limit", "2"}}) ==
        "{\"rows\":[" + first + "," + second + R"(],"next":"6461792f32"})");
  CHECK(rows({{"prefix", "day/"}, {"limit", "2"}, {"after", "6461792f32"}}) ==
        "{\"rows\":[" + third + R"(],"next":null})");
  CHECK(rows({{"prefix", "none"}}) == R"({"rows":[],"next":null})");
}

TEST_CASE("a page of rows ends where it would grow too large") {
  Target target;
  World world;
  for (char c = 'a'; c < 'h'; ++c)
    put(world, std::string("p\0", 2) + c, std::string(1u << 20, 'x'));
  world.start(world.spec(target));
  world.run_for(100);
  const std::string page = body(get(world, "/projectors/{name}/rows", {"p"}, {{"limit", "1000"}}));
  CHECK(page.size() < (6u << 20));
  CHECK(page.ends_with("\"next\":\"64\"}"));  // "d"
}

TEST_CASE("a query that breaks a rule is answered with the field and the rule") {
  Target target;
  World world;
  world.start(world.spec(target));
  world.run_for(100);
  for (const std::string limit : {"0", "1001", "x", "-1", ""}) {
    const auto answer = get(world, "/projectors/{name}/rows", {"p"}, {{"limit", limit}});
    REQUIRE(!answer.ok());
    CHECK(answer.error().message == "limit must be 1 to 1000");
  }
  for (const std::string after : {"abc", "zz"}) {
    const auto answer = get(world, "/projectors/{name}/rows", {"p"}, {{"after", after}});
    REQUIRE(!answer.ok());
    CHECK(answer.error().fields.front().field == "after");
  }
}

TEST_CASE("the metrics of a projector say what its status says") {
  Target target;
  World world;
  target.judge(rejects_poison(true, true));
  world.source.add("submitted", "a", "{}");
  world.source.add("submitted", "a", poison);
  world.source.add("submitted", "a", "{}");
  world.start(world.spec(target));
  world.run_for(2000);
  world.control.pause("p");
  world.source.add("submitted", "a", "{}");
  world.run_for(500);
  const std::string text = world.metrics->render();
  for (const char* line : {
           "daybook_projector_lag_events{projector=\"p\"} 1\n",
           "daybook_projector_position{projector=\"p\"} 3\n",
           "daybook_projector_delivered_total{projector=\"p\"} 2\n",
           "daybook_projector_batches_total{projector=\"p\"} 2\n",
           "daybook_projector_retries_total{projector=\"p\"} 1\n",
           "daybook_projector_dead_letters{projector=\"p\"} 1\n",
           "daybook_projector_state{projector=\"p\",state=\"paused\"} 1\n",
           "daybook_projector_state{projector=\"p\",state=\"running\"} 0\n",
           "daybook_projector_delivery_seconds_count{projector=\"p\"} 3\n",
       })
    CHECK_THAT(text, Catch::Contains(line));
  CHECK_THAT(text, Catch::Contains("daybook_projector_lag_seconds{projector=\"p\"} 0.5"));
}

}  // namespace daybook::project
