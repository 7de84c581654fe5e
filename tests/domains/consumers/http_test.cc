// The routes: who may, what they answer; what retention and readers ask; the events outside.
#include "domains/consumers/world.h"

namespace daybook::consumers {
namespace {

Routes<Domain> all_routes() {
  Routes<Domain> routes;
  Domain::routes(routes);
  return routes;
}

std::string read(World& world, std::string_view pattern, const Request& request) {
  for (const auto& route : all_routes().reads)
    if (route.pattern == pattern) return body_of(world, route.read(world.view, request));
  return "no such route";
}

std::string answer(World& world, const std::string& outcome) {
  return outcome == "ok" || outcome == "unchanged" ? world.last_answer.body : outcome;
}

TEST_CASE("everything about consumers is the admin's, lines too") {
  const auto routes = all_routes();
  CHECK(routes.commands.size() == 3);
  for (const auto& route : routes.commands) CHECK(route.access == Access::admin);
  CHECK(routes.reads.size() == 2);
  for (const auto& route : routes.reads) CHECK(route.access == Access::admin);
  CHECK(Domain::needs_admin(json::Value{}));
}

TEST_CASE("a consumer is put, acknowledged, read and deleted over its routes") {
  World world;
  constexpr std::string_view path = "/consumers/{name}";
  const auto put = [&](std::string_view body) {
    return answer(world, world.call(Method::put, path, {"mailer"}, body));
  };
  CHECK(put(R"({"topic":"forms","types":["submitted"],"keys":["student"]})") ==
        R"({"name":"mailer","status":"defined"})");
  CHECK(put(R"({"topic":"forms","types":["submitted"],"keys":["student"]})") ==
        R"({"name":"mailer","status":"defined"})");
  CHECK(put(R"({"topic":"forms","form":"now"})") == "form: unknown_member");
  CHECK(world.call(Method::put, path, {"a b"}, R"({"topic":"forms"})") == "name: not_a_name");
  const std::string defined =
      R"({"name":"mailer","topic":"forms","types":["submitted"],"keys":["student"],)";
  CHECK(read(world, path, get({"mailer"})) == defined + R"("next":"1","acknowledged_at":null})");
  world.now = at("2026-03-10T12:30:00Z");
  const auto acknowledge = [&](std::string_view body) {
    return answer(world,
                  world.call(Method::post, "/consumers/{name}/acknowledge", {"mailer"}, body));
  };
  CHECK(acknowledge(R"({"position":"41"})") == R"({"name":"mailer","acknowledged":"41"})");
  CHECK(acknowledge(R"({"position":"41"})") == R"({"name":"mailer","acknowledged":"41"})");
  CHECK(acknowledge("{}") == "position: missing");
  CHECK(read(world, path, get({"mailer"})) ==
        defined + R"("next":"42","acknowledged_at":"2026-03-10T12:30:00.000Z"})");
  CHECK(answer(world, world.call(Method::del, path, {"mailer"})) ==
        R"({"name":"mailer","status":"deleted"})");
  CHECK(read(world, path, get({"mailer"})) == "consumer not found");
}

TEST_CASE("the list of consumers is by name, in pages") {
  World world;
  CHECK(read(world, "/consumers", get()) == R"({"consumers":[],"next":null})");
  for (const char* name : {"b", "a", "c"})
    REQUIRE(world.line(R"({"type":"define","topic":"hits","name":")" + std::string(name) + "\"}") ==
            "ok");
  const auto row = [](const char* name) {
    return R"({"name":")" + std::string(name) +
           R"(","topic":"hits","types":[],"keys":[],"next":"1","acknowledged_at":null})";
  };
  CHECK(read(world, "/consumers", get()) ==
        R"({"consumers":[)" + row("a") + "," + row("b") + "," + row("c") + R"(],"next":null})");
  CHECK(read(world, "/consumers", get({}, {{"limit", "2"}})) ==
        R"({"consumers":[)" + row("a") + "," + row("b") + R"(],"next":"b"})");
  CHECK(read(world, "/consumers", get({}, {{"limit", "2"}, {"after", "b"}})) ==
        R"({"consumers":[)" + row("c") + R"(],"next":null})");
  CHECK(read(world, "/consumers", get({}, {{"limit", "0"}})) == "limit: out_of_range");
}

TEST_CASE("the slowest consumer of a topic is the one with the lowest next position") {
  World world;
  const auto define = [&](const char* name, const char* topic, const char* from) {
    REQUIRE(world.line(R"({"type":"define","name":")" + std::string(name) + R"(","topic":")" +
                       topic + R"(","from":")" + from + "\"}") == "ok");
  };
  CHECK(world.view.slowest("forms").next == Position::max());
  define("a", "forms", "50");
  define("b", "forms", "40");
  define("c", "hits", "10");
  CHECK(world.view.slowest("forms").next == Position{40});
  CHECK(world.view.slowest("forms").name == "b");
  REQUIRE(world.line(R"({"type":"acknowledge","name":"b","position":"60"})") == "ok");
  CHECK(world.view.slowest("forms").next == Position{50});
  CHECK(world.view.slowest("forms").name == "a");
  CHECK(world.view.slowest("hits").name == "c");
}

TEST_CASE("a consumer is found with its filter and its next position") {
  World world;
  REQUIRE(world.line(R"({"type":"define","name":"c","topic":"forms","types":["submitted"],)"
                     R"("keys":["x"],"from":"5"})") == "ok");
  const auto entry = world.view.find("c");
  REQUIRE(entry.has_value());
  CHECK(entry->name == "c");
  CHECK(entry->topic == "forms");
  CHECK(entry->filter.wants("submitted", "x"));
  CHECK_FALSE(entry->filter.wants("submitted", "y"));
  CHECK_FALSE(entry->filter.wants("form_defined", "x"));
  CHECK(entry->next == Position{5});
  CHECK_FALSE(world.view.find("d").has_value());
}

TEST_CASE("acknowledgements are hidden, the other events are rendered as JSON") {
  World world;
  world.gap = 5;
  for (const char* line :
       {R"({"type":"define","name":"c","topic":"forms","types":["t"],"keys":["k"],"from":"now"})",
        R"({"type":"acknowledge","name":"c","position":"9"})", R"({"type":"delete","name":"c"})"})
    REQUIRE(world.line(line) == "ok");
  const auto rendered = [&](std::size_t i) {
    std::string text;
    json::Writer writer(text);
    Domain::render(world.log[i].event, world.log[i].meta, writer);
    return text;
  };
  CHECK(Domain::outline(world.log[0].event)->type == "defined");
  CHECK(Domain::outline(world.log[0].event)->key == "c");
  CHECK(rendered(0) == R"({"name":"c","topic":"forms","types":["t"],"keys":["k"],"next":"7"})");
  CHECK_FALSE(Domain::outline(world.log[1].event).has_value());
  CHECK(Domain::outline(world.log[2].event)->type == "deleted");
  CHECK(rendered(2) == R"({"name":"c"})");
  CHECK(Domain::event_types().size() == 2);
}

}  // namespace
}  // namespace daybook::consumers
