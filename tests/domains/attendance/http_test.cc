#include "domains/attendance/world.h"

#include <algorithm>

namespace daybook::attendance {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Routes<Domain> all_routes() {
  Routes<Domain> routes;
  Domain::routes(routes);
  return routes;
}

Request get(UnixMs now, std::vector<std::string> params = {}, Pairs query = {}) {
  Request request;
  request.method = Method::get;
  request.params = std::move(params);
  request.query = std::move(query);
  request.now = UnixUs{now.value * 1000};
  return request;
}

// The body, or the refusal in words.
std::string body_of(const Result<Response>& response) {
  return response.ok() ? response->body : World::words(response.error());
}

std::string read(const World& world, std::string_view pattern, const Request& request) {
  for (const auto& route : all_routes().reads)
    if (route.pattern == pattern) return body_of(route.read(world.view, request));
  return "no such route";
}

// The log as a list, with the strings an event needs.
class ListLog final : public ReadContext<Domain> {
 public:
  explicit ListLog(const World& world) : world_(world) {}
  void add(const Event& event, Position position) { events_.emplace_back(event, position); }
  [[nodiscard]] Position visible() const override { return Position::max(); }
  [[nodiscard]] std::shared_ptr<ReadContext<Domain>> keep() const override {
    return std::make_shared<ListLog>(*this);
  }
  void with_view(const std::function<void(const View&)>& f) override { f(world_.view); }
  Result<void> scan(Position from, Position until,
                    const std::function<bool(const Event&, const EventMeta&)>& f) override {
    for (const auto& [event, position] : events_) {
      if (position < from || position > until) continue;
      ++scanned;
      if (!f(event, EventMeta{position, {}, {}})) break;
    }
    return {};
  }
  std::size_t scanned = 0;

 private:
  const World& world_;
  std::vector<std::pair<Event, Position>> events_;
};

std::string scan_user(ListLog& log, const Request& request) {
  return body_of(all_routes().scans.at(0).scan(log, request));
}

TEST_CASE("the routes of the contract are there, the personal ones for the admin only") {
  const auto routes = all_routes();
  REQUIRE(routes.commands.size() == 2);
  CHECK(routes.commands[0].pattern == "/attendances");
  CHECK(routes.commands[0].access == Access::open);
  CHECK(routes.commands[1].pattern == "/schools/{id}");
  CHECK(routes.commands[1].access == Access::admin);
  REQUIRE(routes.scans.size() == 1);
  CHECK(routes.scans[0].access == Access::admin);
}

TEST_CASE("the list of schools shows each school's own today, fevers first") {
  World world;
  world.now = at("2026-03-09T18:00:00");
  REQUIRE(world.define("jkt", R"({"name":"Jakarta 1","timeZone":"Asia/Jakarta"})") == "ok");
  REQUIRE(world.send(report("checkin", "a", "jkt", world.now, "38")) == "ok");
  REQUIRE(world.send(report("checkin", "b", "utc", world.now, "37.999")) == "ok");
  REQUIRE(world.send(report("checkin", "c", "jkt", at("2026-03-09T16:59:59"), "40")) == "ok");
  REQUIRE(world.send(report("checkout", "a", "jkt", world.now, "36")) == "ok");
  REQUIRE(world.define("empty", R"({"name":"Nobody yet"})") == "ok");
  CHECK(read(world, "/schools", get(world.now)) ==
        R"([{"_id":"jkt:2026-03-10","date":"2026-03-10","school":{"_id":"jkt","name":"Jakarta 1"},)"
        R"("totalCheckIns":1,"totalCheckOuts":1,"totalFeversDetect":1},)"
        R"({"_id":"utc:2026-03-09","date":"2026-03-09","school":{"_id":"utc","name":"utc"},)"
        R"("totalCheckIns":1,"totalCheckOuts":0,"totalFeversDetect":0},)"
        R"({"_id":"empty:2026-03-09","date":"2026-03-09",)"
        R"("school":{"_id":"empty","name":"Nobody yet"},)"
        R"("totalCheckIns":0,"totalCheckOuts":0,"totalFeversDetect":0}])");
  CHECK(read(World(), "/schools", get(world.now)) == "[]");
}

TEST_CASE("the list of schools holds the hundred with the most fevers") {
  World world;
  for (int school = 0; school < 250; ++school)
    for (int fever = 0; fever <= school % 125; ++fever)
      REQUIRE(world.send(report("checkin", std::to_string(school) + "-" + std::to_string(fever),
                                std::to_string(school), world.now, "39")) == "ok");
  const std::string body = read(world, "/schools", get(world.now));
  json::Parser parser;
  auto list = parser.parse(body, false);
  REQUIRE(list.ok());
  std::vector<std::int64_t> fevers;
  list->each_element([&](const json::Value& row) {
    fevers.push_back(row.find("totalFeversDetect")->as_int64().value());
  });
  REQUIRE(fevers.size() == 100);
  CHECK(std::is_sorted(fevers.rbegin(), fevers.rend()));
  CHECK(fevers.front() == 125);
  CHECK(fevers.back() == 76);
}

TEST_CASE("a school's reports are cut by from and to, thirty days unless said otherwise") {
  World world;
  world.now = at("2026-03-10T12:00:00");
  for (int i = 0; i < 60; ++i) {
    world.now.value += 86'400'000;
    REQUIRE(world.send(report("checkin", "a", "s/1", world.now, "36")) == "ok");
  }
  const auto dates = [&](const Pairs& query) {
    const std::string body = read(world, "/schools/{id}", get(world.now, {"s/1"}, query));
    json::Parser parser;
    auto value = parser.parse(body, false);
    if (!value.ok()) return body;
    std::string first;
    std::string last;
    std::size_t count = 0;
    value->find("reports")->each_element([&](const json::Value& row) {
      last = std::string(row.find("date")->string());
      if (count++ == 0) first = last;
    });
    return std::to_string(count) + " " + first + " " + last;
  };
  CHECK(dates({}) == "30 2026-04-10 2026-05-09");
  CHECK(dates({{"from", "2026-05-01"}}) == "9 2026-05-01 2026-05-09");
  CHECK(dates({{"to", "2026-03-12"}}) == "2 2026-03-11 2026-03-12");
  CHECK(dates({{"from", "2026-04-01"}, {"to", "2026-04-01"}}) == "1 2026-04-01 2026-04-01");
  CHECK(dates({{"from", "2026-04-02"}, {"to", "2026-04-01"}}) == "from: after_to");
  CHECK(dates({{"from", "2025-05-09"}, {"to", "2026-05-09"}}) == "60 2026-03-11 2026-05-09");
  CHECK(dates({{"from", "2025-05-08"}, {"to", "2026-05-09"}}) == "to: range_too_long");
  CHECK(dates({{"from", "yesterday"}, {"to", "2026-02-30"}}) == "from: not_a_date, to: not_a_date");
}

TEST_CASE("one school is shown with its zone; an unknown one is not found") {
  World world;
  REQUIRE(world.send(report("checkout", "a", "s", world.now)) == "User haven't checked in");
  CHECK(read(world, "/schools/{id}", get(world.now, {"s"})) == "school not found");
  REQUIRE(world.send(report("checkin", "a", "s", world.now)) == "ok");
  CHECK(read(world, "/schools/{id}", get(world.now, {"s"})) ==
        R"({"_id":"s","name":"s","timeZone":"UTC","reports":[{"_id":"s:2026-03-10","school":"s",)"
        R"("date":"2026-03-10","totalCheckIns":1,"totalCheckOuts":0,"totalFeversDetect":0}]})");
  REQUIRE(world.define("s", R"({"name":"South"})") == "ok");
  REQUIRE(world.define("s", R"({"timeZone":"Asia/Jakarta"})") == "ok");
  CHECK(read(world, "/schools/{id}", get(world.now, {"s"}))
            .rfind(R"({"_id":"s","name":"South","timeZone":"Asia/Jakarta",)", 0) == 0);
}

TEST_CASE("a person's days are read from their part of the log only") {
  World world;
  ListLog log(world);
  const auto send = [&](const std::string& text) {
    REQUIRE(world.send(text) == "ok");
    log.add(world.last, world.position);
  };
  for (int i = 0; i < 200; ++i) send(report("checkin", std::to_string(i), "s", world.now));
  world.now.value += 20 * 86'400'000LL;
  send(report("checkin", "ann", "s", {world.now.value - 86'400'000}, "38.5"));
  send(report("checkin", "ann", "t", world.now, "36"));
  send(report("checkin", "bob", "s", world.now));
  send(report("checkout", "ann", "t", {world.now.value + 1}, "37.25"));
  const std::string now = std::to_string(world.now.value);
  const std::string before = std::to_string(world.now.value - 86'400'000);
  CHECK(scan_user(log, get(world.now, {"ann"})) ==
        R"({"userId":"ann","days":[{"date":"2026-03-29","checkIn":{"schoolId":"s","timestamp":)" +
            before + R"(,"temperature":38.5,"image":"","position":"201"}},)" +
            R"({"date":"2026-03-30","checkIn":{"schoolId":"t","timestamp":)" + now +
            R"(,"temperature":36,"image":"","position":"202"},)" +
            R"("checkOut":{"schoolId":"t","timestamp":)" + std::to_string(world.now.value + 1) +
            R"(,"temperature":37.25,"image":"","position":"204"}}]})");
  CHECK(log.scanned == 4);
  CHECK(scan_user(log, get(world.now, {"nobody"})) == R"({"userId":"nobody","days":[]})");
  CHECK(scan_user(log, get(world.now, {"7"}, {{"from", "2026-03-01"}, {"to", "2026-03-10"}})) ==
        R"({"userId":"7","days":[{"date":"2026-03-10","checkIn":{"schoolId":"s","timestamp":)" +
            std::to_string(at("2026-03-10T12:00:00").value) +
            R"(,"temperature":36.5,"image":"","position":"8"}}]})");
  CHECK(scan_user(log, get(world.now, {std::string(65, 'x')})) == "id: too_long");
  CHECK(scan_user(log, get(world.now, {"ann"}, {{"from", "2020-01-01"}})) == "to: range_too_long");
}

}  // namespace
}  // namespace daybook::attendance
