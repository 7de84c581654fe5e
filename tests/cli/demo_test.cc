#include "cli/demo.h"

#include "base/files.h"
#include "cli/demo_requests.h"
#include "cli/engine.h"
#include "cli/shipped_forms.h"
#include "config/flags.h"
#include "domains/catalog_entries.h"
#include "support/temp_dir.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>

namespace daybook::cli {
namespace {

constexpr UnixUs now{1'800'000'000'000'000};

config::Config config_for(const std::string& data_dir) {
  const auto table = config::with_kernel_settings(make_catalog().settings());
  auto config = config::Config::load(
      table, {.file = {},
              .flags = {{"server.data", data_dir}},
              .environment = [](const std::string&) { return std::optional<std::string>{}; }});
  REQUIRE(config.ok());
  return *std::move(config);
}

}  // namespace

TEST_CASE("the demo defines what its records need before they come, all as JSON") {
  std::set<std::string, std::less<>> seen_records;
  std::map<std::string, int, std::less<>> definitions;
  json::Parser parser;
  for (const DemoRequest& request : demo_requests(now)) {
    INFO(request.body);
    REQUIRE(parser.parse(request.body, false).ok());
    const std::string domain(request.domain);
    if (request.pattern.empty()) {
      seen_records.insert(domain);
    } else {
      CHECK(seen_records.count(domain) == 0);
      ++definitions[domain];
    }
  }
  CHECK(seen_records ==
        std::set<std::string, std::less<>>{"attendance", "booking", "forms", "hits"});
  CHECK(definitions["attendance"] == 3);
  CHECK(definitions["booking"] == 3);
  CHECK(definitions["forms"] == 2);
  CHECK(definitions["quiz"] == 12);
}

TEST_CASE("the program brings the definitions of config/forms along, byte for byte") {
  std::set<std::string> names;
  for (const ShippedForm& form : shipped_forms()) {
    names.emplace(form.name);
    const auto file = read_file(std::string(DAYBOOK_SOURCE_DIR) + "/config/forms/" +
                                std::string(form.name) + ".json");
    REQUIRE(file.ok());
    CHECK(*file == form.definition);
  }
  CHECK(names == std::set<std::string>{"demo-form", "student-data-form"});
}

TEST_CASE("the demo's stations have the reference's 30 dates and places") {
  std::map<std::string, std::int64_t> places;
  json::Parser parser;
  for (const DemoRequest& request : demo_requests(now)) {
    if (request.pattern != "/stations/{name}") continue;
    const auto body = parser.parse(request.body, false);
    REQUIRE(body.ok());
    std::vector<std::string> dates;
    body->find("dates")->each_element([&](const json::Value& date) {
      dates.emplace_back(date.find("date")->string());
      places[request.params.front()] += *date.find("capacity")->as_int64();
    });
    CHECK(dates.size() == 30);
    CHECK(dates.front() == "20210516");
    CHECK(dates.back() == "20210614");
  }
  CHECK(places ==
        std::map<std::string, std::int64_t>{{"PWTC", 30'000}, {"UM", 150'000}, {"IDCC", 90'000}});
}

TEST_CASE("the demo's hits lie in the last six hours, some in the last five minutes") {
  constexpr std::int64_t now_ms = now.value / 1000;
  int hits = 0;
  int late = 0;
  json::Parser parser;
  for (const DemoRequest& request : demo_requests(now)) {
    if (request.domain != "hits") continue;
    const auto body = parser.parse(request.body, false);
    REQUIRE(body.ok());
    const std::int64_t ms = *body->find("timestamp")->as_int64();
    CHECK(ms <= now_ms);
    CHECK(ms >= now_ms - 6 * 3'600'000);
    ++hits;
    if (ms > now_ms - 300'000) ++late;
  }
  CHECK(hits > 100);
  CHECK(late > 10);
  CHECK(late < hits);
}

TEST_CASE("every domain of the program takes the demo, and a log with events takes none") {
  const test::TempDir dir;
  const config::Config config = config_for(dir / "data");
  auto engine = Engine::open(config, make_catalog(), {});
  REQUIRE(engine.ok());
  const auto loaded = load_demo(**engine);
  INFO((loaded.ok() ? std::string() : loaded.error().message));
  REQUIRE(loaded.ok());
  CHECK(*loaded > 100);
  CHECK((*engine)->log().head().value >= *loaded);  // time may have made events too
  std::set<std::string, std::less<>> demo_domains;
  for (const DemoRequest& request : demo_requests(now)) demo_domains.emplace(request.domain);
  for (const AnyDomain* domain : (*engine)->domains()) {
    // What is said about projectors and consumers is no data to look at.
    if (domain->name() == "projectors" || domain->name() == "consumers") continue;
    INFO(domain->name());
    CHECK(demo_domains.count(domain->name()) == 1);
    std::uint64_t sum = 0;
    for (const auto& [name, total] : domain->totals()) sum += total;
    CHECK(sum > 0);
  }
  const auto again = load_demo(**engine);
  REQUIRE(again.ok());
  CHECK(*again == 0);
}

}  // namespace daybook::cli
