#include "cli/seed_run.h"

#include "cli/exit_codes.h"
#include "load/report.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

namespace daybook::cli {
namespace {

constexpr std::uint32_t seed_batch_max = 50'000;  // lines; stays below the server's body limit
constexpr unsigned seed_connections = 4;          // keeps the next batches waiting at the server
constexpr std::size_t bar_columns = 30;
constexpr int what_columns = 11;

int failed(const std::string& message) {
  std::fprintf(stderr, "daybook seed: %s\n", message.c_str());
  return exit_failed;
}

std::string bar_text(double share) {
  const auto columns =
      static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_columns));
  return "[" + std::string(columns, '#') + std::string(bar_columns - columns, ' ') + "]";
}

// "check-ins   [####    ] 2,000,000 of 5,000,000  350,000/s  9 s left"
std::string progress_text(const std::string& what, std::uint64_t done, std::uint64_t all,
                          double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string text = what;
  text.resize(std::max<std::size_t>(what.size(), what_columns), ' ');
  text += " " + bar_text(static_cast<double>(done) / static_cast<double>(all)) + " " +
          load::count_text(done) + " of " + load::count_text(all) + "  " +
          load::count_text(static_cast<std::uint64_t>(rate)) + "/s";
  if (rate > 0 && done < all) {
    const double left = static_cast<double>(all - done) / rate;
    text += "  " + load::count_text(static_cast<std::uint64_t>(left) + 1) + " s left";
  }
  return text;
}

}  // namespace

int seed_usage_error(const std::string& message) {
  std::fprintf(stderr, "daybook seed: %s\n", message.c_str());
  return exit_usage;
}

void add_seed_options(CLI::App& command, SeedOptions& o, const std::string& records) {
  command.add_option("--url", o.url, "Server to fill")->capture_default_str();
  command.add_option("--batch", o.batch, records + " a request")
      ->check(CLI::Range(1u, seed_batch_max))
      ->capture_default_str();
  command
      .add_option("--seed", o.seed,
                  "Of the values: the same seed gives the same " + records + " again")
      ->capture_default_str();
}

void add_key_option(CLI::App& command, SeedOptions& o, const std::string& what_for) {
  command.add_option("--key", o.key, "Admin key, to " + what_for)->envname("DAYBOOK_ADMIN_KEY");
}

std::optional<SeedPlace> seed_place(const SeedOptions& o) {
  SeedPlace place;
  auto target = load::resolve_target(o.url);
  if (!target.ok()) {
    seed_usage_error(target.error().message);
    return std::nullopt;
  }
  place.plan.target = *target;
  place.plan.connections = seed_connections;
  place.admin_key = o.key;
  if (place.admin_key.find_first_of("\r\n") != std::string::npos) {
    seed_usage_error("the admin key must be one line");
    return std::nullopt;
  }
  return place;
}

int seed_definitions(const SeedPlace& place, const SeedDefinitions& d) {
  if (place.admin_key.empty()) {
    std::fprintf(stderr, "no admin key (--key or DAYBOOK_ADMIN_KEY): %s\n", d.without_key.c_str());
    return exit_ok;
  }
  const load::Definitions definitions{place.plan.target.authority, place.admin_key, d.count,
                                      d.make};
  load::SeedCursor cursor{0};
  load::ProgressLine line;
  const auto sources = [&](unsigned) -> std::unique_ptr<load::RequestSource> {
    return std::make_unique<load::DefinitionSource>(definitions, cursor);
  };
  const auto report = load::run_load(place.plan, sources, [&](const load::LoadTick& tick) {
    line.show(progress_text(d.what, tick.total.answers, d.count, tick.seconds));
  });
  if (!report.ok()) return failed(report.error().message);
  const load::Tally& t = report->tally;
  line.show(progress_text(d.what, t.answers_total, d.count, report->seconds));
  line.end();
  if (report->interrupted) return failed("interrupted");
  if (t.codes[401] + t.codes[403] != 0) return failed("the server does not take this admin key");
  if (t.failed() != 0 || t.accepted_total != d.count)
    return failed(load::count_text(d.count - std::min(d.count, t.accepted_total)) + " " + d.what +
                  " were not taken. " + t.first_refusal);
  return exit_ok;
}

int seed_records(const SeedPlace& place, const SeedRecords& r) {
  load::LoadPlan plan = place.plan;
  plan.lines = true;
  load::SeedCursor cursor{0};
  load::ProgressLine line;
  const auto report = load::run_load(
      plan, [&](unsigned) { return r.source(cursor); },
      [&](const load::LoadTick& tick) {
        line.show(progress_text(r.what, tick.total.lines, r.count, tick.seconds));
      });
  if (!report.ok()) return failed(report.error().message);
  const load::LineCounts& lines = report->tally.lines_total;
  line.show(progress_text(r.what, lines.all(), r.count, report->seconds));
  line.end();
  std::printf("%s accepted, %s conflicts (%s), %s refused, in %.1f s\n",
              load::count_text(lines.accepted).c_str(), load::count_text(lines.conflicts).c_str(),
              r.conflict.c_str(), load::count_text(lines.refused).c_str(), report->seconds);
  if (report->interrupted) return failed("interrupted");
  if (report->tally.failed() != 0 || lines.accepted + lines.conflicts != r.count)
    return failed("not all " + r.what + " were taken. " + report->tally.first_refusal);
  return exit_ok;
}

}  // namespace daybook::cli
