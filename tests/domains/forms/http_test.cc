// The routes: who may, what they answer.
#include "domains/forms/world.h"

namespace daybook::forms {
namespace {

constexpr std::string_view pages = "/forms/{name}/submissions";

std::string page(World& world, const std::string& form, Pairs query = {}) {
  ListLog log(world);
  return body_of(world, scan(log, pages, get({form}, std::move(query))));
}

TEST_CASE("posting and looking at forms is open, submissions and definitions are the admin's") {
  const auto routes = all_routes();
  for (const auto& route : routes.commands) {
    INFO(route.pattern);
    CHECK(route.access == (route.method == Method::put ? Access::admin : Access::open));
    CHECK(route.bodies == (route.method == Method::put ? Bodies::json : Bodies::json_or_form));
  }
  for (const auto& route : routes.reads) {
    INFO(route.pattern);
    CHECK(route.access == (route.pattern == "/forms/{name}/definition" ||
                                   route.pattern == "/forms/{name}/moderation"
                               ? Access::admin
                               : Access::open));
  }
  CHECK(routes.scans.size() == 4);
  for (const auto& route : routes.scans) CHECK(route.access == Access::admin);
}

TEST_CASE("what is open to all does not say which submission was taken for spam") {
  World world;
  REQUIRE(world.define("b", simple_definition(R"("honeypot":"h")")) == "ok");
  const std::string list = read(world, "/forms", get());
  const std::string form = read(world, "/forms/{name}", get({"b"}));
  REQUIRE(world.post("b", R"({"name":"Bot","h":"x"})") == "ok");
  CHECK(world.last_answer.body == R"({"success":{"name":"Bot"}})");
  CHECK(read(world, "/forms", get()) == list);
  CHECK(read(world, "/forms/{name}", get({"b"})) == form);
  CHECK(list.find("spam") == std::string::npos);
}

TEST_CASE("a form of many versions keeps a limited number of former columns") {
  World world;
  const auto define = [&](int version) {
    std::string properties;
    for (int i = 0; i < 200; ++i)
      properties +=
          (i > 0 ? ",\"" : "\"") + std::to_string(version) + "-" + std::to_string(i) + "\":{}";
    return world.define("f", "{\"schema\":{\"properties\":{" + properties + "}}}");
  };
  for (int version = 0; version < 10; ++version) REQUIRE(define(version) == "ok");
  const auto& columns = world.view.form("f")->columns;
  CHECK(columns.size() == 200 + former_columns_max);
  CHECK(columns.front() == "9-0");
  CHECK(columns[200] == "8-0");
}

TEST_CASE("the list of forms is by name, in pages, with numbers") {
  World world;
  CHECK(read(world, "/forms", get()) == "[]");
  REQUIRE(world.define("b", simple_definition(R"("honeypot":"h")")) == "ok");
  REQUIRE(world.define("a", R"({"schema":{"type":"object"},"closed":true})") == "ok");
  REQUIRE(world.post("b", R"({"name":"Ann"})") == "ok");
  world.now.value += 1'500'000;
  REQUIRE(world.post("b", R"({"name":"Bob"})") == "ok");
  REQUIRE(world.post("b", R"({"name":"Bot","h":"x"})") == "ok");
  const std::string a =
      R"({"name":"a","title":"","version":1,"closed":true,"submissions":0,"lastAt":null})";
  const std::string b = R"({"name":"b","title":"Simple","version":1,"closed":false,)"
                        R"("submissions":2,"lastAt":"2026-03-10T12:00:01.500Z"})";
  CHECK(read(world, "/forms", get()) == "[" + a + "," + b + "]");
  CHECK(read(world, "/forms", get({}, {{"limit", "1"}})) == "[" + a + "]");
  CHECK(read(world, "/forms", get({}, {{"limit", "1"}, {"after", "a"}})) == "[" + b + "]");
  CHECK(read(world, "/forms", get({}, {{"after", "b"}})) == "[]");
  for (const char* bad : {"0", "1001", "x", ""})
    CHECK(read(world, "/forms", get({}, {{"limit", bad}})) == "limit: out_of_range");
}

TEST_CASE("a form shows the schema that clients can check with, and its definition to the admin") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("honeypot":"h")")) == "ok");
  const std::string body = read(world, "/forms/{name}", get({"f"}));
  CHECK(body.starts_with(R"({"name":"f","title":"Simple","version":1,"closed":false,)"));
  CHECK(body.find(R"("schema":{)") != std::string::npos);
  CHECK(body.find("honeypot") == std::string::npos);
  CHECK(read(world, "/forms/{name}/definition", get({"f"})) ==
        world.view.form("f")->definition_json);
  for (const char* route : {"/forms/{name}", "/forms/{name}/definition", "/forms/{name}/counts",
                            "/forms/{name}/moderation"})
    CHECK(read(world, route, get({"g"})) == "form not found");
  CHECK(page(world, "g") == "form not found");
  ListLog log(world);
  for (const char* route : {"/forms/{name}/submissions.csv", "/forms/{name}/submissions.jsonl"}) {
    const auto response = scan(log, route, get({"g"}));
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().code == Errc::not_found);
  }
}

TEST_CASE("a page shows submissions in the log's order with their version and time") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("honeypot":"h")")) == "ok");
  CHECK(page(world, "f") == R"({"submissions":[],"next":null})");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  REQUIRE(world.post("f", R"({"name":"Bot","h":"x"})") == "ok");
  REQUIRE(world.post("f", R"({"name":"Bob"})") == "ok");
  const auto row = [&](std::size_t i, const std::string& spam, const std::string& name) {
    return R"({"id":")" + id_text(world.log[i].meta.event_id) + R"(","position":")" +
           std::to_string(i + 1) + R"(","at":"2026-03-10T12:00:00.000Z","version":1,)" + spam +
           R"("body":{"name":")" + name + "\"}}";
  };
  const std::string ann = row(1, "", "Ann");
  const std::string bot = row(2, R"("spam":"honeypot",)", "Bot");
  const std::string bob = row(3, "", "Bob");
  const auto list = [](const std::string& rows, const std::string& next) {
    return R"({"submissions":[)" + rows + R"(],"next":)" + next + "}";
  };
  CHECK(page(world, "f") == list(ann + "," + bob, "null"));
  CHECK(page(world, "f", {{"spam", "true"}}) == list(ann + "," + bot + "," + bob, "null"));
  CHECK(page(world, "f", {{"spam", "only"}}) == list(bot, "null"));
  CHECK(page(world, "f", {{"order", "newest"}}) == list(bob + "," + ann, "null"));
  CHECK(page(world, "f", {{"limit", "1"}}) == list(ann, R"("2")"));
  CHECK(page(world, "f", {{"limit", "1"}, {"after", "2"}}) == list(bob, "null"));
  CHECK(page(world, "f", {{"version", "2"}}) == list("", "null"));
  CHECK(page(world, "f", {{"limit", "0"}}) == "limit: out_of_range");
  CHECK(page(world, "f", {{"limit", "1001"}}) == "limit: out_of_range");
  CHECK(page(world, "f",
             {{"from", "x"},
              {"to", "y"},
              {"version", "0"},
              {"after", "z"},
              {"spam", "maybe"},
              {"flagged", "x"},
              {"order", "up"}}) ==
        "from: not_a_time, to: not_a_time, version: out_of_range, after: out_of_range, "
        "spam: unknown_word, flagged: unknown_word, order: unknown_word");
}

TEST_CASE(
    "a flagged submission says so to the admin, until it is cleared; to others nothing shows") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  REQUIRE(world.post("f", R"({"name":"Darn"})") == "ok");
  const Logged darn = world.log.back();
  const std::string list = read(world, "/forms", get());
  const std::string form = read(world, "/forms/{name}", get({"f"}));
  const std::string before = page(world, "f");
  REQUIRE(world.line(verdict_line("flag", darn)) == "ok");
  CHECK(world.last_answer.body ==
        R"({"form":"f","submission":")" + id_text(darn.meta.event_id) + R"(","flagged":true})");
  CHECK(page(world, "f").find(R"("version":1,"flagged":true,"body":{"name":"Darn"}})") !=
        std::string::npos);
  CHECK(page(world, "f", {{"flagged", "true"}}).find("Ann") == std::string::npos);
  CHECK(page(world, "f", {{"flagged", "false"}}).find("Darn") == std::string::npos);
  CHECK(read(world, "/forms/{name}/moderation", get({"f"})) ==
        R"({"name":"f","submissions":2,"spam":0,"flagged":1})");
  CHECK(read(world, "/forms", get()) == list);
  CHECK(read(world, "/forms/{name}", get({"f"})) == form);
  REQUIRE(world.line(verdict_line("clear", darn)) == "ok");
  CHECK(world.last_answer.body.ends_with(R"("flagged":false})"));
  CHECK(page(world, "f") == before);
}

TEST_CASE("counts are by UTC hour and by day of the form's zone, within a time") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("honeypot":"h","time_zone":"Asia/Kolkata")")) ==
          "ok");
  const auto post_at = [&](const char* time, const char* body) {
    world.now = at(time);
    REQUIRE(world.post("f", body) == "ok");
  };
  post_at("2026-03-10T18:00:00Z", R"({"name":"Ann"})");  // 23:30 there
  post_at("2026-03-10T18:29:59Z", R"({"name":"Ann"})");
  post_at("2026-03-10T18:30:00Z", R"({"name":"Ann"})");  // midnight there
  post_at("2026-03-10T21:00:00Z", R"({"name":"Bot","h":"x"})");
  post_at("2026-03-10T23:00:00Z", R"({"name":"Ann"})");
  post_at("2026-03-10T17:59:59Z", R"({"name":"Ann"})");  // the clock was set back
  const auto counts = [&](Pairs query) {
    return read(world, "/forms/{name}/counts", get({"f"}, std::move(query)));
  };
  CHECK(
      counts({}) ==
      R"([{"at":"2026-03-10T17:00:00.000Z","count":1},{"at":"2026-03-10T18:00:00.000Z","count":3},)"
      R"({"at":"2026-03-10T23:00:00.000Z","count":1}])");
  CHECK(counts(
            {{"step", "hour"}, {"from", "2026-03-10T18:00:00Z"}, {"to", "2026-03-10T23:00:00Z"}}) ==
        R"([{"at":"2026-03-10T18:00:00.000Z","count":3}])");
  CHECK(counts({{"step", "day"}}) ==
        R"([{"at":"2026-03-10","count":3},{"at":"2026-03-11","count":2}])");
  CHECK(counts({{"step", "day"}, {"from", "2026-03-11"}}) == R"([{"at":"2026-03-11","count":2}])");
  CHECK(counts({{"step", "day"}, {"to", "2026-03-11"}}) == R"([{"at":"2026-03-10","count":3}])");
  CHECK(counts({{"from", "2026-03-11"}, {"to", "2026-03-10"}}) == "[]");
  CHECK(counts({{"step", "week"}}) == "step: unknown_word");
  CHECK(counts({{"from", "x"}}) == "from: not_a_time");
}

TEST_CASE("an export is an attachment with all versions' columns, formulas made harmless") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("honeypot":"h")")) == "ok");
  REQUIRE(world.post("f", R"({"name":"=1+1","age":-5,"x":{"y":1}})") == "ok");
  REQUIRE(world.define("f", R"({"schema":{"type":"object","properties":{"mail":{"type":"string"},)"
                            R"("name":{"type":"string"}}},"honeypot":"h"})") == "ok");
  REQUIRE(world.post("f", R"({"mail":"a@b.org","name":"Zoë, \"Z\""})") == "ok");
  REQUIRE(world.post("f", R"({"mail":"bot","h":"x"})") == "ok");
  ListLog log(world);
  const auto csv = scan(log, "/forms/{name}/submissions.csv", get({"f"}));
  REQUIRE(csv.ok());
  CHECK(csv->content_type == "text/csv; charset=utf-8");
  REQUIRE(csv->headers.size() == 1);
  CHECK(csv->headers[0].first == "Content-Disposition");
  CHECK(csv->headers[0].second == "attachment; filename=\"f-submissions.csv\"");
  std::string text;
  CHECK_FALSE(*csv->stream->next(text));
  const auto id = [&](std::size_t i) { return id_text(world.log[i].meta.event_id); };
  const std::string time = ",2026-03-10T12:00:00.000Z,";
  CHECK(text == "id,at,version,mail,name,age,other\r\n" + id(1) + time +
                    "1,,'=1+1,-5,\"{\"\"x\"\":{\"\"y\"\":1}}\"\r\n" + id(3) + time +
                    "2,a@b.org,\"Zoë, \"\"Z\"\"\",,\r\n");
  const auto jsonl = scan(log, "/forms/{name}/submissions.jsonl", get({"f"}, {{"spam", "only"}}));
  REQUIRE(jsonl.ok());
  CHECK(jsonl->content_type == "application/jsonl");
  text.clear();
  CHECK_FALSE(*jsonl->stream->next(text));
  CHECK(text == R"({"id":")" + id(4) +
                    R"(","at":"2026-03-10T12:00:00.000Z","version":2,"spam":"honeypot",)"
                    R"("body":{"mail":"bot"}})"
                    "\n");
  text.clear();
  CHECK_FALSE(*scan(log, "/forms/{name}/submissions.csv", get({"f"}, {{"spam", "only"}}))
                   ->stream->next(text));
  CHECK(text ==
        "id,at,version,spam,mail,name,age,other\r\n" + id(4) + time + "2,honeypot,bot,,,\r\n");
}

}  // namespace
}  // namespace daybook::forms
