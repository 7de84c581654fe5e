// kill -9 at random moments under load: everything that was acknowledged is there after the
// restart, once.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "base/hex.h"
#include "support/seed.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/load_model.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr std::size_t connections = 4;
constexpr std::size_t problems_shown_max = 10;
constexpr std::uint64_t verify_every_rounds = 5;
constexpr std::uint64_t crash_starting_every_rounds = 3;

using Problems = std::vector<std::string>;

void note(Problems& problems, std::string problem) {
  if (!problem.empty() && problems.size() < problems_shown_max)
    problems.push_back(std::move(problem));
}

// Each acknowledged write, sent again, is refused or gets its first answer.
void repeat_acknowledged(HttpClient& client, const std::deque<Operation>& operations,
                         Problems& problems) {
  std::vector<const Operation*> acknowledged;
  for (const auto& operation : operations)
    if (operation.answered) acknowledged.push_back(&operation);
  const auto answers = send_operations(client, acknowledged);
  if (answers.size() != acknowledged.size())
    note(problems, "repeats: " + std::to_string(answers.size()) + " answers for " +
                       std::to_string(acknowledged.size()) + ": " + client.error());
  for (std::size_t i = 0; i < answers.size(); ++i)
    note(problems, wrong_repeat(*acknowledged[i], answers[i]));
}

// What got no answer may be in the log or not; sent again, it is there for certain.
void settle_unanswered(HttpClient& client, std::deque<Operation>& operations, Problems& problems) {
  std::vector<Operation*> open;
  for (auto& operation : operations)
    if (!operation.answered) open.push_back(&operation);
  const auto answers = send_operations(client, {open.begin(), open.end()});
  if (answers.size() != open.size())
    note(problems, "settling: the connection ended: " + client.error());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].status == 200 && !answers[i].receipt.empty()) {
      open[i]->receipt = answers[i].receipt;
    } else {
      note(problems, wrong_repeat(*open[i], answers[i]));
    }
    open[i]->answered = true;
  }
}

void check_between(const TotalsBySchool& least, const TotalsBySchool& served,
                   const TotalsBySchool& most, Problems& problems) {
  for (const auto& [school, top] : most) {
    const auto low = least.contains(school) ? least.at(school) : Totals{};
    const auto got = served.contains(school) ? served.at(school) : Totals{};
    if (got.check_ins < low.check_ins || got.check_ins > top.check_ins ||
        got.check_outs < low.check_outs || got.check_outs > top.check_outs) {
      note(problems, school + ": " + std::to_string(got.check_ins) + " in, " +
                         std::to_string(got.check_outs) + " out; acknowledged " +
                         std::to_string(low.check_ins) + ", " + std::to_string(low.check_outs) +
                         "; sent " + std::to_string(top.check_ins) + ", " +
                         std::to_string(top.check_outs));
    }
  }
}

std::string check_sound(const std::string& data_dir) {
  const Finished verified = run_tool({"log", "verify", "--json"}, data_dir);
  if (verified.exit.code == 0) return {};
  return "log verify ended with " + std::to_string(verified.exit.code) + ": " + verified.out +
         verified.err;
}

// A few receipts, as an auditor would look them up.
void check_receipts(const std::string& data_dir, const std::deque<Operation>& operations, Rng& rng,
                    Problems& problems) {
  for (int sample = 0; sample < 3 && !operations.empty(); ++sample) {
    const Operation& operation = operations[rng.below(operations.size())];
    if (operation.receipt.empty()) continue;
    const Finished found = run_tool({"log", "verify", "--receipt", operation.receipt}, data_dir);
    if (found.exit.code != 0) note(problems, operation.receipt + ": " + found.out + found.err);
  }
}

// The log, event by event, against the model: every operation is one event, and each receipt's
// position holds the event of its operation.
void check_log(const std::string& data_dir, const std::deque<Operation>& operations,
               Problems& problems) {
  const Finished read = run_tool({"log", "read", "--json", "--payload"}, data_dir);
  if (read.exit.code != 0) note(problems, "log read: " + read.err);
  const auto lines = lines_of(read.out);
  if (lines.size() != operations.size())
    note(problems, std::to_string(lines.size()) + " events in the log, " +
                       std::to_string(operations.size()) + " sent");
  std::set<std::uint64_t> positions;
  for (const auto& operation : operations) {
    if (operation.receipt.empty()) continue;  // shown to be there by its refusal
    const std::uint64_t position = std::strtoull(operation.receipt.c_str(), nullptr, 10);
    if (!positions.insert(position).second)
      note(problems, "two operations at position " + std::to_string(position));
    if (position == 0 || position > lines.size()) {
      note(problems, operation.receipt + " is not in the log");
      continue;
    }
    const JsonDoc event(lines[position - 1]);  // positions are gapless from 1
    const std::string user(operation.user);
    const std::string user_hex =
        to_hex({reinterpret_cast<const std::uint8_t*>(user.data()), user.size()}) + "00";
    if (event.number("position") != static_cast<std::int64_t>(position) ||
        event.text("payload").find(user_hex) == std::string::npos ||
        event.text("idempotencyKey") != (operation.key.empty() ? "<none>" : operation.key))
      note(problems, "position " + std::to_string(position) + " holds something else than " +
                         operation.user + ": " + lines[position - 1]);
  }
}

void check_replay(const std::string& data_dir, const std::deque<Operation>& operations,
                  Problems& problems) {
  const Finished replayed = run_tool({"replay", "--json"}, data_dir);
  if (replayed.exit.code != 0) note(problems, "replay: " + replayed.err);
  const JsonDoc json(replayed.out);
  Totals sent;
  for (const auto& [school, totals] : totals_of(operations, false)) {
    sent.check_ins += totals.check_ins;
    sent.check_outs += totals.check_outs;
  }
  const auto domains = json.root().is_object() ? json.root().find("domains") : std::nullopt;
  const auto attendance =
      domains && domains->is_object() ? domains->find("attendance") : std::nullopt;
  const auto totals =
      attendance && attendance->is_object() ? attendance->find("totals") : std::nullopt;
  if (!totals || number_of(*totals, "checkIns") != static_cast<std::int64_t>(sent.check_ins) ||
      number_of(*totals, "checkOuts") != static_cast<std::int64_t>(sent.check_outs) ||
      json.number("events") != static_cast<std::int64_t>(operations.size()))
    note(problems, "replay: " + replayed.out + ", sent " + std::to_string(sent.check_ins) +
                       " in, " + std::to_string(sent.check_outs) + " out");
}

// Load, a kill at a random moment, restart, comparison. Returns the round's operations, all
// settled.
std::deque<Operation> crash_round(const ServerOptions& options, std::uint64_t round, Rng& rng,
                                  Problems& problems) {
  auto server = Server::start(options);
  Load load(server->url(), rng.next(), "r" + std::to_string(round), connections);
  // The moment of the kill is the random input of this test: 5 to 150 ms into the load.
  std::this_thread::sleep_for(Millis(5 + rng.below(145)));
  server->process().kill_hard();
  load.join();
  for (const auto& wrong : load.wrong()) note(problems, wrong);
  if (round % verify_every_rounds == 0) {
    note(problems, check_sound(options.data_dir));
    check_receipts(options.data_dir, load.operations(), rng, problems);
  }
  return std::move(load.operations());
}

// A start that does not get to its end.
void crash_while_starting(const ServerOptions& options, Rng& rng) {
  auto process = Process::start(
      options.program, {"serve", "--data", options.data_dir, "--listen", "127.0.0.1:0"}, {});
  std::this_thread::sleep_for(Millis(rng.below(80)));  // random input, as above
  process->kill_hard();
}

void crash_rounds(const std::string& program) {
  const TempDir dir;
  ServerOptions options{dir / "data"};
  options.program = program;
  Rng rng(test_seed());
  const std::uint64_t rounds = env_number("DAYBOOK_TEST_ROUNDS", 50);
  std::deque<Operation> all;
  std::size_t acknowledged = 0;
  Problems problems;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    CAPTURE(test_seed(), round);
    std::deque<Operation> fresh = crash_round(options, round, rng, problems);
    REQUIRE(problems == Problems{});
    if (round % crash_starting_every_rounds == 0) crash_while_starting(options, rng);

    auto server = Server::start(options);
    HttpClient client(server->url());
    const auto before = totals_of(all, true);
    all.insert(all.end(), fresh.begin(), fresh.end());
    check_between(totals_of(all, true), served_totals(client, totals_of(all, false)),
                  totals_of(all, false), problems);
    acknowledged += static_cast<std::size_t>(std::count_if(
        fresh.begin(), fresh.end(), [](const Operation& operation) { return operation.answered; }));
    repeat_acknowledged(client, fresh, problems);
    settle_unanswered(client, fresh, problems);
    std::copy(fresh.begin(), fresh.end(), all.end() - static_cast<std::ptrdiff_t>(fresh.size()));
    const auto expected = totals_of(all, false);
    const auto served = served_totals(client, expected);
    check_between(expected, served, expected, problems);
    REQUIRE(problems == Problems{});
    server->process().kill_hard();
  }
  // A load that got nothing acknowledged would prove nothing.
  CHECK(acknowledged > rounds);
  // And the kills must have come while requests were under way.
  CHECK(all.size() > acknowledged);
  auto server = Server::start(options);
  HttpClient client(server->url());
  repeat_acknowledged(client, all, problems);
  client.close();
  server->stop();
  note(problems, check_sound(options.data_dir));
  check_log(options.data_dir, all, problems);
  check_replay(options.data_dir, all, problems);
  CHECK(problems == Problems{});
  std::fprintf(stderr, "%zu operations, %zu acknowledged before a kill, %llu rounds\n", all.size(),
               acknowledged, static_cast<unsigned long long>(rounds));
}

TEST_CASE("killed at random moments under load, nothing acknowledged is lost or counted twice") {
  crash_rounds(daybook_program());
}

TEST_CASE("killed with all unsynced bytes lost, nothing acknowledged is lost or counted twice") {
  crash_rounds(unsynced_program());
}

}  // namespace
}  // namespace daybook::test
