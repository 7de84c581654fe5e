#include "cli/bench_run.h"

#include "base/random.h"
#include "cli/exit_codes.h"
#include "load/report.h"
#include "load/runner.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace daybook::cli {
namespace {

constexpr std::uint32_t bench_batch_max = 50'000;  // lines; stays below the server's body limit

Result<load::LoadPlan> plan_of(const BenchOptions& o) {
  load::LoadPlan plan;
  plan.connections = o.connections;
  plan.threads = o.threads;
  plan.pipeline = o.pipeline;
  plan.rate = o.rate;
  plan.lines = o.batch != 0;
  if (o.requests != 0) plan.requests = o.requests;
  if (o.threads > o.connections) return Error{Errc::invalid, "more --threads than --connections"};
  // A given number of requests is counted from the first one and takes as long as it takes.
  const std::string duration = !o.duration.empty() ? o.duration : o.requests != 0 ? "1440m" : "10s";
  const std::string warmup = !o.warmup.empty() ? o.warmup : o.requests != 0 ? "0s" : "1s";
  DAYBOOK_TRY(plan.duration_ns, load::parse_duration_ns(duration));
  DAYBOOK_TRY(plan.warmup_ns, load::parse_duration_ns(warmup));
  DAYBOOK_TRY(plan.target, load::resolve_target(o.url));
  return plan;
}

void show_tick(load::ProgressLine& line, const load::LoadTick& tick, load::LoadTick& before) {
  const double seconds = tick.seconds - before.seconds;
  const auto rate = [seconds](std::uint64_t now, std::uint64_t then) {
    return load::count_text(static_cast<std::uint64_t>(static_cast<double>(now - then) / seconds));
  };
  std::string text = std::to_string(static_cast<int>(tick.seconds)) + " s  " +
                     load::count_text(tick.total.answers) + " requests, " +
                     rate(tick.total.answers, before.total.answers) + " req/s";
  if (tick.total.lines != 0) text += ", " + rate(tick.total.lines, before.total.lines) + " lines/s";
  if (tick.total.failed != 0) text += ", " + load::count_text(tick.total.failed) + " errors";
  line.show(text);
  before = tick;
}

int refused(const Error& error) {
  std::fprintf(stderr, "daybook bench: %s\n", error.message.c_str());
  return error.code == Errc::invalid ? exit_usage : exit_failed;
}

void add_path_option(CLI::App& command, BenchOptions& o, const std::string& single_path) {
  command
      .add_option("--path", o.path,
                  "Path to POST to (default " + single_path + "; /events with --batch)")
      ->check([](const std::string& path) {
        const bool good = !path.empty() && path.front() == '/' &&
                          path.find_first_of(" \r\n") == std::string::npos;
        return good ? std::string() : std::string("must start with / and have no blanks");
      });
}

void add_time_options(CLI::App& command, BenchOptions& o) {
  command.add_option("--duration", o.duration,
                     "How long, after the warm-up (default 10s; none with --requests)");
  command.add_option("--warmup", o.warmup,
                     "Load before anything is measured (default 1s; none with --requests)");
  command.add_option("--requests", o.requests, "End after so many requests")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40));
  command
      .add_option("--rate", o.rate,
                  "Open loop: so many requests a second, latency counted from when each was due")
      ->check(CLI::Range(0.001, 1e8));
}

}  // namespace

void add_bench_options(CLI::App& command, BenchOptions& o, const std::string& single_path,
                       const std::string& records) {
  command.add_option("--url", o.url, "Server under load")->capture_default_str();
  add_path_option(command, o, single_path);
  command.add_option("--connections", o.connections, "Connections, all threads together")
      ->check(CLI::Range(1u, load::load_connections_max))
      ->capture_default_str();
  command.add_option("--threads", o.threads, "Threads of this client")
      ->check(CLI::Range(1u, load::threads_max))
      ->capture_default_str();
  command.add_option("--pipeline", o.pipeline, "Requests outstanding on one connection")
      ->check(CLI::Range(1u, load::load_pipeline_max))
      ->capture_default_str();
  add_time_options(command, o);
  command
      .add_option("--batch", o.batch, "Send NDJSON of so many " + records + " a request to /events")
      ->check(CLI::Range(1u, bench_batch_max));
  command.add_option("--seed", o.seed, "Of the values in them (default: new ones every time)");
  command.add_flag("--json", o.json, "Print one JSON object instead of the table");
}

int run_bench(const BenchOptions& o,
              const std::function<BenchWork(const load::RecordRequests&)>& work_for) {
  const Result<load::LoadPlan> plan = plan_of(o);
  if (!plan.ok()) {
    std::fprintf(stderr, "daybook bench: %s\n", plan.error().message.c_str());
    return exit_usage;
  }
  const BenchWork work = work_for({plan->target.authority, o.path, o.batch,
                                   o.seed.has_value() ? *o.seed : system_random_u64()});
  load::ProgressLine line;
  load::LoadTick before;
  const Result<load::LoadReport> report = load::run_load(
      *plan, work.sources, [&](const load::LoadTick& tick) { show_tick(line, tick, before); });
  line.end();
  if (!report.ok()) return refused(report.error());
  const load::ReportTitle title{"http://" + plan->target.authority, work.path, o.batch};
  const std::string text =
      o.json ? load::report_json(title, *plan, *report) : load::report_text(title, *plan, *report);
  std::fputs(text.c_str(), stdout);
  const bool written = std::fflush(stdout) == 0;
  return report->tally.failed() == 0 && report->tally.answers_total > 0 && written ? exit_ok
                                                                                   : exit_failed;
}

}  // namespace daybook::cli
