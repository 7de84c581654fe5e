#include "project/sinks/google_sheets/fixture.h"

#include "outbound/http_client.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdio>

namespace daybook::test {
namespace {

using Outcome = Delivery::Outcome;

std::string row_of(std::uint64_t n) { return "{\"name\":\"n" + std::to_string(n) + "\"}"; }

std::vector<PublicEvent> events_of(std::uint64_t first, std::uint64_t last) {
  std::vector<PublicEvent> events;
  for (auto n = first; n <= last; ++n) events.push_back(make_event(n, row_of(n)));
  return events;
}

// The first column below the header.
std::vector<std::string> positions(SheetsFixture& sheet) {
  std::vector<std::string> found;
  const auto values = sheet.values();
  for (std::size_t i = 1; i < values.size(); ++i)
    found.push_back(values[i].empty() ? "" : values[i][0]);
  return found;
}
std::vector<std::string> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::string> texts;
  for (auto n = first; n <= last; ++n) texts.push_back(std::to_string(n));
  return texts;
}

// Faults for the next writes, then none.
FakeSheets::Faults next_writes(std::vector<SheetsFault> faults) {
  return [faults = std::move(faults), at = std::size_t{0}](bool write) mutable {
    return write && at < faults.size() ? faults[at++] : SheetsFault::none;
  };
}

void check_unavailable(const Delivery& delivery) {
  INFO(delivery.reason);
  CHECK(delivery.outcome == Outcome::unavailable);
}
void check_delivered(const Delivery& delivery) {
  INFO(delivery.reason);
  CHECK(delivery.outcome == Outcome::delivered);
}
void check_disabled(const Delivery& delivery, std::string_view words) {
  INFO(delivery.reason);
  CHECK(delivery.outcome == Outcome::disabled);
  CHECK(delivery.reason.find(words) != std::string::npos);
}

TEST_CASE("the tab is made, headed, filled below, and warned about") {
  SheetsFixture sheet;
  sheet.begin();
  CHECK(sheet.values().empty());
  check_delivered(sheet.deliver(events_of(5, 7)));
  check_delivered(sheet.deliver(events_of(9, 9)));
  const auto values = sheet.values();
  REQUIRE(values.size() == 5);
  CHECK(values[0] == Row{"position", "id", "time", "name"});
  CHECK(values[1] ==
        Row{"5", "00000000-0000-0000-0000-000000000005", "2026-03-29T12:00:00.005Z", "n5"});
  CHECK(values[4][3] == "n9");
  CHECK(sheet.fake.with([](FakeGrid& grid) { return grid.tab("Answers")->is_protected; }));
  CHECK(sheet.fake.counts().writes == 3);  // the tab, two flushes
  CHECK(sheet.fake.counts().tokens == 1);
}

TEST_CASE("an empty tab that is there already is taken, one with cells is left alone") {
  SheetsFixture sheet;
  sheet.fake.with([](FakeGrid& grid) { grid.add_tab("Answers", 0).row_count = 3; });
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 5)));
  CHECK(positions(sheet) == numbers(1, 5));

  SheetsFixture other;
  other.fake.with([](FakeGrid& grid) {
    grid.add_tab("Answers", 0).rows = {nullptr, std::make_shared<const Row>(Row{"", "my notes"})};
  });
  check_disabled(other.sink->begin(other.progress, other.context), "give it an empty tab");
  CHECK(other.values()[1][1] == "my notes");
}

TEST_CASE("a tab of another projector is left alone") {
  SheetsFixture sheet;
  sheet.begin();
  sheet.source.projector = "second";
  sheet.progress = {};
  sheet.restart();
  check_disabled(sheet.sink->begin(sheet.progress, sheet.context), "\"student-sheet\"");
}

TEST_CASE("cells are texts, whatever they look like") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver({make_event(1, R"({"a":"=1+1","b":"+1","c":7.50,"d":null})")}));
  CHECK(sheet.values()[1][3] == "=1+1");
  CHECK(sheet.values()[1][4] == "+1");
  CHECK(sheet.values()[1][5] == "7.5");
  CHECK(sheet.values()[1].size() == 6);
}

TEST_CASE("the grid grows when rows or columns are needed, and keeps what people added") {
  SheetsFixture sheet;
  sheet.fake.with([](FakeGrid& grid) {
    FakeTab& tab = grid.add_tab("Answers", 77);
    tab.row_count = 4;
    tab.column_count = 2;
  });
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  const auto size = [&] {
    return sheet.fake.with([](FakeGrid& grid) {
      return std::pair(grid.tab("Answers")->row_count, grid.tab("Answers")->column_count);
    });
  };
  CHECK(size() == std::pair<std::size_t, std::size_t>(4, 4));
  sheet.fake.with([](FakeGrid& grid) { grid.tab("Answers")->column_count = 40; });
  check_delivered(sheet.deliver(events_of(4, 5)));
  CHECK(size() == std::pair<std::size_t, std::size_t>(1000, 40));
  CHECK(positions(sheet) == numbers(1, 5));
}

TEST_CASE("a grid that people made smaller is made larger again") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 2)));
  sheet.fake.with([](FakeGrid& grid) { grid.tab("Answers")->row_count = 3; });
  check_unavailable(sheet.deliver(events_of(3, 4)));  // refused, and looked why
  check_delivered(sheet.deliver(events_of(3, 4)));
  CHECK(positions(sheet) == numbers(1, 4));
}

TEST_CASE("a later definition's columns are added at the right in the same request") {
  SheetsFixture sheet;
  sheet.context.columns_by_key["student"] = {1, {"name"}};
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 1)));
  sheet.context.columns_by_key["student"] = {2, {"class", "name"}};
  const auto writes = sheet.fake.counts().writes;
  check_delivered(sheet.deliver({make_event(2, R"({"name":"n2","class":"4b"})")}));
  CHECK(sheet.fake.counts().writes == writes + 1);
  CHECK(sheet.values()[0] == Row{"position", "id", "time", "name", "class"});
  CHECK(sheet.values()[2][4] == "4b");
  // And after a restart the old columns are known.
  sheet.restart();
  sheet.begin();
  check_delivered(sheet.deliver({make_event(3, R"({"name":"n3"})")}));
  CHECK(sheet.values()[3][3] == "n3");
}

TEST_CASE("after a lost answer the same rows are written once, done or not") {
  const SheetsFault fault = GENERATE(SheetsFault::applied_cut, SheetsFault::applied_half,
                                     SheetsFault::applied_503, SheetsFault::applied_slow,
                                     SheetsFault::not_applied_cut, SheetsFault::not_applied_503);
  const bool must_match = GENERATE(true, false);
  FakeSheetsOptions options;
  options.rules.filters_must_match = must_match;
  options.slow_ms = 600;
  SheetsFixture sheet(options);
  sheet.given["timeout_ms"] = "200";
  sheet.restart();
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 2)));
  sheet.fake.set_faults(next_writes({fault, fault}));
  // Each batch is another one: more events have come. (libcurl itself sends again what met a
  // connection that had been kept open and was cut, so one of them may be delivered.)
  for (const std::uint64_t last : {5u, 7u, 8u}) {
    const Delivery delivery = sheet.deliver(events_of(3, last));
    INFO(delivery.reason);
    CHECK((delivery.outcome == Outcome::unavailable || delivery.outcome == Outcome::delivered));
  }
  check_delivered(sheet.deliver(events_of(3, 9)));
  CHECK(positions(sheet) == numbers(1, 9));
}

TEST_CASE("a restart after a lost answer goes on where the tab is") {
  const SheetsFault fault = GENERATE(SheetsFault::applied_503, SheetsFault::not_applied_503);
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 2)));
  sheet.fake.set_faults(next_writes({fault}));
  const SinkProgress saved = sheet.progress;
  check_unavailable(sheet.deliver(events_of(3, 5)));
  sheet.progress = saved;
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == (fault == SheetsFault::applied_503 ? 5 : 2));
  check_delivered(sheet.deliver(events_of(sheet.progress.position.value + 1, 8)));
  CHECK(positions(sheet) == numbers(1, 8));
}

TEST_CASE("a request that arrives after its successor changes nothing") {
  FakeSheetsOptions options;
  options.rules.filters_must_match = GENERATE(true, false);
  SheetsFixture sheet(options);
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 1)));
  // Two of one state: what the first sends is delayed until the second has written more.
  SheetsFixture late;  // its own fake is not used
  late.given = sheet.given;
  late.source = sheet.source;
  late.restart();
  late.begin();
  check_delivered(sheet.deliver(events_of(2, 4)));
  const auto before = sheet.values();
  const PublicEvent letter = make_event(900, row_of(900));
  check_unavailable(late.retry(letter));
  CHECK(sheet.values() == before);
  // And it finds its place when it comes again.
  check_delivered(late.retry(letter));
  CHECK(positions(sheet) == std::vector<std::string>{"1", "2", "3", "4", "900"});
}

TEST_CASE("a retried dead letter is appended below, exactly once, across a kill") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 2)));
  check_delivered(sheet.deliver(events_of(4, 5)));
  const SinkProgress saved = sheet.progress;
  const PublicEvent letter = make_event(3, row_of(3));
  check_delivered(sheet.retry(letter));
  sheet.progress = saved;  // killed before the runtime could write it down
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == 5);
  check_delivered(sheet.retry(letter));
  check_delivered(sheet.deliver(events_of(6, 6)));
  CHECK(positions(sheet) == std::vector<std::string>{"1", "2", "4", "5", "3", "6"});
}

TEST_CASE("an event that does not fit into a cell is a culprit, what is before it is written") {
  SheetsFixture sheet;
  sheet.begin();
  auto events = events_of(1, 4);
  events[2].row = "{\"name\":\"" + std::string(50'001, 'x') + "\"}";
  const Delivery delivery = sheet.deliver(events);
  CHECK(delivery.outcome == Outcome::rejected);
  CHECK(delivery.culprit == 2u);
  CHECK(delivery.delivered == 2);
  CHECK(delivery.final);
  CHECK(delivery.reason == "\"name\" has 50001 characters; a cell takes 50000");
  CHECK(positions(sheet) == numbers(1, 2));
}

TEST_CASE("what Google refuses is told without the cell, and named when it is alone") {
  FakeSheetsOptions options;
  options.rules.poison = "n3";
  SheetsFixture sheet(options);
  sheet.begin();
  const Delivery several = sheet.deliver(events_of(1, 4));
  CHECK(several.outcome == Outcome::rejected);
  CHECK_FALSE(several.culprit);
  CHECK(several.delivered == 0);
  check_delivered(sheet.deliver(events_of(1, 2)));
  const Delivery alone = sheet.deliver(events_of(3, 3));
  CHECK(alone.outcome == Outcome::rejected);
  CHECK(alone.culprit == 0u);
  CHECK(alone.reason == "Google answered 400 INVALID_ARGUMENT, Invalid requests[2].updateCells");
  check_delivered(sheet.deliver(events_of(4, 4)));
  CHECK(positions(sheet) == std::vector<std::string>{"1", "2", "4"});
}

TEST_CASE("a batch larger than a request is several requests") {
  SheetsFixture sheet;
  sheet.begin();
  std::vector<PublicEvent> events;
  for (std::uint64_t n = 1; n <= 100; ++n)
    events.push_back(make_event(n, "{\"name\":\"" + std::string(40'000, 'x') + "\"}"));
  check_delivered(sheet.deliver(events));
  const auto counts = sheet.fake.counts();
  CHECK(counts.writes == 1 + 5);
  CHECK(counts.write_bytes_max < 1'010'000);
  CHECK(positions(sheet) == numbers(1, 100));
}

TEST_CASE("no minute sees more writes than the quota") {
  std::int64_t* steady = nullptr;
  FakeSheetsOptions options;
  options.writes_per_minute = 60;
  const std::int64_t start_ms = static_cast<std::int64_t>(::time(nullptr)) * 1000;
  std::int64_t none = 0;
  options.now_ms = [&] { return start_ms + (steady != nullptr ? *steady : none); };
  SheetsFixture sheet(options);
  sheet.context.steady = 1;
  steady = &sheet.context.steady;
  sheet.begin();
  for (std::uint64_t n = 1; n <= 300; ++n) check_delivered(sheet.deliver(events_of(n, n)));
  CHECK(sheet.fake.counts().over_quota == 0);
  // What keeps late requests out is itself kept small: mark, columns, fences.
  CHECK(sheet.fake.with([](FakeGrid& grid) { return grid.metadata.size(); }) < 2 + 265);
  CHECK(positions(sheet) == numbers(1, 300));
  // 55 a minute and 5 at once: five minutes and a little, not ten.
  CHECK(sheet.context.steady < 6 * 60'000);
  CHECK(sheet.context.steady > 5 * 60'000);
}

TEST_CASE("a stop ends the wait for the quota") {
  SheetsFixture sheet;
  sheet.given["writes_per_minute"] = "1";
  sheet.restart();
  sheet.begin();
  sheet.context.is_interrupted = true;
  check_unavailable(sheet.deliver(events_of(1, 1)));
  CHECK(positions(sheet).empty());
}

TEST_CASE("Retry-After is handed on and a quota answer needs no second look") {
  SheetsFixture sheet;
  sheet.begin();
  const auto reads = sheet.fake.counts().reads;
  sheet.fake.set_faults(next_writes({SheetsFault::rate_limited}));
  const Delivery delivery = sheet.deliver(events_of(1, 1));
  check_unavailable(delivery);
  CHECK(delivery.retry_ms == 1000);
  check_delivered(sheet.deliver(events_of(1, 1)));
  CHECK(sheet.fake.counts().reads == reads);
}

TEST_CASE("a revoked token is renewed once, then a person must help") {
  SheetsFixture sheet;
  sheet.begin();
  sheet.fake.set_faults(next_writes({SheetsFault::revoked}));
  check_delivered(sheet.deliver(events_of(1, 1)));
  CHECK(sheet.fake.counts().tokens == 2);
  sheet.fake.set_faults(next_writes({SheetsFault::revoked, SheetsFault::revoked}));
  check_disabled(sheet.deliver(events_of(2, 2)), "is the key still valid?");
  check_delivered(sheet.deliver(events_of(2, 2)));
  CHECK(positions(sheet) == numbers(1, 2));
}

TEST_CASE("an answer that only a person can mend stops the projector and says what to do") {
  const struct {
    int status;
    const char* body;
    const char* words;
  } rows[] = {
      {403,
       R"({"error":{"code":403,"message":"The caller does not have permission",)"
       R"("status":"PERMISSION_DENIED"}})",
       "share the spreadsheet with daybook@tests.iam.gserviceaccount.com"},
      {404, "", "spreadsheet_id"},
      {302, "", "base_url"},
      {400,
       R"({"error":{"code":400,"message":"This action would increase the number of cells in the )"
       R"(workbook above the limit of 10000000 cells.","status":"INVALID_ARGUMENT"}})",
       "10 million cells"},
  };
  SheetsFixture sheet;
  sheet.begin();
  for (const auto& row : rows) {
    sheet.fake.set_answer(row.status, row.body);
    check_disabled(sheet.deliver(events_of(1, 1)), row.words);
  }
  sheet.fake.set_answer(403, R"({"error":{"code":403,"status":"RESOURCE_EXHAUSTED"}})");
  check_unavailable(sheet.deliver(events_of(1, 1)));
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    sheet.fake.set_answer(status);
    check_unavailable(sheet.deliver(events_of(1, 1)));
  }
  sheet.fake.set_answer(200, "<html>");
  check_unavailable(sheet.deliver(events_of(1, 1)));
  sheet.fake.set_answer(0);
  check_delivered(sheet.deliver(events_of(1, 1)));
  CHECK(positions(sheet) == numbers(1, 1));
}

TEST_CASE("a full spreadsheet stops the projector before Google has to") {
  SheetsFixture sheet;
  sheet.fake.with([](FakeGrid& grid) {
    FakeTab& other = grid.add_tab("Other", 1);
    other.row_count = 99'999;
    other.column_count = 100;
    FakeTab& tab = grid.add_tab("Answers", 2);
    tab.row_count = 5;
    tab.column_count = 4;
  });
  sheet.begin();
  // Room for 25 rows of 4 cells beside the other tab's 9,999,900.
  check_delivered(sheet.deliver(events_of(1, 24)));
  CHECK(sheet.fake.with([](FakeGrid& grid) { return grid.tab("Answers")->row_count; }) == 25);
  const auto writes = sheet.fake.counts().writes;
  check_disabled(sheet.deliver(events_of(25, 25)), "10 million cells");
  CHECK(sheet.fake.counts().writes == writes);
  CHECK(positions(sheet) == numbers(1, 24));
}

TEST_CASE("a tab that was deleted is written again from the beginning") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  sheet.fake.with([](FakeGrid& grid) {
    grid.tabs.clear();
    grid.metadata.clear();
  });
  check_disabled(sheet.deliver(events_of(4, 4)), "resume");
  sheet.begin();
  CHECK(sheet.progress.position.value == 0);
  check_delivered(sheet.deliver(events_of(1, 4)));
  CHECK(positions(sheet) == numbers(1, 4));
}

TEST_CASE("a spreadsheet set back to an earlier version gets what it lacks") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  const auto old = sheet.fake.with([](FakeGrid& grid) { return grid; });
  check_delivered(sheet.deliver(events_of(4, 6)));
  sheet.fake.with([&](FakeGrid& grid) { grid = old; });
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == 3);
  check_delivered(sheet.deliver(events_of(4, 7)));
  CHECK(positions(sheet) == numbers(1, 7));
}

TEST_CASE("a tab whose cells were cleared is written again from the beginning") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  sheet.fake.with([](FakeGrid& grid) { grid.tab("Answers")->rows.clear(); });
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == 0);
  check_delivered(sheet.deliver(events_of(1, 4)));
  CHECK(positions(sheet) == numbers(1, 4));
  CHECK(sheet.values()[0][0] == "position");
}

TEST_CASE("rows that people inserted are not written over") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  sheet.fake.with([](FakeGrid& grid) {
    auto& rows = grid.tab("Answers")->rows;
    rows.insert(rows.begin() + 2, 2, nullptr);
  });
  sheet.restart();
  sheet.begin();
  check_delivered(sheet.deliver(events_of(4, 4)));
  CHECK(positions(sheet) == std::vector<std::string>{"1", "", "", "2", "3", "4"});
}

TEST_CASE("a lost state store is made good from the tab") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  sheet.progress = {};
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == 3);
}

TEST_CASE(
    "a projector that starts from now keeps its place when it is killed before its first row") {
  SheetsFixture sheet;
  sheet.progress.position = {100};
  sheet.begin();
  sheet.progress = {{105}, ""};  // not written down; the log went on
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == 105);
}

TEST_CASE("a reset to the beginning clears the tab and writes it again") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 9)));
  check_delivered(sheet.retry(make_event(3, row_of(3))));
  sheet.progress.position = {0};
  check_delivered(sheet.sink->reset(sheet.progress, sheet.context));
  CHECK(sheet.values().empty());
  sheet.begin();
  CHECK(sheet.progress.position.value == 0);
  check_delivered(sheet.deliver(events_of(1, 2)));
  check_delivered(sheet.retry(make_event(3, row_of(3))));  // no longer known
  CHECK(positions(sheet) == numbers(1, 3));
}

TEST_CASE("a reset to elsewhere goes on below, also when it is killed half way") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 4)));
  SinkProgress obeyed = sheet.progress;
  obeyed.position = {2};
  sheet.fake.set_faults(next_writes({SheetsFault::applied_cut}));
  check_unavailable(sheet.sink->reset(obeyed, sheet.context));
  sheet.restart();
  sheet.progress.position = {2};
  check_delivered(sheet.sink->reset(sheet.progress, sheet.context));
  sheet.begin();
  CHECK(sheet.progress.position.value == 2);
  check_delivered(sheet.deliver(events_of(3, 5)));
  CHECK(positions(sheet) == std::vector<std::string>{"1", "2", "3", "4", "3", "4", "5"});
}

TEST_CASE("a spreadsheet configured anew is filled from the beginning") {
  SheetsFixture sheet;
  sheet.begin();
  check_delivered(sheet.deliver(events_of(1, 3)));
  sheet.given["sheet"] = "Second";
  sheet.restart();
  sheet.begin();
  CHECK(sheet.progress.position.value == 0);
}

TEST_CASE("values:append, retried after a lost answer, doubles its row: why it is not used") {
  SheetsFixture sheet;
  sheet.begin();
  sheet.fake.set_faults(next_writes({SheetsFault::applied_cut}));
  outbound::HttpOptions options;
  options.allow_private = true;
  outbound::HttpClient http(options);
  const std::string url = sheet.fake.url() + "/v4/spreadsheets/" + sheet.fake.spreadsheet() +
                          "/values/Answers:append?valueInputOption=RAW";
  int status = 0;
  for (int tries = 0; tries < 3 && status != 200; ++tries)
    status =
        http.send({"POST", url, {"Authorization: Bearer ya29.test-1"}, R"({"values":[["1"]]})"})
            .status;
  CHECK(status == 200);
  CHECK(sheet.values() == std::vector<Row>{{"1"}, {"1"}});
}

// Not among the ordinary tests: google_sheets_test [throughput]
TEST_CASE("how many events a second the sink can bring", "[.][throughput]") {
  SheetsFixture sheet;
  sheet.begin();
  constexpr std::uint64_t batch = 500, batches = 100;
  std::vector<std::vector<PublicEvent>> events;
  for (std::uint64_t n = 0; n < batches; ++n)
    events.push_back(events_of(n * batch + 1, (n + 1) * batch));
  const auto start = std::chrono::steady_clock::now();
  for (const auto& some : events) check_delivered(sheet.deliver(some));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "%.0f events/s but for the quota, which makes it %.0f/s in batches of %llu\n",
      static_cast<double>(batch * batches) / took.count(),
      static_cast<double>(batch * batches) * 1000 / static_cast<double>(sheet.context.steady),
      static_cast<unsigned long long>(batch));
}

TEST_CASE("options are checked before anything starts") {
  SheetsFixture sheet;
  const struct {
    const char *option, *value;
  } rows[] = {{"spreadsheet_id", ""},  {"spreadsheet_id", "a/b"}, {"sheet", ""},
              {"sheet", "a\nb"},       {"key_file", ""},          {"key_file", "/none/key.json"},
              {"base_url", "ftp://x"}, {"base_url", "http://x/"}, {"token_url", "token"},
              {"columns", "a,b,a"}};
  const SinkType type = google_sheets_sink::type();
  for (const auto& row : rows) {
    auto given = sheet.given;
    given[row.option] = row.value;
    const auto refused = type.make(TableOptions(type.options, given), sheet.source);
    INFO(row.option << " = " << row.value);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().message.starts_with(row.option));
  }
  sheet.given["allow_private"] = "false";
  sheet.restart();
  check_disabled(sheet.sink->begin(sheet.progress, sheet.context), "private address");
}

}  // namespace
}  // namespace daybook::test
