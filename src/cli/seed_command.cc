// `daybook seed attendance`: schools with names and one check-in per person, the same people every
// time.
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "load/report.h"
#include "load/runner.h"
#include "load/seed_source.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace daybook::cli {
namespace {

constexpr std::uint32_t seed_schools_max = 1'000'000;
constexpr std::uint32_t seed_users_max = 10'000'000;
constexpr std::uint32_t seed_batch_max = 50'000;  // lines; stays below the server's body limit
constexpr unsigned seed_connections = 4;          // keeps the next batches waiting at the server
constexpr std::size_t bar_columns = 30;

struct SeedOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string key;
  std::string day;
  load::SeedLoad load;
};

int failed(const std::string& message) {
  std::fprintf(stderr, "daybook seed: %s\n", message.c_str());
  return exit_failed;
}

// Now for today (a later time today might be refused as the future), noon UTC for another day: that
// is the same calendar day from UTC-12 to UTC+11.
std::optional<std::int64_t> time_of_day(const std::string& day) {
  using namespace std::chrono;
  const std::int64_t now_ms = to_ms(system_now()).value;
  if (day.empty()) return now_ms;
  int year = 0;
  unsigned month = 0;
  unsigned date = 0;
  int length = 0;
  if (std::sscanf(day.c_str(), "%4d-%2u-%2u%n", &year, &month, &date, &length) != 3 ||
      length != 10 || day.size() != 10)
    return std::nullopt;
  const year_month_day ymd{std::chrono::year{year}, std::chrono::month{month},
                           std::chrono::day{date}};
  if (!ymd.ok() || year < 2002) return std::nullopt;
  const sys_days wanted{ymd};
  const auto today = floor<days>(sys_time<milliseconds>{milliseconds{now_ms}});
  if (wanted == today) return now_ms;
  return duration_cast<milliseconds>((wanted + hours{12}).time_since_epoch()).count();
}

std::string bar_text(double share) {
  const auto columns =
      static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_columns));
  return "[" + std::string(columns, '#') + std::string(bar_columns - columns, ' ') + "]";
}

// "check-ins [####    ] 2,000,000 of 5,000,000  350,000/s  9 s left"
std::string progress_text(const char* what, std::uint64_t done, std::uint64_t all, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string text = std::string(what) + " " +
                     bar_text(static_cast<double>(done) / static_cast<double>(all)) + " " +
                     load::count_text(done) + " of " + load::count_text(all) + "  " +
                     load::count_text(static_cast<std::uint64_t>(rate)) + "/s";
  if (rate > 0 && done < all) {
    const double left = static_cast<double>(all - done) / rate;
    text += "  " + load::count_text(static_cast<std::uint64_t>(left) + 1) + " s left";
  }
  return text;
}

// Names every school. 0, or the exit code.
int seed_schools(const load::LoadPlan& plan, const load::SeedLoad& load) {
  load::SeedCursor cursor{0};
  load::ProgressLine line;
  const auto sources = [&](unsigned) -> std::unique_ptr<load::RequestSource> {
    return std::make_unique<load::SchoolSource>(load, cursor);
  };
  const auto report = load::run_load(plan, sources, [&](const load::LoadTick& tick) {
    line.show(progress_text("schools  ", tick.total.answers, load.schools, tick.seconds));
  });
  if (!report.ok()) return failed(report.error().message);
  const load::Tally& t = report->tally;
  line.show(progress_text("schools  ", t.answers_total, load.schools, report->seconds));
  line.end();
  if (report->interrupted) return failed("interrupted");
  if (t.codes[401] + t.codes[403] != 0) return failed("the server does not take this admin key");
  if (t.failed() != 0 || t.accepted_total != load.schools)
    return failed(
        load::count_text(load.schools - std::min<std::uint64_t>(load.schools, t.accepted_total)) +
        " schools were not taken. " + t.first_refusal);
  return exit_ok;
}

int seed_people(load::LoadPlan plan, const load::SeedLoad& load) {
  plan.lines = true;
  const std::uint64_t people = std::uint64_t{load.schools} * load.users;
  load::SeedCursor cursor{0};
  load::ProgressLine line;
  const auto sources = [&](unsigned) -> std::unique_ptr<load::RequestSource> {
    return std::make_unique<load::SeedSource>(load, cursor);
  };
  const auto report = load::run_load(plan, sources, [&](const load::LoadTick& tick) {
    line.show(progress_text("check-ins", tick.total.lines, people, tick.seconds));
  });
  if (!report.ok()) return failed(report.error().message);
  const load::LineCounts& lines = report->tally.lines_total;
  line.show(progress_text("check-ins", lines.all(), people, report->seconds));
  line.end();
  std::printf("%s accepted, %s conflicts (already checked in), %s refused, in %.1f s\n",
              load::count_text(lines.accepted).c_str(), load::count_text(lines.conflicts).c_str(),
              load::count_text(lines.refused).c_str(), report->seconds);
  if (report->interrupted) return failed("interrupted");
  if (report->tally.failed() != 0 || lines.accepted + lines.conflicts != people)
    return failed("not every check-in was taken. " + report->tally.first_refusal);
  return exit_ok;
}

int seed_attendance(SeedOptions o) {
  const std::optional<std::int64_t> time = time_of_day(o.day);
  auto target = load::resolve_target(o.url);
  if (!time || !target.ok()) {
    std::fprintf(stderr, "daybook seed: %s\n",
                 time ? target.error().message.c_str() : "--day must be a date, YYYY-MM-DD");
    return exit_usage;
  }
  const char* const key = std::getenv("DAYBOOK_ADMIN_KEY");
  if (o.key.empty() && key != nullptr) o.key = key;
  if (o.key.find_first_of("\r\n") != std::string::npos) {
    std::fputs("daybook seed: the admin key must be one line\n", stderr);
    return exit_usage;
  }
  load::LoadPlan plan;
  plan.target = *target;
  plan.connections = seed_connections;
  o.load.host = plan.target.authority;
  o.load.unix_ms = *time;
  o.load.admin_key = o.key;
  if (o.key.empty()) {
    std::fputs("no admin key (--key or DAYBOOK_ADMIN_KEY): schools keep their ids as names\n",
               stderr);
  } else if (const int code = seed_schools(plan, o.load); code != exit_ok) {
    return code;
  }
  return seed_people(plan, o.load);
}

}  // namespace

void add_seed(CLI::App& app, int& exit_code) {
  CLI::App* seed = app.add_subcommand("seed", "Fill a running server with made-up data");
  seed->require_subcommand(1);
  CLI::App* attendance =
      seed->add_subcommand("attendance", "Name the schools and check in every person of each once");
  const auto o = std::make_shared<SeedOptions>();
  attendance->add_option("--url", o->url, "Server to fill")->capture_default_str();
  attendance->add_option("--schools", o->load.schools, "Schools, with the ids 0 and up")
      ->check(CLI::Range(1u, seed_schools_max))
      ->capture_default_str();
  attendance->add_option("--users", o->load.users, "People of each school")
      ->check(CLI::Range(1u, seed_users_max))
      ->capture_default_str();
  attendance->add_option("--key", o->key, "Admin key, to name the schools (or DAYBOOK_ADMIN_KEY)");
  attendance->add_option("--day", o->day, "Day of the check-ins, YYYY-MM-DD (default today)");
  attendance->add_option("--batch", o->load.batch, "Check-ins a request")
      ->check(CLI::Range(1u, seed_batch_max))
      ->capture_default_str();
  attendance
      ->add_option(
          "--seed", o->load.seed,
          "Of the people's ids: the same seed gives the same people, a second run conflicts")
      ->capture_default_str();
  attendance->callback([o, &exit_code] { exit_code = seed_attendance(*o); });
}

}  // namespace daybook::cli
