// The routes: who may, what they answer; the events as others see them.
#include "domains/projectors/letter_copy.h"
#include "domains/projectors/world.h"

namespace daybook::projectors {
namespace {

constexpr std::string_view letters_path = "/projectors/{name}/dead-letters";
constexpr std::string_view letter_path = "/projectors/{name}/dead-letters/{position}";

Routes<Domain> all_routes() {
  Routes<Domain> routes;
  Domain::routes(routes);
  return routes;
}

std::string list(World& world, Pairs query = {}, const char* name = "sheet") {
  const auto routes = all_routes();
  REQUIRE(routes.reads.size() == 1);
  REQUIRE(routes.reads[0].pattern == letters_path);
  return body_of(world, routes.reads[0].read(world.view, get({name}, std::move(query))));
}

std::string show(World& world, const std::string& position, const char* name = "sheet") {
  const auto routes = all_routes();
  REQUIRE(routes.scans.size() == 1);
  REQUIRE(routes.scans[0].pattern == letter_path);
  ListLog log(world);
  return body_of(world, routes.scans[0].scan(log, get({name, position})));
}

std::string post(World& world, const std::string& path, std::vector<std::string> params,
                 std::string_view body = "{}") {
  const std::string outcome =
      world.call(Method::post, "/projectors/{name}" + path, std::move(params), body);
  return outcome == "ok" || outcome == "unchanged" ? world.last_answer.body : outcome;
}

TEST_CASE("everything about projectors is the admin's, lines too") {
  const auto routes = all_routes();
  CHECK(routes.commands.size() == 7);
  for (const auto& route : routes.commands) CHECK(route.access == Access::admin);
  for (const auto& route : routes.reads) CHECK(route.access == Access::admin);
  for (const auto& route : routes.scans) CHECK(route.access == Access::admin);
  CHECK(Domain::needs_admin(json::Value{}));
}

TEST_CASE("the routes do what the lines do") {
  World world;
  world.add_sheet();
  const auto status = [](std::string_view word) {
    return R"({"projector":"sheet","status":")" + std::string(word) + "\"}";
  };
  CHECK(post(world, "/pause", {"sheet"}) == status("paused"));
  CHECK(post(world, "/pause", {"sheet"}, R"({"reason":"again"})") == status("paused"));
  CHECK(post(world, "/resume", {"sheet"}) == status("running"));
  CHECK(post(world, "/pause", {"nobody"}) == "projector not found");
  CHECK(post(world, "/reset", {"sheet"}) == "to: missing");
  CHECK(post(world, "/reset", {"sheet"}, R"({"to":"now"})") ==
        R"({"projector":"sheet","status":"reset","reset":1,"to":"now"})");
  for (const std::uint64_t position : std::vector<std::uint64_t>{7, 8})
    REQUIRE(world.line(letter_line(position)) == "ok");
  const auto letter = [](std::string_view rest) {
    return R"({"projector":"sheet","position":"7","status":)" + std::string(rest) + "}";
  };
  CHECK(post(world, "/dead-letters/{position}/retry", {"sheet", "7"}) ==
        letter(R"("open","asked":true)"));
  CHECK(world.call(Method::put, letter_path, {"sheet", "7"}, R"({"data":{"name":"B"}})") == "ok");
  CHECK(world.last_answer.body == letter(R"("open","asked":true)"));
  CHECK(world.call(Method::put, letter_path, {"sheet", "7"}, "{}") == "data: missing");
  CHECK(post(world, "/dead-letters/retry", {"sheet"}) == R"({"projector":"sheet","asked":1})");
  CHECK(post(world, "/dead-letters/{position}/skip", {"sheet", "7"}) == "reason: missing");
  CHECK(post(world, "/dead-letters/{position}/skip", {"sheet", "7"}, R"({"reason":"test"})") ==
        letter(R"("skipped","asked":false)"));
  CHECK(post(world, "/dead-letters/{position}/retry", {"sheet", "seven"}) ==
        "position: not_a_position");
}

TEST_CASE("the list shows open dead letters, the lowest position first, in pages") {
  World world;
  CHECK(list(world) == "projector not found");
  world.add_sheet();
  CHECK(list(world) == R"({"projector":"sheet","open":0,"dead_letters":[],"next":null})");
  for (const std::uint64_t position : std::vector<std::uint64_t>{9, 7, 8, 6}) {
    REQUIRE(world.line(letter_line(
                position, "{}", {},
                position == 7 ? R"(,"next_try_at":"2026-03-10T13:00:00Z")" : "")) == "ok");
  }
  REQUIRE(post(world, "/dead-letters/{position}/skip", {"sheet", "8"}, R"({"reason":"mine"})")
              .starts_with("{"));
  REQUIRE(world.line(R"({"type":"letter_delivered","projector":"sheet","position":"6"})") == "ok");
  REQUIRE(post(world, "/dead-letters/{position}/retry", {"sheet", "9"}).starts_with("{"));
  const auto row = [](int position, const char* status, const char* reason, bool asked,
                      const char* next) {
    return R"({"position":")" + std::to_string(position) + R"(","status":")" + status +
           R"(","type":"submitted","key":"student","reason":")" + reason +
           R"(","at":"2026-03-10T12:00:00.000Z","attempts":0,"asked":)" +
           (asked ? "true" : "false") + R"(,"edited":false,"next_try_at":)" + next + "}";
  };
  const std::string six = row(6, "delivered", "too long", false, "null");
  const std::string seven = row(7, "open", "too long", false, R"("2026-03-10T13:00:00.000Z")");
  const std::string eight = row(8, "skipped", "mine", false, "null");
  const std::string nine = row(9, "open", "too long", true, "null");
  const auto page = [](const std::string& rows, const char* next) {
    return R"({"projector":"sheet","open":2,"dead_letters":[)" + rows + R"(],"next":)" + next + "}";
  };
  CHECK(list(world) == page(seven + "," + nine, "null"));
  CHECK(list(world, {{"limit", "1"}}) == page(seven, R"("7")"));
  CHECK(list(world, {{"limit", "1"}, {"after", "7"}}) == page(nine, "null"));
  CHECK(list(world, {{"status", "skipped"}}) == page(eight, "null"));
  CHECK(list(world, {{"status", "delivered"}}) == page(six, "null"));
  CHECK(list(world, {{"status", "delivered"}, {"after", "6"}}) == page("", "null"));
  CHECK(list(world, {{"status", "all"}}) ==
        page(six + "," + seven + "," + eight + "," + nine, "null"));
  CHECK(list(world, {{"status", "all"}, {"limit", "3"}}) ==
        page(six + "," + seven + "," + eight, R"("8")"));
  CHECK(list(world, {{"status", "lost"}}) == "status: unknown_word");
  CHECK(list(world, {{"limit", "0"}}) == "limit: out_of_range");
  CHECK(list(world, {{"limit", "1001"}}) == "limit: out_of_range");
  CHECK(list(world, {{"after", "x"}}) == "after: not_a_position");
}

// A letter with an edit, a failed try and another life before a reset.
void tell_story(World& world) {
  world.add_sheet();
  REQUIRE(world.line(letter_line(
              7, R"({"form":"f","body":{"name":"Ann"}})", R"({"name":"Ann"})",
              R"(,"attempts":[{"at":"2026-03-10T11:59:30Z","reason":"400"}])")) == "ok");
  REQUIRE(world.line(letter_line(8)) == "ok");
  world.now = at("2026-03-10T12:01:00Z");
  REQUIRE(post(world, "/dead-letters/retry", {"sheet"}).starts_with("{"));
  REQUIRE(world.line(R"({"type":"letter_failed","projector":"sheet","position":"7",)"
                     R"("at":"2026-03-10T12:01:01Z","reason":"still 400"})") == "ok");
  world.now = at("2026-03-10T12:02:00Z");
  REQUIRE(world.call(Method::put, letter_path, {"sheet", "7"}, R"({"data":{"name":"A"}})") == "ok");
}

TEST_CASE("a dead letter is shown with its event, what it was, every attempt and every action") {
  World world;
  tell_story(world);
  const std::string open = show(world, "7");
  CHECK(open ==
        R"({"projector":"sheet","position":"7","status":"open","reason":"still 400",)"
        R"("at":"2026-03-10T12:00:00.000Z","asked":true,"next_try_at":null,)"
        R"("event":{"position":"7","topic":"forms","type":"submitted","key":"student","version":3,)"
        R"("id":"0190c9f1-5c7e-7abc-8def-0123456789ab","time":"2026-03-10T11:59:00.000Z",)"
        R"("data":{"form":"f","body":{"name":"A"}},"row":{"name":"A"}},)"
        R"("original":{"data":{"form":"f","body":{"name":"Ann"}},"row":{"name":"Ann"}},)"
        R"("attempts":[{"at":"2026-03-10T11:59:30.000Z","reason":"400"},)"
        R"({"at":"2026-03-10T12:01:01.000Z","reason":"still 400"}],"attempts_left_out":0,)"
        R"("history":[{"position":"2","at":"2026-03-10T12:00:00.000Z","action":"dead_letter",)"
        R"("reason":"too long"},)"
        R"({"position":"4","at":"2026-03-10T12:01:00.000Z","action":"retry_asked"},)"
        R"({"position":"5","at":"2026-03-10T12:01:00.000Z","action":"retry_failed",)"
        R"("reason":"still 400"},)"
        R"({"position":"6","at":"2026-03-10T12:02:00.000Z","action":"edited"}],)"
        R"("history_left_out":0})");
  json::Parser parser;
  CHECK(parser.parse(open, false).ok());
  REQUIRE(post(world, "/dead-letters/{position}/skip", {"sheet", "7"}, R"({"reason":"mine"})")
              .starts_with("{"));
  REQUIRE(post(world, "/dead-letters/retry", {"sheet"}).starts_with("{"));
  const std::string closed = show(world, "7");
  CHECK(closed.find(R"("status":"skipped","reason":"mine")") != std::string::npos);
  CHECK(closed.find(R"("action":"skipped","reason":"mine"}],)") != std::string::npos);
  CHECK(show(world, "9") == "dead letter not found");
  CHECK(show(world, "x") == "position: not_a_position");
  CHECK(show(world, "7", "nobody") == "projector not found");
}

TEST_CASE("a retry of all is in the history of an open dead letter, also when it came last") {
  World world;
  world.add_sheet();
  REQUIRE(world.line(letter_line(7)) == "ok");
  REQUIRE(world.line(letter_line(8)) == "ok");
  REQUIRE(post(world, "/dead-letters/retry", {"sheet"}).starts_with("{"));
  const std::string shown = show(world, "7");
  CHECK(shown.find(R"("asked":true)") != std::string::npos);
  CHECK(shown.find(R"("action":"retry_asked")") != std::string::npos);
}

TEST_CASE("a closed dead letter that is no longer listed is found in the log") {
  World world;
  tell_story(world);
  REQUIRE(world.line(R"({"type":"letter_delivered","projector":"sheet","position":"7"})") == "ok");
  const std::string listed = show(world, "7");
  for (std::uint64_t i = 100; i <= 100 + dead_letters_closed_max; ++i) {
    REQUIRE(world.line(letter_line(i)) == "ok");
    REQUIRE(world.line(R"({"type":"letter_delivered","projector":"sheet","position":")" +
                       std::to_string(i) + "\"}") == "ok");
  }
  REQUIRE_FALSE(world.sheet().letters.contains(Position{7}));
  CHECK(show(world, "7") == listed);
}

TEST_CASE("a long history shows its newest part and says how much is missing") {
  World world;
  world.add_sheet();
  REQUIRE(world.line(letter_line(7)) == "ok");
  for (int i = 0; i < 1010; ++i)
    REQUIRE(world.line(R"({"type":"letter_failed","projector":"sheet","position":"7",)"
                       R"("reason":"x","at":")" +
                       time_text({world.now.value + i * 1'000'000}) + "\"}") == "ok");
  const std::string shown = show(world, "7");
  CHECK(shown.find(R"("attempts_left_out":10,)") != std::string::npos);
  CHECK(shown.find(R"("history_left_out":11})") != std::string::npos);
}

TEST_CASE("an edit takes the place of the row, in the data too where the same object stands") {
  const struct {
    const char *data, *row, *edit, *new_data, *new_row;
  } rows[] = {
      {R"({"a":1})", "", R"({"b":2})", R"({"b":2})", ""},
      {R"({"form":"f","body":{"a":1},"x":2})", R"({"a":1})", R"({"b":2})",
       R"({"form":"f","body":{"b":2},"x":2})", R"({"b":2})"},
      {R"({"body":{"a":1}})", R"({"a":1})", "{}", R"({"body":{}})", "{}"},
      {R"({"a":1,"more":true})", R"({"a":1})", R"({"a":2})", R"({"a":1,"more":true})",
       R"({"a":2})"},
      // Not inside a text, not deeper, not as the beginning of another value.
      {R"({"t":"\":{}","body":{}})", "{}", R"({"b":2})", R"({"t":"\":{}","body":{"b":2}})",
       R"({"b":2})"},
      {R"({"in":{"body":{}}})", "{}", R"({"b":2})", R"({"in":{"body":{}}})", R"({"b":2})"},
      {R"({"l":[{}],"body":{}})", "{}", R"({"b":2})", R"({"l":[{}],"body":{"b":2}})", R"({"b":2})"},
  };
  for (const auto& row : rows) {
    INFO(row.data);
    LetterCopy copy{row.data, row.row};
    apply_edit(copy, row.edit);
    CHECK(copy.data == row.new_data);
    CHECK(copy.row == row.new_row);
  }
}

TEST_CASE("every event has its outline and is rendered as JSON") {
  World world;
  tell_story(world);
  for (const char* line : {R"({"type":"pause","projector":"sheet","reason":"r"})",
                           R"({"type":"disable","projector":"sheet","reason":"r"})",
                           R"({"type":"resume","projector":"sheet"})",
                           R"({"type":"reset","projector":"sheet","to":"now"})",
                           R"({"type":"skip","projector":"sheet","position":"8","reason":"r"})",
                           R"({"type":"letter_delivered","projector":"sheet","position":"7"})"})
    REQUIRE(world.line(line) == "ok");
  std::set<std::string_view> seen;
  json::Parser parser;
  for (const Logged& logged : world.log) {
    const auto outline = Domain::outline(logged.event);
    REQUIRE(outline.has_value());
    CHECK(outline->key == "sheet");
    CHECK(outline->row.empty());
    seen.insert(outline->type);
    std::string text;
    json::Writer writer(text);
    Domain::render(logged.event, logged.meta, writer);
    INFO(text);
    const auto parsed = parser.parse(text, false);
    REQUIRE(parsed.ok());
    CHECK(parsed->find("projector")->string() == "sheet");
    if (outline->type == "reset")
      CHECK(parsed->find("next")->string() == std::to_string(logged.meta.position.value + 1));
    if (outline->type == "dead_letter") CHECK(parsed->find("event")->find("data").has_value());
  }
  const auto types = Domain::event_types();
  CHECK(seen == std::set<std::string_view>(types.begin(), types.end()));
}

TEST_CASE("events about a projector of this topic are hidden, else they would never end") {
  World world;
  REQUIRE(world.line(R"({"type":"add","projector":"sheet","topic":"projectors","sink":"csv"})") ==
          "ok");
  REQUIRE(world.line(letter_line(7)) == "ok");
  REQUIRE(world.line(R"({"type":"skip","projector":"sheet","position":"7","reason":"r"})") == "ok");
  for (const Logged& logged : world.log) CHECK_FALSE(Domain::outline(logged.event).has_value());
}

}  // namespace
}  // namespace daybook::projectors
