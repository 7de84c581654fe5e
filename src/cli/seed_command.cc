// `daybook seed`: fills a running server with made-up data, one command a domain; the same seed
// makes the same people and values every time.
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/seed_run.h"
#include "cli/shipped_forms.h"
#include "load/attendance_load.h"
#include "load/booking_load.h"
#include "load/form_load.h"
#include "load/hit_load.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace daybook::cli {
namespace {

constexpr std::uint32_t seed_schools_max = 1'000'000;
constexpr std::uint32_t seed_users_max = 10'000'000;
constexpr std::uint32_t seed_ids_max = 1'000'000'000;
constexpr std::uint64_t seed_records_max = 10'000'000'000;
constexpr std::uint32_t seed_days_max = 3650;
constexpr std::int64_t day_ms = 86'400'000;
// The first hit is as old as the server takes them: it must not be too old when it arrives.
constexpr std::int64_t first_hit_slack_ms = 60'000;

load::RecordRequests requests_of(const SeedOptions& o, const SeedPlace& place) {
  return {place.plan.target.authority, "", o.batch, o.seed};
}

// --- attendance

struct AttendanceOptions {
  SeedOptions common;
  std::string day;
  load::AttendanceSeed load;
};

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

int seed_attendance(AttendanceOptions o) {
  const std::optional<std::int64_t> time = time_of_day(o.day);
  if (!time) return seed_usage_error("--day must be a date, YYYY-MM-DD");
  const std::optional<SeedPlace> place = seed_place(o.common);
  if (!place) return exit_usage;
  o.load.host = place->plan.target.authority;
  o.load.batch = o.common.batch;
  o.load.seed = o.common.seed;
  o.load.unix_ms = *time;
  if (const int code = seed_definitions(*place, {"schools", o.load.schools, load::school_definition,
                                                 "schools keep their ids as names"});
      code != exit_ok)
    return code;
  return seed_records(
      *place, {"check-ins", "already checked in", o.load.people(), [&o](load::SeedCursor& cursor) {
                 return load::attendance_seed_source(o.load, cursor);
               }});
}

void add_attendance(CLI::App& seed, int& exit_code) {
  CLI::App* command =
      seed.add_subcommand("attendance", "Name the schools and check in every person of each once");
  const auto o = std::make_shared<AttendanceOptions>();
  add_seed_options(*command, o->common, "check-ins");
  add_key_option(*command, o->common, "name the schools");
  command->add_option("--schools", o->load.schools, "Schools, with the ids 0 and up")
      ->check(CLI::Range(1u, seed_schools_max))
      ->capture_default_str();
  command->add_option("--users", o->load.users, "People of each school")
      ->check(CLI::Range(1u, seed_users_max))
      ->capture_default_str();
  command->add_option("--day", o->day, "Day of the check-ins, YYYY-MM-DD (default today)");
  command->callback([o, &exit_code] { exit_code = seed_attendance(*o); });
}

// --- booking

struct BookingOptions {
  SeedOptions common;
  std::string first_date{load::reference_first_date};
  std::uint32_t dates = load::reference_dates;
  std::uint64_t bookings = 100'000;
};

int seed_booking(const BookingOptions& o) {
  const auto dates = load::booking_dates(o.first_date, o.dates);
  if (!dates.ok()) return seed_usage_error(dates.error().message);
  const std::optional<SeedPlace> place = seed_place(o.common);
  if (!place) return exit_usage;
  load::BookingLoad booking;
  static_cast<load::RecordRequests&>(booking) = requests_of(o.common, *place);
  booking.stations = load::reference_stations();
  booking.dates = *dates;
  const auto station = [&](std::uint64_t number) {
    return load::station_definition(booking.stations[number], booking.dates);
  };
  if (const int code = seed_definitions(*place, {"stations", booking.stations.size(), station,
                                                 "the stations must be there already"});
      code != exit_ok)
    return code;
  return seed_records(*place, {"bookings", "booked before, or no place left", o.bookings,
                               [&](load::SeedCursor& cursor) {
                                 return load::booking_seed_source(booking, o.bookings, cursor);
                               }});
}

void add_booking(CLI::App& seed, int& exit_code) {
  CLI::App* command = seed.add_subcommand(
      "booking", "Define the stations PWTC, UM and IDCC and book places of them for new people");
  const auto o = std::make_shared<BookingOptions>();
  add_seed_options(*command, o->common, "bookings");
  add_key_option(*command, o->common, "define the stations");
  command->add_option("--first-date", o->first_date, "First date, YYYYMMDD")->capture_default_str();
  command->add_option("--dates", o->dates, "Dates in a row, with 1000, 5000 and 3000 places each")
      ->check(CLI::Range(1u, load::booking_dates_max))
      ->capture_default_str();
  command->add_option("--bookings", o->bookings, "Bookings, each of another person")
      ->check(CLI::Range(std::uint64_t{1}, seed_records_max))
      ->capture_default_str();
  command->callback([o, &exit_code] { exit_code = seed_booking(*o); });
}

// --- hits

struct HitOptions {
  SeedOptions common;
  load::HitLoad load;
  std::uint32_t days = 3;
};

int seed_hits(HitOptions o) {
  const std::optional<SeedPlace> place = seed_place(o.common);
  if (!place) return exit_usage;
  static_cast<load::RecordRequests&>(o.load) = requests_of(o.common, *place);
  o.load.popular = true;
  o.load.now_ms = to_ms(system_now()).value;
  o.load.first_ms = o.load.now_ms - o.days * day_ms + first_hit_slack_ms;
  return seed_records(
      *place, {"hits", "none are possible", o.load.spread,
               [&o](load::SeedCursor& cursor) { return load::hit_seed_source(o.load, cursor); }});
}

void add_hits(CLI::App& seed, int& exit_code) {
  CLI::App* command = seed.add_subcommand(
      "hits", "Hits on many ids over the last days; the low ids get more of them");
  const auto o = std::make_shared<HitOptions>();
  o->load.spread = 1'000'000;
  o->load.ids = 1000;
  add_seed_options(*command, o->common, "hits");
  command->add_option("--hits", o->load.spread, "Hits")
      ->check(CLI::Range(std::uint64_t{1}, load::spread_max))
      ->capture_default_str();
  command->add_option("--ids", o->load.ids, "Ids, named 1 and up")
      ->check(CLI::Range(1u, seed_ids_max))
      ->capture_default_str();
  command->add_option("--visitors", o->load.visitors, "Different visitors (default: none is named)")
      ->check(CLI::Range(1u, seed_ids_max));
  command
      ->add_option("--days", o->days,
                   "Days up to now, over which they are spread evenly (see hits.late_days_max)")
      ->check(CLI::Range(1u, seed_days_max))
      ->capture_default_str();
  command->callback([o, &exit_code] { exit_code = seed_hits(*o); });
}

// --- forms

struct FormOptions {
  SeedOptions common;
  load::FormLoad load{{}, 2};
  std::uint64_t submissions = 100'000;
};

// The shipped definition of that name; the further forms are student forms too.
load::Definition form_definition(std::uint64_t number) {
  const std::string name = load::form_name(static_cast<std::uint32_t>(number));
  const std::string_view wanted = number == 1 ? load::demo_form : load::student_form;
  const auto forms = shipped_forms();
  const auto form =
      std::find_if(forms.begin(), forms.end(), [&](const auto& f) { return f.name == wanted; });
  return {"/forms/" + name, form == forms.end() ? "{}" : std::string(form->definition)};
}

int seed_forms(FormOptions o) {
  const std::optional<SeedPlace> place = seed_place(o.common);
  if (!place) return exit_usage;
  static_cast<load::RecordRequests&>(o.load) = requests_of(o.common, *place);
  if (const int code = seed_definitions(
          *place, {"forms", o.load.forms, form_definition, "the forms must be there already"});
      code != exit_ok)
    return code;
  return seed_records(
      *place, {"submissions", "none are expected", o.submissions, [&o](load::SeedCursor& cursor) {
                 return load::form_seed_source(o.load, o.submissions, cursor);
               }});
}

void add_forms(CLI::App& seed, int& exit_code) {
  CLI::App* command = seed.add_subcommand(
      "forms", "Define student-data-form, demo-form and more like the first, and fill them in");
  const auto o = std::make_shared<FormOptions>();
  add_seed_options(*command, o->common, "submissions");
  add_key_option(*command, o->common, "define the forms");
  command->add_option("--forms", o->load.forms, "Forms")
      ->check(CLI::Range(1u, load::forms_max))
      ->capture_default_str();
  command->add_option("--submissions", o->submissions, "Submissions, spread over the forms")
      ->check(CLI::Range(std::uint64_t{1}, seed_records_max))
      ->capture_default_str();
  command->callback([o, &exit_code] { exit_code = seed_forms(*o); });
}

}  // namespace

void add_seed(CLI::App& app, int& exit_code) {
  CLI::App* seed = app.add_subcommand("seed", "Fill a running server with made-up data");
  seed->require_subcommand(1);
  add_attendance(*seed, exit_code);
  add_booking(*seed, exit_code);
  add_hits(*seed, exit_code);
  add_forms(*seed, exit_code);
}

}  // namespace daybook::cli
