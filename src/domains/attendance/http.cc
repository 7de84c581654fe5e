// The routes: JSON in, JSON out. Shapes of the answers: docs/domains/attendance.md.
#include "domains/attendance/domain.h"

#include <daybook/fields.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace daybook::attendance {
namespace {

constexpr std::size_t schools_listed_max = 100;
constexpr std::int32_t range_days_max = 366;
constexpr std::int32_t school_days_default = 30;
constexpr std::int32_t user_days_default = 8;            // today and the seven days before
constexpr std::int64_t newest_zone_ms = 14 * 3'600'000;  // UTC+14 is the first to see a new day

struct DaySpan {
  Day from{};
  Day to{};  // inclusive
};

// ?from and ?to; one alone keeps the default length, none ends at `last`.
Result<DaySpan> read_span(const Request& request, Day last, std::int32_t days_default) {
  std::vector<FieldError> errors;
  std::array<std::optional<Day>, 2> days;
  constexpr std::array<std::string_view, 2> names{"from", "to"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto text = request.query_value(names[i]);
    if (!text) continue;
    days[i] = parse_day(*text);
    if (!days[i])
      errors.push_back({std::string(names[i]), "not_a_date", "must be a date, YYYY-MM-DD"});
  }
  if (!errors.empty()) {
    std::string message = errors.front().field + " " + errors.front().message;
    return Error{Errc::invalid, std::move(message), std::move(errors)};
  }
  DaySpan span;
  span.to = days[1].value_or(std::max(last, days[0].value_or(last)));
  span.from = days[0].value_or(span.to - (days_default - 1));
  if (span.from > span.to) return Error::field("from", "after_to", "must not be after to");
  if (span.to.value - span.from.value >= range_days_max)
    return Error::field("to", "range_too_long",
                        "must be at most " + std::to_string(range_days_max) + " days after from");
  return span;
}

void write_counts(json::Writer& out, const DayTotals& totals) {
  out.member("totalCheckIns", std::uint64_t{totals.check_ins})
      .member("totalCheckOuts", std::uint64_t{totals.check_outs})
      .member("totalFeversDetect", std::uint64_t{totals.fevers});
}

// GET /schools: each school's own today.
Result<Response> get_schools(const View& view, const Request& request) {
  struct Row {
    const School* school;
    DayTotals today;
  };
  std::vector<Row> rows;
  rows.reserve(view.schools().size());
  const UnixMs now = to_ms(request.now);
  const TimeZone* zone = nullptr;
  Day today{};
  for (const School& school : view.schools()) {
    if (school.zone != zone) {
      zone = school.zone;
      today = zone->day_of(now);
    }
    rows.push_back({&school, school.totals_of(today)});
  }
  const auto listed =
      rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), schools_listed_max));
  std::partial_sort(rows.begin(), listed, rows.end(), [](const Row& a, const Row& b) {
    if (a.today.fevers != b.today.fevers) return a.today.fevers > b.today.fevers;
    if (a.today.check_ins != b.today.check_ins) return a.today.check_ins > b.today.check_ins;
    return a.school->id < b.school->id;
  });

  std::string body;
  json::Writer out(body);
  out.begin_array();
  for (auto row = rows.begin(); row != listed; ++row) {
    const std::string date = to_string(row->today.day);
    out.begin_object().member("_id", row->school->id + ":" + date).member("date", date);
    out.key("school").begin_object().member("_id", row->school->id);
    out.member("name", row->school->name).end_object();
    write_counts(out, row->today);
    out.end_object();
  }
  out.end_array();
  return Response::json(std::move(body));
}

// GET /schools/{id}?from&to
Result<Response> get_school(const View& view, const Request& request) {
  const School* school = view.school(request.params.front());
  if (school == nullptr) return Error{Errc::not_found, "school not found"};
  const Day today = school->zone->day_of(to_ms(request.now));
  DAYBOOK_TRY(const DaySpan span, read_span(request, today, school_days_default));

  std::string body;
  json::Writer out(body);
  out.begin_object().member("_id", school->id).member("name", school->name);
  out.member("timeZone", school->time_zone.empty() ? school->zone->name() : school->time_zone);
  out.key("reports").begin_array();
  const auto first = std::find_if(school->days.begin(), school->days.end(),
                                  [&](const DayTotals& d) { return d.day >= span.from; });
  for (auto day = first; day != school->days.end() && day->day <= span.to; ++day) {
    const std::string date = to_string(day->day);
    out.begin_object().member("_id", school->id + ":" + date);
    out.member("school", school->id).member("date", date);
    write_counts(out, *day);
    out.end_object();
  }
  out.end_array().end_object();
  return Response::json(std::move(body));
}

// One report of a person, copied out of the log.
struct Report {
  UnixMs at{};
  std::int32_t temperature_milli = no_temperature;
  std::string image;
  Position position{};
  std::string school_id;
};
struct PersonDay {
  std::optional<Report> check_in;
  std::optional<Report> check_out;
};

// The parts of the log that hold reports of these days, without overlaps, ascending.
std::vector<DayRange> log_parts(const View& view, const DaySpan& span) {
  std::vector<DayRange> parts;
  for (const DayRange& range : view.ranges())
    if (range.day >= span.from && range.day <= span.to) parts.push_back(range);
  std::sort(parts.begin(), parts.end(),
            [](const DayRange& a, const DayRange& b) { return a.first < b.first; });
  std::vector<DayRange> merged;
  for (const DayRange& part : parts) {
    if (!merged.empty() && part.first <= merged.back().last)
      merged.back().last = std::max(merged.back().last, part.last);
    else
      merged.push_back(part);
  }
  return merged;
}

void write_report(json::Writer& out, std::string_view name, const std::optional<Report>& report) {
  if (!report) return;
  out.key(name).begin_object().member("schoolId", report->school_id);
  out.member("timestamp", report->at.value);
  out.key("temperature");
  if (report->temperature_milli == no_temperature)
    out.null();
  else
    out.real(report->temperature_milli / 1000.0);
  out.member("image", report->image).member("position", std::to_string(report->position.value));
  out.end_object();
}

// GET /users/{id}/attendance?from&to
Result<Response> get_user(ReadContext<Domain>& context, const Request& request) {
  const std::string_view user = request.params.front();
  if (auto error = json::check_text("id", user, {.chars_min = 1, .chars_max = id_chars_max}))
    return std::move(*error);
  const Day newest = TimeZone::utc()->day_of({to_ms(request.now).value + newest_zone_ms});
  DAYBOOK_TRY(const DaySpan span, read_span(request, newest, user_days_default));

  std::vector<DayRange> parts;
  context.with_view([&](const View& view) { parts = log_parts(view, span); });
  std::map<Day, PersonDay> days;
  for (const DayRange& part : parts) {
    auto scanned =
        context.scan(part.first, part.last, [&](const Event& event, const EventMeta& meta) {
          if (event.kind == Kind::school_defined || event.user_id != user) return true;
          if (event.day < span.from || event.day > span.to) return true;
          PersonDay& day = days[event.day];
          (event.kind == Kind::checked_in ? day.check_in : day.check_out) =
              Report{event.at, event.temperature_milli, std::string(event.image), meta.position,
                     std::string(event.school_id)};
          return true;
        });
    if (!scanned.ok()) return std::move(scanned).error();
  }

  std::string body;
  json::Writer out(body);
  out.begin_object().member("userId", user).key("days").begin_array();
  for (const auto& [day, reports] : days) {
    out.begin_object().member("date", to_string(day));
    write_report(out, "checkIn", reports.check_in);
    write_report(out, "checkOut", reports.check_out);
    out.end_object();
  }
  out.end_array().end_object();
  return Response::json(std::move(body));
}

Result<Command> parse_attendances(const json::Value& body, const Request&, Arena& arena) {
  return parse_report(body, arena);
}

}  // namespace

Answer Domain::answer(const Command& command, std::span<const Event>) {
  Answer answer;
  if (command.kind != CommandKind::define_school) {
    answer.body = R"({"status":"ok"})";
    return answer;
  }
  json::Writer out(answer.body);
  out.begin_object().member("_id", command.school_id);
  if (!command.school_name.empty()) out.member("name", command.school_name);
  if (!command.time_zone.empty()) out.member("timeZone", command.time_zone);
  out.end_object();
  return answer;
}

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  const GrandTotals& totals = view.totals();
  return {{"checkIns", totals.check_ins},
          {"checkOuts", totals.check_outs},
          {"fevers", totals.fevers},
          {"schools", view.schools().size()}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::post, "/attendances", Access::open, &parse_attendances);
  routes.command(Method::put, "/schools/{id}", Access::admin, &parse_definition);
  routes.read("/schools", Access::open, &get_schools);
  routes.read("/schools/{id}", Access::open, &get_school);
  routes.scan("/users/{id}/attendance", Access::admin, &get_user);
}

}  // namespace daybook::attendance
