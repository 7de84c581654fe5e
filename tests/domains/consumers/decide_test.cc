// The rules, as rows: what was said before, a line, what becomes of it.
#include "domains/consumers/world.h"

namespace daybook::consumers {
namespace {

struct Row {
  const char* what;
  std::vector<std::string> before;
  std::string line;
  std::string outcome;
  std::uint64_t next = 0;  // of the consumer, afterwards
  Errc code = Errc::internal;
};

std::string define(std::string_view more = {}) {
  return R"({"type":"define","name":"c","topic":"forms")" + std::string(more) + "}";
}
std::string acknowledge(std::uint64_t position, bool back = false) {
  return R"({"type":"acknowledge","name":"c","position":")" + std::to_string(position) +
         (back ? R"(","back":true})" : "\"}");
}
const std::string remove_it = R"({"type":"delete","name":"c"})";
const std::string otherwise = R"(the consumer is defined otherwise; "replace": true changes it)";

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    World world;
    world.position = Position{100};
    for (const std::string& line : row.before) REQUIRE(world.line(line) == "ok");
    const std::size_t events = world.log.size();
    INFO(row.what);
    CHECK(world.line(row.line) == row.outcome);
    CHECK(world.log.size() == events + (row.outcome == "ok" ? 1 : 0));
    CHECK(world.next("c") == row.next);
    if (row.outcome != "ok" && row.outcome != "unchanged") CHECK(world.last_error.code == row.code);
  }
}

TEST_CASE("a consumer begins where it was told to, at the beginning else") {
  check({
      {"not told", {}, define(), "ok", 1},
      {"beginning", {}, define(R"(,"from":"beginning")"), "ok", 1},
      {"now", {}, define(R"(,"from":"now")"), "ok", 102},  // its own event is at 101
      {"a position", {}, define(R"(,"from":"17")"), "ok", 17},
  });
}

TEST_CASE("the same definition changes nothing, another needs replace") {
  const std::string types = R"(,"types":["submitted"])";
  const std::string replace = R"(,"replace":true)";
  check({
      {"the same", {define(types)}, define(types), "unchanged", 1},
      {"the same with replace", {define(types)}, define(types + replace), "unchanged", 1},
      {"the same place said again",
       {define(R"(,"from":"now")")},
       define(R"(,"from":"now")"),
       "unchanged",
       102},
      {"the place left out", {define(R"(,"from":"now")")}, define(), "unchanged", 102},
      {"other types", {define(types)}, define(), otherwise, 1, Errc::conflict},
      {"other keys", {define()}, define(R"(,"keys":["k"])"), otherwise, 1, Errc::conflict},
      {"another place", {define()}, define(R"(,"from":"now")"), otherwise, 1, Errc::conflict},
      {"another position",
       {define(R"(,"from":"17")")},
       define(R"(,"from":"18")"),
       otherwise,
       17,
       Errc::conflict},
      {"replaced, goes on", {define(types), acknowledge(9)}, define(replace), "ok", 10},
      {"replaced, begins anew",
       {define(), acknowledge(9)},
       define(R"(,"from":"now")" + replace),
       "ok",
       104},
      {"deleted and defined anew", {define(), acknowledge(9), remove_it}, define(types), "ok", 1},
  });
}

TEST_CASE("an acknowledgement goes forward, and back only when it says so") {
  const std::string refused = R"(the consumer has acknowledged 9 already; "back": true goes back)";
  const std::string from_now = define(R"(,"from":"now")");
  const std::string from_17 = define(R"(,"from":"17")");
  check({
      {"unknown", {}, acknowledge(9), "consumer not found", 0, Errc::not_found},
      {"first", {define()}, acknowledge(9), "ok", 10},
      {"nothing done", {define()}, acknowledge(0), "ok", 1},
      {"forward", {define(), acknowledge(9)}, acknowledge(12), "ok", 13},
      {"the same", {define(), acknowledge(9)}, acknowledge(9), "unchanged", 10},
      {"back by mistake", {define(), acknowledge(9)}, acknowledge(8), refused, 10, Errc::conflict},
      {"back", {define(), acknowledge(9)}, acknowledge(8, true), "ok", 9},
      {"back to the beginning", {define(), acknowledge(9)}, acknowledge(0, true), "ok", 1},
      {"the same, back", {define(), acknowledge(9)}, acknowledge(9, true), "unchanged", 10},
      {"forward, back", {define(), acknowledge(9)}, acknowledge(12, true), "ok", 13},
      {"before its place",
       {from_17},
       acknowledge(3),
       R"(the consumer has acknowledged 16 already; "back": true goes back)",
       17,
       Errc::conflict},
      {"before its place, back", {from_17}, acknowledge(3, true), "ok", 4},
      {"before now", {from_now}, acknowledge(3), "ok", 102},
      {"before now, back", {from_now}, acknowledge(3, true), "ok", 4},
      {"before now twice", {from_now, acknowledge(3)}, acknowledge(50), "ok", 102},
      {"after it went back before now", {from_now, acknowledge(3, true)}, acknowledge(5), "ok", 6},
      {"after now", {from_now}, acknowledge(120), "ok", 121},
  });
}

TEST_CASE("a consumer is deleted once") {
  check({
      {"unknown", {}, remove_it, "consumer not found", 0, Errc::not_found},
      {"known", {define()}, remove_it, "ok", 0},
      {"again", {define(), remove_it}, remove_it, "consumer not found", 0, Errc::not_found},
      {"acknowledged",
       {define(), remove_it},
       acknowledge(1),
       "consumer not found",
       0,
       Errc::not_found},
  });
}

TEST_CASE("consumers have a limit; a deleted one makes room") {
  World world(Policy{2});
  const auto add = [&](const char* name) {
    return world.line(R"({"type":"define","topic":"forms","name":")" + std::string(name) + "\"}");
  };
  REQUIRE(add("a") == "ok");
  REQUIRE(add("b") == "ok");
  CHECK(add("c") == "too many consumers");
  CHECK(world.last_error.code == Errc::unavailable);
  CHECK(add("a") == "unchanged");
  REQUIRE(world.line(R"({"type":"delete","name":"a"})") == "ok");
  CHECK(add("c") == "ok");
}

TEST_CASE("a line that breaks a rule names the member and the rule") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"name":"a"})", "type: missing"},
      {R"({"type":"read","name":"a"})", "type: not_one_of"},
      {R"({"type":"define"})", "name: missing, topic: missing"},
      {R"({"type":"define","name":"a/b","topic":"A"})", "name: not_a_name, topic: not_a_word"},
      {R"({"type":"define","name":"a","topic":"t","types":"x","keys":[""]})",
       "types: type, keys: malformed"},
      {R"({"type":"define","name":"a","topic":"t","types":["X"],"from":"0","replace":1})",
       "types: malformed, from: not_a_place, replace: type"},
      {R"({"type":"acknowledge","name":"a"})", "position: missing"},
      {R"({"type":"acknowledge","name":"a","position":"x"})", "position: not_a_position"},
      {R"({"type":"acknowledge","name":"a","position":"18446744073709551615"})",
       "position: not_a_position"},
      {R"({"type":"acknowledge","name":"a","position":"1","back":"yes"})", "back: type"},
  };
  World world;
  for (const auto& [line, outcome] : rows) {
    INFO(line);
    CHECK(world.line(line) == outcome);
    CHECK(world.last_error.code == Errc::invalid);
  }
  std::string keys = R"(,"keys":["k0")";
  for (std::size_t i = 1; i <= keys_max; ++i) keys += ",\"k" + std::to_string(i) + "\"";
  CHECK(world.line(define(keys + "]")) == "keys: too_many");
}

}  // namespace
}  // namespace daybook::consumers
