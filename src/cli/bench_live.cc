#include "cli/bench_live.h"

#include "base/random.h"
#include "cli/exit_codes.h"
#include "load/live_report.h"
#include "load/live_run.h"
#include "load/report.h"
#include "load/runner.h"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace daybook::cli {
namespace {

constexpr unsigned define_connections = 64;  // their commits go together

struct LiveOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string key;
  std::string duration = "10s";
  std::string warmup = "1s";
  std::string drive = "500ms";
  std::string quiz;
  std::optional<std::uint64_t> seed;
  bool json = false;
  load::LivePlan plan;
};

// A quiz of the run's own, where nobody has answered; as long as the reference's ids are.
std::string fresh_quiz_id() {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "bench-quiz-%010llu",
                static_cast<unsigned long long>(system_random_u64() % 10'000'000'000u));
  return text.data();
}

int refused(const Error& error) {
  std::fprintf(stderr, "daybook bench live: %s\n", error.message.c_str());
  return error.code == Errc::invalid ? exit_usage : exit_failed;
}

Result<load::LivePlan> plan_of(const LiveOptions& o) {
  load::LivePlan plan = o.plan;
  DAYBOOK_TRY(plan.duration_ns, load::parse_duration_ns(o.duration));
  DAYBOOK_TRY(plan.warmup_ns, load::parse_duration_ns(o.warmup));
  DAYBOOK_TRY(plan.drive_ns, load::parse_duration_ns(o.drive));
  DAYBOOK_TRY(plan.target, load::resolve_target(o.url));
  plan.seed = o.seed ? *o.seed : system_random_u64();
  if (!o.quiz.empty())
    plan.quiz.id = o.quiz;
  else if (!o.key.empty())
    plan.quiz.id = fresh_quiz_id();
  if (o.key.find_first_of("\r\n") != std::string::npos)
    return Error{Errc::invalid, "the admin key must be one line"};
  return plan;
}

// The quiz and its users. Without a key they are there already.
Result<void> define(const load::LivePlan& plan, const std::string& key) {
  if (key.empty()) return {};
  const load::Definitions definitions =
      load::live_definitions(plan.quiz, plan.target.authority, key);
  load::LoadPlan puts;
  puts.target = plan.target;
  puts.connections = define_connections;
  load::SeedCursor cursor{0};
  const auto report = load::run_load(
      puts,
      [&](unsigned) -> std::unique_ptr<load::RequestSource> {
        return std::make_unique<load::DefinitionSource>(definitions, cursor);
      },
      nullptr);
  if (!report.ok()) return report.error();
  if (report->tally.accepted_total == definitions.count) return {};
  return Error{Errc::unavailable,
               "the quiz and its users were not all taken. " + report->tally.first_refusal};
}

void show_tick(load::ProgressLine& line, const load::LiveTick& tick, load::LiveTick& before) {
  const auto rate = [&](std::uint64_t now, std::uint64_t then) {
    const double seconds = tick.seconds - before.seconds;
    return load::count_text(static_cast<std::uint64_t>(static_cast<double>(now - then) / seconds));
  };
  std::string text = std::to_string(static_cast<int>(tick.seconds)) + " s  " +
                     load::count_text(tick.joined) + " joined, " +
                     load::count_text(tick.broadcasts) + " broadcasts, " +
                     rate(tick.messages, before.messages) + " messages/s, " +
                     rate(tick.accepted, before.accepted) + " answers/s";
  if (tick.lost != 0) text += ", " + load::count_text(tick.lost) + " lost";
  line.show(text);
  before = tick;
}

int run(const LiveOptions& o) {
  const Result<load::LivePlan> plan = plan_of(o);
  if (!plan.ok()) return refused(plan.error());
  if (const Result<void> defined = define(*plan, o.key); !defined.ok())
    return refused(defined.error());
  load::ProgressLine line;
  load::LiveTick before;
  const Result<load::LiveReport> report =
      load::run_live(*plan, [&](const load::LiveTick& tick) { show_tick(line, tick, before); });
  line.end();
  if (!report.ok()) return refused(report.error());
  const std::string text =
      o.json ? load::live_report_json(*plan, *report) : load::live_report_text(*plan, *report);
  std::fputs(text.c_str(), stdout);
  const bool written = std::fflush(stdout) == 0;
  return report->counts.lost == 0 && written ? exit_ok : exit_failed;
}

void add_crowd_options(CLI::App& command, load::LivePlan& plan) {
  command.add_option("--sockets", plan.sockets, "Connections, all in one quiz")
      ->check(CLI::Range(1u, load::live_sockets_max))
      ->capture_default_str();
  command
      .add_option("--rate", plan.connect_rate,
                  "Connections made a second (default: as fast as the server lets them in)")
      ->check(CLI::Range(0.001, 1e6));
  command.add_option("--answerers", plan.answerers, "Of the sockets: answer, one at a time each")
      ->check(CLI::Range(0u, load::live_sockets_max));
  command
      .add_option("--answer-rate", plan.answer_rate,
                  "Open loop: so many answers a second of all answerers together")
      ->check(CLI::Range(0.001, 1e7));
  command
      .add_option("--churn", plan.churn_rate,
                  "So many leave and join again a second; up to 1,000 of the sockets do")
      ->check(CLI::Range(0.001, 1e6));
  command.add_flag("--reconnect", plan.reconnects, "They come back by a new connection");
}

void add_quiz_options(CLI::App& command, LiveOptions& o) {
  command
      .add_option("--key", o.key,
                  "Admin key, to define a quiz and its users first; they stay in the server's log")
      ->envname("DAYBOOK_ADMIN_KEY");
  command.add_option("--quiz", o.quiz,
                     "Its id (default: with a key a new one, else " + o.plan.quiz.id + ")");
  command.add_option("--users", o.plan.quiz.users, "Users of the quiz")
      ->check(CLI::Range(1u, load::live_users_max))
      ->capture_default_str();
  command.add_option("--questions", o.plan.quiz.questions, "Questions of the quiz")
      ->check(CLI::Range(1u, load::live_questions_max))
      ->capture_default_str();
}

}  // namespace

void add_bench_live(CLI::App& bench, int& exit_code) {
  CLI::App* command = bench.add_subcommand(
      "live", "A quiz with many Socket.IO clients: joining, broadcasts, answers");
  const auto o = std::make_shared<LiveOptions>();
  command->add_option("--url", o->url, "Server under load")->capture_default_str();
  add_crowd_options(*command, o->plan);
  add_quiz_options(*command, *o);
  command->add_option("--drive", o->drive, "How often one socket answers right, 0 for never")
      ->capture_default_str();
  command->add_option("--duration", o->duration, "How long, after the warm-up")
      ->capture_default_str();
  command->add_option("--warmup", o->warmup, "Load before anything is measured")
      ->capture_default_str();
  command
      ->add_option("--pid", o->plan.server_pid,
                   "The server's process on this machine: its CPU and memory are reported")
      ->check(CLI::PositiveNumber);
  command->add_option("--seed", o->seed, "Of who answers (default: a new one every time)");
  command->add_flag("--json", o->json, "Print one JSON object instead of the table");
  command->callback([o, &exit_code] { exit_code = run(*o); });
}

}  // namespace daybook::cli
