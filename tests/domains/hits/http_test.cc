// Series and top: queries, shapes, limits.
#include "domains/hits/series.h"
#include "domains/hits/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <algorithm>
#include <map>

namespace daybook::hits {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
constexpr std::int64_t day_ms = 86'400'000;

std::string series(const World& world, const std::string& id, Pairs query) {
  return world.get("/analytics/{id}/series", id, std::move(query));
}
std::string top(const World& world, Pairs query) {
  return world.get("/analytics/top", "", std::move(query));
}

TEST_CASE("a series has every step from the first to the last, empty ones too") {
  World world;  // 12:00:00
  for (const int ago_s : {0, 30, 60, 61, 240})
    REQUIRE(world.hit("a", world.now.value - ago_s * 1000) == "ok");
  const std::int64_t now = world.now.value;
  std::string expected;
  const int counts[] = {1, 0, 1, 2, 1};  // 11:56 to 12:00
  for (int i = 0; i < 5; ++i)
    expected += std::string(i == 0 ? "[" : ",") + R"({"at":)" +
                std::to_string(now - (4 - i) * 60'000) + R"(,"count":)" +
                std::to_string(counts[i]) + "}";
  CHECK(series(world, "a", {{"step", "minute"}, {"from", "2026-03-10T11:56:40Z"}}) ==
        expected + "]");
  CHECK(series(world, "a", {{"step", "hour"}, {"from", std::to_string(now - 1)}}) ==
        R"([{"at":)" + std::to_string(now - 3'600'000) + R"(,"count":4},{"at":)" +
            std::to_string(now) + R"(,"count":1}])");
  CHECK(series(world, "nobody", {{"step", "day"}, {"from", std::to_string(now)}}) ==
        R"([{"at":)" + std::to_string(now / day_ms * day_ms) + R"(,"count":0,"visitors":0}])");
}

TEST_CASE("without from and to a series ends now: 1 hour, 1 day or 30 days back") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  const std::pair<const char*, int> rows[] = {{"minute", 61}, {"hour", 25}, {"day", 31}};
  for (const auto& [step, points] : rows) {
    const std::string body = series(world, "a", {{"step", step}});
    INFO(body);
    CHECK(std::count(body.begin(), body.end(), '{') == points);
  }
  CHECK(series(world, "a", {}) == series(world, "a", {{"step", "hour"}}));
}

TEST_CASE("a series ends with now and does not show a hit before its time") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  REQUIRE(world.hit("a", world.now.value + 50'000) == "ok");
  const Pairs query{{"step", "minute"},
                    {"from", std::to_string(world.now.value)},
                    {"to", std::to_string(world.now.value + day_ms)}};
  CHECK(series(world, "a", query) ==
        R"([{"at":)" + std::to_string(world.now.value) + R"(,"count":1}])");
  const std::string tomorrow = std::to_string(world.now.value + day_ms);
  CHECK(series(world, "a", {{"step", "day"}, {"from", tomorrow}, {"to", tomorrow}}) == "[]");
}

TEST_CASE("a series that cannot be answered is refused by its field") {
  World world;
  const auto ms = [&](std::int64_t ago) { return std::to_string(world.now.value - ago); };
  const std::pair<Pairs, std::string> rows[] = {
      {{{"step", "week"}}, "step: unknown_word"},
      {{{"from", "yesterday"}}, "from: not_a_time"},
      {{{"to", "2026-03-10T12:00"}}, "to: not_a_time"},
      {{{"from", ms(0)}, {"to", ms(1)}}, "from: after_to"},
      {{{"step", "minute"}, {"from", ms(3 * day_ms)}}, "from: too_old"},
      {{{"step", "hour"}, {"from", ms(31 * day_ms)}}, "from: too_old"},
      {{{"step", "day"}, {"from", ms(4401 * day_ms)}}, "to: range_too_long"},
  };
  for (const auto& [query, expected] : rows) CHECK(series(world, "a", query) == expected);
  CHECK(series(world, "a", {{"step", "minute"}, {"from", ms(3 * day_ms - 60'000)}}).front() == '[');
  CHECK(series(world, "a", {{"step", "hour"}, {"from", ms(31 * day_ms - 3'600'000)}}).front() ==
        '[');
  CHECK(series(world, "a", {{"step", "day"}, {"from", ms(4399 * day_ms)}}).front() == '[');
  CHECK(series(world, std::string(257, 'x'), {}).starts_with("id: "));
  CHECK(world.get("/analytics/{id}", std::string(257, 'x')).starts_with("id: "));
  CHECK(world.get("/analytics/{id}", "\xFF").starts_with("id: "));
}

TEST_CASE("days have their unique visitors, open or rolled up") {
  World world;
  const std::int64_t first = world.now.value;
  for (int i = 0; i < 300; ++i)
    REQUIRE(world.hit("a", 0, "visitor " + std::to_string(i % 50)) == "ok");
  REQUIRE(world.hit("a") == "ok");
  const Pairs query{
      {"step", "day"}, {"from", std::to_string(first)}, {"to", std::to_string(first)}};
  const std::string open = series(world, "a", query);
  CHECK((open.find(R"("visitors":50})") != std::string::npos ||
         open.find(R"("visitors":51})") != std::string::npos ||
         open.find(R"("visitors":49})") != std::string::npos));
  CHECK(open.find(R"("count":301,)") != std::string::npos);
  CHECK(series(*replayed(world, world.log), "a", query) == open);
  world.now.value += 9 * day_ms;
  world.run_due();
  REQUIRE(world.view->rolled_up_days() == 1);
  CHECK(series(world, "a", query) == open);
}

TEST_CASE("the top is the most hit ids of the window, ties by id") {
  World world;
  for (const char* id : {"b", "a", "c", "c", "old"}) REQUIRE(world.hit(id) == "ok");
  for (int i = 0; i < 5; ++i) REQUIRE(world.hit("old", world.now.value - 7'200'000) == "ok");
  CHECK(
      top(world, {}) ==
      R"([{"id":"c","count":2},{"id":"a","count":1},{"id":"b","count":1},{"id":"old","count":1}])");
  CHECK(top(world, {{"window", "1d"}, {"limit", "2"}}) ==
        R"([{"id":"old","count":6},{"id":"c","count":2}])");
  world.now.value += 600'000;
  CHECK(top(world, {{"window", "5m"}}) == "[]");
  const std::pair<Pairs, std::string> refused[] = {
      {{{"window", "1w"}}, "window: unknown_word"}, {{{"limit", "0"}}, "limit: range"},
      {{{"limit", "1001"}}, "limit: range"},        {{{"limit", "-1"}}, "limit: range"},
      {{{"limit", "ten"}}, "limit: range"},         {{{"limit", ""}}, "limit: range"},
  };
  for (const auto& [query, expected] : refused) CHECK(top(world, query) == expected);
}

TEST_CASE("the top stands for two seconds") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  CHECK(top(world, {}) == R"([{"id":"a","count":1}])");
  REQUIRE(world.hit("a") == "ok");
  world.now.value += 1'999;
  CHECK(top(world, {}) == R"([{"id":"a","count":1}])");
  CHECK(top(world, {{"window", "5m"}}) == R"([{"id":"a","count":2}])");  // another window
  world.now.value += 1;
  CHECK(top(world, {}) == R"([{"id":"a","count":2}])");
}

TEST_CASE("of more ids with equal counts than the top holds, the first by name are in it") {
  World world;
  for (int i = 0; i < 1500; ++i) REQUIRE(world.hit(std::to_string(10'000 + i)) == "ok");
  std::string expected;
  json::Writer out(expected);
  out.begin_array();
  for (int i = 0; i < 1000; ++i)
    out.begin_object()
        .member("id", std::to_string(10'000 + i))
        .member("count", std::uint64_t{1})
        .end_object();
  out.end_array();
  CHECK(top(world, {{"limit", "1000"}}) == expected);
}

TEST_CASE("the top of many ids equals sorting them all") {
  Rng rng(test::test_seed());
  World world;
  std::map<std::string, std::uint64_t> counts;
  for (int i = 0; i < 20'000; ++i) {
    const std::string id = std::to_string(rng.below(1 + rng.below(9000)));
    ++counts[id];
    REQUIRE(world.hit(id) == "ok");
  }
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string expected;
  json::Writer out(expected);
  out.begin_array();
  for (std::size_t i = 0; i < 1000; ++i)
    out.begin_object().member("id", sorted[i].first).member("count", sorted[i].second).end_object();
  out.end_array();
  CHECK(top(world, {{"limit", "1000"}}) == expected);
}

}  // namespace
}  // namespace daybook::hits
