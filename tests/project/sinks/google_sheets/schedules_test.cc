// The proof of "exactly once": random faults of the server and kill -9 of the process, and in the
// end the sheet holds each event once, in order.
//
// DAYBOOK_TEST_SHEETS_SCHEDULES: how many schedules; DAYBOOK_TEST_SEED: the first one's seed.
#include "base/files.h"
#include "base/random.h"
#include "project/sinks/google_sheets/fixture.h"
#include "project/sinks/google_sheets/schedule.h"
#include "support/process.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdio>
#include <set>

namespace daybook::test {
namespace {

constexpr std::uint64_t schedules_default = 40;
constexpr std::uint64_t kills_max = 12;     // of one schedule
constexpr std::uint64_t alive_ms_max = 40;  // before a kill
constexpr Millis end_deadline{60'000};

struct Totals {
  std::size_t kills = 0, events = 0, letters = 0, writes = 0, late_refused = 0;
  std::map<SheetsFault, std::size_t> faults;
};

FakeSheets::Faults random_faults(std::uint64_t seed) {
  auto rng = std::make_shared<Rng>(seed);
  const std::uint64_t percent = rng->below(35);
  return [rng, percent](bool write) {
    if (rng->below(100) >= percent) return SheetsFault::none;
    const auto fault = static_cast<SheetsFault>(1 + rng->below(sheets_faults - 1));
    // A read has no late or lost effect, and a look that never ends would only take time.
    if (!write && (fault == SheetsFault::late || fault == SheetsFault::applied_slow))
      return SheetsFault::not_applied_503;
    // Twice in a row it would be a person's matter, as it is to be.
    return fault == SheetsFault::revoked && rng->below(4) != 0 ? SheetsFault::rate_limited : fault;
  };
}

// The row's members by the header: the cells of its columns and what `other` holds.
std::map<std::string, std::string> members_of(const Row& header, const Row& row) {
  std::map<std::string, std::string> members;
  for (std::size_t c = 3; c < row.size(); ++c) {
    if (row[c].empty()) continue;
    if (header.at(c) != "other") {
      members[header.at(c)] = row[c];
      continue;
    }
    json::Parser parser;
    const auto other = parser.parse(row[c], false);
    REQUIRE(other.ok());
    other->each_member([&](std::string_view name, const json::Value& value) {
      CHECK_FALSE(members.contains(std::string(name)));
      members[std::string(name)] = value.string();
    });
  }
  return members;
}

void check_grid(const Schedule& schedule, const std::vector<Row>& grid) {
  REQUIRE(!grid.empty());
  const Row& header = grid[0];
  CHECK(Row(header.begin(), header.begin() + 3) == Row{"position", "id", "time"});
  CHECK(std::set<std::string>(header.begin(), header.end()).size() == header.size());
  std::map<std::string, const PlannedEvent*> planned;
  for (const auto& event : schedule.events)
    planned[std::to_string(event.event.position.value)] = &event;
  std::set<std::string> seen;
  std::uint64_t last = 0;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    INFO("row " << i + 1);
    REQUIRE(grid[i].size() >= 3);
    const auto found = planned.find(grid[i][0]);
    REQUIRE(found != planned.end());
    CHECK(seen.insert(grid[i][0]).second);  // none twice
    const PlannedEvent& event = *found->second;
    if (!event.wrong) {
      CHECK(event.event.position.value > last);  // in order
      last = event.event.position.value;
    }
    auto expected = event.members;
    std::erase_if(expected, [](const auto& member) { return member.second.empty(); });
    CHECK(members_of(header, grid[i]) == expected);
  }
  CHECK(seen.size() == schedule.events.size());  // none missing
}

void run_schedule(std::uint64_t seed, Totals& totals) {
  INFO("DAYBOOK_TEST_SEED=" << seed << " DAYBOOK_TEST_SHEETS_SCHEDULES=1");
  const Schedule schedule = make_schedule(seed);
  Rng rng(seed ^ 0x5EED);
  FakeSheetsOptions options;
  options.rules.poison = poison;
  options.rules.filters_must_match = rng.below(2) == 0;
  options.slow_ms = 150;
  FakeSheets fake(test_account(), options);
  fake.set_faults(random_faults(seed));
  const TempDir dir;
  REQUIRE(
      write_file_durable(dir / "key.json", test_account().key_file(fake.token_url()), 0600).ok());
  const std::uint64_t kills = rng.below(kills_max + 1);
  bool finished = false;
  for (std::uint64_t run = 0; !finished; ++run) {
    const auto child = Process::start(
        DAYBOOK_SHEETS_CHILD,
        {std::to_string(seed), std::to_string(run), dir.path(), fake.url(), dir / "key.json"});
    const bool kill = run < kills;
    const auto exit = child->wait(kill ? Millis(static_cast<std::int64_t>(rng.below(alive_ms_max)))
                                       : end_deadline);
    if (!exit && kill) {
      child->kill_hard();
      ++totals.kills;
      continue;
    }
    INFO(child->err());
    REQUIRE(exit);
    // Wants a person, who resumes it: the access token was revoked twice in a row.
    if (exit->code == 3) {
      REQUIRE(child->err().find("twice") != std::string::npos);
      continue;
    }
    REQUIRE(exit->code == 0);
    finished = true;
  }
  check_grid(schedule, fake.values("Answers"));
  const auto counts = fake.counts();
  CHECK(counts.complaints.empty());
  totals.events += schedule.events.size();
  for (const auto& event : schedule.events) totals.letters += event.wrong ? 1 : 0;
  totals.writes += counts.writes;
  totals.late_refused += counts.late_refused;
  for (const auto& [fault, count] : counts.faults) totals.faults[fault] += count;
}

TEST_CASE("whatever befalls server and process, the sheet holds each event once and in order") {
  const std::uint64_t schedules = env_number("DAYBOOK_TEST_SHEETS_SCHEDULES", schedules_default);
  const std::uint64_t seed = test_seed();
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  for (std::uint64_t i = 0; i < schedules; ++i) run_schedule(seed + i, totals);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "%llu schedules in %.1f s: %zu events, %zu of them dead letters first, %zu kills, "
      "%zu writes, faults",
      static_cast<unsigned long long>(schedules), took.count(), totals.events, totals.letters,
      totals.kills, totals.writes);
  static constexpr const char* names[sheets_faults] = {
      "none", "applied_cut",     "applied_half",    "applied_slow", "applied_503",
      "late", "not_applied_cut", "not_applied_503", "rate_limited", "revoked"};
  for (const auto& [fault, count] : totals.faults)
    std::printf(" %s %zu", names[static_cast<std::size_t>(fault)], count);
  std::printf(" (late and refused: %zu)\n", totals.late_refused);
}

}  // namespace
}  // namespace daybook::test
