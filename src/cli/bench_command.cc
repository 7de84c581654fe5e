// `daybook bench`: the load client, one command a domain. Works against anything that answers
// POSTs; `live` against any Socket.IO server that speaks the quiz's messages.
#include "cli/bench_live.h"
#include "cli/bench_run.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "load/attendance_load.h"
#include "load/booking_load.h"
#include "load/form_load.h"
#include "load/hit_load.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace daybook::cli {
namespace {

constexpr std::uint32_t bench_schools_max = 1'000'000;
constexpr std::uint32_t bench_ids_max = 1'000'000'000;

// A domain's load with the options all share.
template <class Load>
struct Bench {
  BenchOptions options;
  Load load;
};

// Runs `load` with where it goes filled in.
template <class Load, class Path, class Source>
int run(const Bench<Load>& bench, Path path, Source source) {
  return run_bench(bench.options, [&](const load::RecordRequests& requests) {
    Load load = bench.load;
    static_cast<load::RecordRequests&>(load) = requests;
    return BenchWork{path(load), [load, source](unsigned thread) { return source(load, thread); }};
  });
}

void add_attendance(CLI::App& bench, int& exit_code) {
  CLI::App* command = bench.add_subcommand(
      "attendance", "Check-ins of new people at random schools, as the morning rush sends them");
  const auto o = std::make_shared<Bench<load::AttendanceLoad>>();
  add_bench_options(*command, o->options, "/attendances", "check-ins");
  command->add_option("--schools", o->load.schools, "Schools, named 0 and up")
      ->check(CLI::Range(1u, bench_schools_max))
      ->capture_default_str();
  command->callback(
      [o, &exit_code] { exit_code = run(*o, load::attendance_path, load::attendance_source); });
}

struct BookingBench : Bench<load::BookingLoad> {
  std::string station = "PWTC";
  std::string first_date{load::reference_first_date};
  std::uint32_t dates = load::reference_dates;
};

int bench_booking(BookingBench& o) {
  auto dates = load::booking_dates(o.first_date, o.dates);
  if (!dates.ok() || o.station.find_first_of("\"\\\r\n") != std::string::npos) {
    std::fprintf(stderr, "daybook bench: %s\n",
                 dates.ok() ? "--station: a name without quotes" : dates.error().message.c_str());
    return exit_usage;
  }
  o.load.dates = *dates;
  o.load.stations = {{o.station}};
  return run(o, load::booking_path, load::booking_source);
}

void add_booking(CLI::App& bench, int& exit_code) {
  CLI::App* command =
      bench.add_subcommand("booking", "Bookings of new people at one station, over its dates");
  const auto o = std::make_shared<BookingBench>();
  add_bench_options(*command, o->options, "/booking", "bookings");
  command->add_option("--station", o->station, "Station, which must be there")
      ->capture_default_str();
  command->add_option("--first-date", o->first_date, "First date, YYYYMMDD")->capture_default_str();
  command->add_option("--dates", o->dates, "Dates in a row")
      ->check(CLI::Range(1u, load::booking_dates_max))
      ->capture_default_str();
  command->add_flag("--same-person", o->load.same_person,
                    "One body: the same person, always for the first date");
  command->add_flag("--waiting-list", o->load.waiting_list, "Queue for a full date");
  command->callback([o, &exit_code] { exit_code = bench_booking(*o); });
}

void add_hits(CLI::App& bench, int& exit_code) {
  CLI::App* command = bench.add_subcommand("hits", "Hits on one id, or on many");
  const auto o = std::make_shared<Bench<load::HitLoad>>();
  add_bench_options(*command, o->options, "/analytics", "hits");
  command->add_option("--ids", o->load.ids, "Different ids, named 1 and up")
      ->check(CLI::Range(1u, bench_ids_max))
      ->capture_default_str();
  command->add_option("--visitors", o->load.visitors, "Different visitors (default: none is named)")
      ->check(CLI::Range(1u, bench_ids_max));
  command->callback([o, &exit_code] { exit_code = run(*o, load::hit_path, load::hit_source); });
}

void add_forms(CLI::App& bench, int& exit_code) {
  CLI::App* command = bench.add_subcommand(
      "forms", "Submissions to student-data-form, each with an e-mail address of its own");
  const auto o = std::make_shared<Bench<load::FormLoad>>();
  add_bench_options(*command, o->options, "/student-data-form/", "submissions");
  command->callback([o, &exit_code] { exit_code = run(*o, load::form_path, load::form_source); });
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* bench = app.add_subcommand("bench", "Put a server under load and measure it");
  bench->require_subcommand(1);
  add_attendance(*bench, exit_code);
  add_booking(*bench, exit_code);
  add_hits(*bench, exit_code);
  add_forms(*bench, exit_code);
  add_bench_live(*bench, exit_code);
}

}  // namespace daybook::cli
