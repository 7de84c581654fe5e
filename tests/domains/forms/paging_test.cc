// Pages and exports against a plain filter over the log, by random filters; what a page costs.
#include "domains/forms/submissions.h"

#include "base/random.h"
#include "domains/forms/world.h"
#include "support/seed.h"

#include <optional>
#include <set>

namespace daybook::forms {
namespace {

constexpr std::string_view pages = "/forms/{name}/submissions";
const std::string forms[] = {"often", "some", "rare"};

// A verdict on any event of the log, late ones too; one that is no submission of its form makes no
// difference.
void judge_any(World& world, Rng& rng) {
  Logged about = world.log[rng.below(world.log.size())];
  if (rng.below(20) == 0) about.event.form = forms[rng.below(3)];
  REQUIRE(world.line(verdict_line(rng.below(4) == 0 ? "clear" : "flag", about)) == "ok");
}

// Three forms of very different traffic, several versions, spam, verdicts, other topics' positions
// between, and a clock that was set back once.
void fill(World& world, Rng& rng, int count) {
  for (const std::string& form : forms)
    REQUIRE(world.define(form, simple_definition(R"("honeypot":"h")")) == "ok");
  for (int i = 0; i < count; ++i) {
    world.gap = rng.below(4) == 0 ? rng.below(200) : 0;
    world.now.value += static_cast<std::int64_t>(rng.below(2'000'000));
    if (i == count / 3) world.now.value -= 300'000'000;
    const std::uint64_t dice = rng.below(100);
    const std::string& form = forms[dice < 80 ? 0 : dice < 98 ? 1 : 2];
    if (rng.below(400) == 0) {
      const std::string more = R"("honeypot":"h","min_fill_ms":0,"title":"v)" + std::to_string(i);
      const std::string text = R"({"schema":{"type":"object","properties":{"c)" +
                               std::to_string(i) + R"(":{}}},)" + more + "\"}";
      REQUIRE(world.define(form, text) == "ok");
    }
    const std::string trap = rng.below(10) == 0 ? R"(,"h":"x")" : "";
    REQUIRE(world.post(form, R"({"name":"n)" + std::to_string(i) + "\"" + trap + "}") == "ok");
    if (rng.below(8) == 0) judge_any(world, rng);
  }
}

struct Filter {
  std::string form;
  Pairs query;
  UnixUs from{std::numeric_limits<std::int64_t>::min()};
  UnixUs until{std::numeric_limits<std::int64_t>::max()};
  std::uint32_t version = 0;
  SpamFilter spam = SpamFilter::hide;
  FlagFilter flags = FlagFilter::any;
  bool newest_first = false;
};

// Times in whole milliseconds, as a query can say them.
Filter random_filter(const World& world, Rng& rng) {
  Filter filter;
  filter.form = forms[rng.below(3)];
  const auto edge = [&](const char* name, UnixUs& to) {
    if (rng.below(2) == 0) return;
    const auto ms = to_ms(world.log[rng.below(world.log.size())].event.at).value;
    to = {ms * 1000};
    filter.query.emplace_back(name, rng.below(2) == 0 ? std::to_string(ms) : time_text(to));
  };
  edge("from", filter.from);
  edge("to", filter.until);
  if (rng.below(3) == 0) {
    filter.version = static_cast<std::uint32_t>(1 + rng.below(4));
    filter.query.emplace_back("version", std::to_string(filter.version));
  }
  if (const auto dice = rng.below(3); dice != 0) {
    filter.spam = dice == 1 ? SpamFilter::with : SpamFilter::only;
    filter.query.emplace_back("spam", dice == 1 ? "true" : "only");
  }
  if (const auto dice = rng.below(3); dice != 0) {
    filter.flags = dice == 1 ? FlagFilter::only : FlagFilter::without;
    filter.query.emplace_back("flagged", dice == 1 ? "true" : "false");
  }
  filter.newest_first = rng.below(2) == 0;
  if (filter.newest_first || rng.below(2) == 0)
    filter.query.emplace_back("order", filter.newest_first ? "newest" : "oldest");
  return filter;
}

// Positions of real submissions whose last verdict is a flag, by the plain log.
std::set<Position> flagged_of(const World& world, const std::string& form) {
  std::set<Position> real;
  std::set<Position> flagged;
  for (const Logged& logged : world.log) {
    const Event& event = logged.event;
    if (event.form != form) continue;
    if (event.kind == Kind::submitted && event.spam == Spam::none)
      real.insert(logged.meta.position);
    if (event.kind == Kind::flagged && real.contains(event.position))
      flagged.insert(event.position);
    if (event.kind == Kind::cleared) flagged.erase(event.position);
  }
  return flagged;
}

std::vector<std::string> expected(const World& world, const Filter& filter) {
  std::vector<std::string> ids;
  const std::set<Position> flagged = flagged_of(world, filter.form);
  for (const Logged& logged : world.log) {
    const Event& event = logged.event;
    if (event.kind != Kind::submitted || event.form != filter.form) continue;
    if (event.at < filter.from || event.at >= filter.until) continue;
    if (filter.version != 0 && event.version != filter.version) continue;
    if (filter.spam == SpamFilter::hide && event.spam != Spam::none) continue;
    if (filter.spam == SpamFilter::only && event.spam == Spam::none) continue;
    const bool is_flagged = flagged.contains(logged.meta.position);
    if (filter.flags != FlagFilter::any && is_flagged != (filter.flags == FlagFilter::only))
      continue;
    ids.push_back(id_text(logged.meta.event_id));
  }
  if (filter.newest_first) std::reverse(ids.begin(), ids.end());
  return ids;
}

// Page after page.
std::vector<std::string> read_pages(World& world, ListLog& log, const Filter& filter,
                                    std::size_t limit) {
  std::vector<std::string> ids;
  std::optional<std::string> next;
  do {
    Pairs query = filter.query;
    query.emplace_back("limit", std::to_string(limit));
    if (next) query.emplace_back("after", *next);
    const std::string body = body_of(world, scan(log, pages, get({filter.form}, query)));
    json::Parser parser;
    const auto page = parser.parse(body, false);
    INFO(body.substr(0, 300));
    REQUIRE(page.ok());
    std::size_t rows = 0;
    page->find("submissions")->each_element([&](const json::Value& row) {
      ids.emplace_back(row.find("id")->string());
      if (filter.flags != FlagFilter::any)
        CHECK(row.find("flagged").has_value() == (filter.flags == FlagFilter::only));
      ++rows;
    });
    CHECK(rows <= limit);
    next.reset();
    if (const auto cursor = page->find("next"); cursor->is_string()) {
      next = std::string(cursor->string());
      CHECK(rows == limit);
    }
  } while (next);
  return ids;
}

std::string read_stream(const Result<Response>& response) {
  REQUIRE(response.ok());
  REQUIRE(response->stream != nullptr);
  std::string all;
  while (true) {
    std::string part;
    const auto more = response->stream->next(part);
    REQUIRE(more.ok());
    CHECK(part.size() < body_part_bytes + 4096);
    all += part;
    if (!*more) return all;
  }
}

TEST_CASE("pages of any filter and size give what a plain filter over the log gives") {
  const std::uint64_t seed = test::test_seed();
  Rng rng(seed);
  World world;
  fill(world, rng, 6000);
  ListLog log(world);
  for (int round = 0; round < 120; ++round) {
    const Filter filter = random_filter(world, rng);
    std::string said;
    for (const auto& [name, value] : filter.query) said += name + "=" + value + " ";
    INFO("seed " << seed << " form " << filter.form << " " << said);
    const std::size_t limits[] = {7, 50, 1000};
    CHECK(read_pages(world, log, filter, limits[rng.below(3)]) == expected(world, filter));
  }
}

TEST_CASE("how many are flagged adds up, by form and over all") {
  Rng rng(test::test_seed());
  World world;
  fill(world, rng, 3000);
  std::size_t flagged = 0;
  for (const std::string& form : forms) {
    const std::size_t count = flagged_of(world, form).size();
    const FormEntry& entry = *world.view.form(form);
    CHECK(read(world, "/forms/{name}/moderation", get({form})) ==
          R"({"name":")" + form + R"(","submissions":)" + std::to_string(entry.real.size()) +
              R"(,"spam":)" + std::to_string(entry.spam.size()) + R"(,"flagged":)" +
              std::to_string(count) + "}");
    flagged += count;
  }
  CHECK(flagged > 50);
  CHECK(Domain::totals(world.view).back() ==
        std::pair<std::string, std::uint64_t>("flagged", flagged));
}

TEST_CASE("an export gives the same rows as the pages, in parts") {
  const std::uint64_t seed = test::test_seed();
  Rng rng(seed);
  World world;
  fill(world, rng, 6000);
  ListLog log(world);
  for (int round = 0; round < 30; ++round) {
    const Filter filter = random_filter(world, rng);
    const std::string lines =
        read_stream(scan(log, "/forms/{name}/submissions.jsonl", get({filter.form}, filter.query)));
    std::vector<std::string> ids;
    json::Parser parser;
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) {
      const auto line =
          parser.parse(std::string_view(lines).substr(at, lines.find('\n', at) - at), false);
      REQUIRE(line.ok());
      ids.emplace_back(line->find("id")->string());
    }
    INFO("seed " << seed);
    CHECK(ids == expected(world, filter));
    const std::string csv =
        read_stream(scan(log, "/forms/{name}/submissions.csv", get({filter.form}, filter.query)));
    CHECK(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')) == ids.size() + 1);
  }
}

TEST_CASE("what comes while an export runs is not in it") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  const std::string filler(1000, 'x');
  for (int i = 0; i < 500; ++i) REQUIRE(world.post("f", R"({"name":")" + filler + "\"}") == "ok");
  ListLog log(world);
  const auto response = scan(log, "/forms/{name}/submissions.jsonl", get({"f"}));
  REQUIRE(response.ok());
  std::string all;
  REQUIRE(response->stream->next(all).ok());
  CHECK(std::count(all.begin(), all.end(), '\n') < 200);
  REQUIRE(world.post("f", R"({"name":"late"})") == "ok");
  all += read_stream(response);
  CHECK(std::count(all.begin(), all.end(), '\n') == 500);
}

TEST_CASE("a page reads little more of the log than its rows, wherever it is") {
  Rng rng(test::test_seed());
  World world;
  fill(world, rng, 20'000);
  for (const std::string& form : forms) {
    for (const char* order : {"oldest", "newest"}) {
      ListLog log(world);
      Pairs query{{"limit", "10"}, {"order", order}};
      REQUIRE(scan(log, pages, get({form}, query)).ok());
      INFO(form << " " << order);
      CHECK(log.scans <= 11);
      CHECK(log.events <= 12 * 64);
    }
  }
}

TEST_CASE("a page of large bodies ends before it is too large to send") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  const std::string large(3u << 20, 'x');
  for (int i = 0; i < 7; ++i) REQUIRE(world.post("f", R"({"name":")" + large + "\"}") == "ok");
  ListLog log(world);
  std::size_t rows = 0;
  Pairs query;
  for (int page = 0; page < 4; ++page) {
    const auto response = scan(log, pages, get({"f"}, query));
    REQUIRE(response.ok());
    CHECK(response->body.size() < 9u << 20);
    json::Parser parser;
    const auto body = parser.parse(response->body, false);
    REQUIRE(body.ok());
    body->find("submissions")->each_element([&](const json::Value&) { ++rows; });
    if (body->find("next")->is_null()) break;
    query = {{"after", std::string(body->find("next")->string())}};
  }
  CHECK(rows == 7);
}

TEST_CASE("one submission is found by its id, in its own form only") {
  Rng rng(test::test_seed());
  World world;
  fill(world, rng, 3000);
  ListLog log(world);
  const auto find = [&](const std::string& form, const std::string& id) {
    return body_of(world, scan(log, "/forms/{name}/submissions/{id}", get({form, id})));
  };
  for (int round = 0; round < 50; ++round) {
    const Logged& logged = world.log[3 + rng.below(world.log.size() - 3)];
    if (logged.event.kind != Kind::submitted) continue;
    const std::string id = id_text(logged.meta.event_id);
    CHECK(find(std::string(logged.event.form), id).starts_with(R"({"id":")" + id + "\""));
    CHECK(find(logged.event.form == "rare" ? "often" : "rare", id) == "submission not found");
  }
  CHECK(find("often", "x") == "submission not found");
  CHECK(find("often", "00112233-4455-6677-8899-aabbccddeeff") == "submission not found");
}

}  // namespace
}  // namespace daybook::forms
