#include "domains/hits/series.h"

#include <daybook/texts.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace daybook::hits {
namespace {

constexpr std::array<std::string_view, 3> step_words{"minute", "hour", "day"};
constexpr std::array<std::uint32_t, 3> step_seconds{minute_s, hour_s, day_s};
constexpr std::array<std::uint32_t, 3> default_spans{hour_s, day_s, 30 * day_s};

// How many steps ending with now's a series may reach back; days are kept for good.
std::uint32_t steps_kept(std::uint32_t step_s, std::int32_t hours_kept_days) {
  if (step_s == minute_s) return 3 * day_minutes;
  if (step_s == hour_s) return static_cast<std::uint32_t>(hours_kept_days) * day_hours;
  return 0xFFFF'FFFF;
}

}  // namespace

Result<SeriesQuery> parse_series(const Request& request, std::uint32_t now_s,
                                 std::int32_t hours_kept_days) {
  const std::string_view word = request.query_value("step").value_or("hour");
  const auto step = std::find(step_words.begin(), step_words.end(), word);
  if (step == step_words.end())
    return Error::field("step", "unknown_word", "must be minute, hour or day");
  const auto kind = static_cast<std::size_t>(step - step_words.begin());
  SeriesQuery query;
  query.step_s = step_seconds[kind];

  std::array<std::optional<std::uint32_t>, 2> given;
  constexpr std::array<std::string_view, 2> names{"from", "to"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto text = request.query_value(names[i]);
    if (!text) continue;
    const auto instant = parse_time(*text);
    if (!instant || to_ms(*instant).value > at_ms_max)
      return Error::field(names[i], "not_a_time",
                          "must be epoch milliseconds or a time like 2026-03-29T10:00:00Z");
    given[i] = to_second(to_ms(*instant));
  }
  const std::uint32_t to = given[1].value_or(std::max(now_s, given[0].value_or(0)));
  const std::uint32_t from = given[0].value_or(floor_of(to, default_spans[kind]));
  if (from > to) return Error::field("from", "after_to", "must not be after to");
  const std::uint32_t first = from / query.step_s;
  const std::uint32_t last = std::min(to, now_s) / query.step_s;
  if (now_s / query.step_s >= first &&
      now_s / query.step_s - first >= steps_kept(query.step_s, hours_kept_days))
    return Error::field(
        "from", "too_old",
        "is further back than counts are kept in steps of one " + std::string(word));
  if (last >= first && last - first >= series_points_max)
    return Error::field(
        "to", "range_too_long",
        "must be at most " + std::to_string(series_points_max) + " steps after from");
  query.from_s = first * query.step_s;
  query.points = last >= first ? last - first + 1 : 0;
  return query;
}

std::vector<SeriesPoint> make_series(const Content& content, const SeriesQuery& query,
                                     std::uint32_t now_s) {
  std::vector<SeriesPoint> points(query.points);
  const std::uint32_t first = query.from_s / query.step_s;
  const auto add = [&](std::uint64_t second, std::uint64_t count, std::uint32_t visitors) {
    const std::uint64_t step = second / query.step_s;
    if (step < first || step - first >= points.size()) return;
    points[step - first].count += count;
    points[step - first].visitors += visitors;
  };
  for (const Count& hit : content.hits)
    if (hit.at <= now_s) add(hit.at, hit.count, 0);
  if (query.step_s == hour_s)
    for (const Count& hour : content.hours) add(std::uint64_t{hour.at} * hour_s, hour.count, 0);
  if (query.step_s != day_s) return points;
  for (const DayTotal& total : content.days)
    add(static_cast<std::uint64_t>(total.day.value) * day_s, total.count, total.visitors);
  for (const DaySketch& sketch : content.sketches)
    add(static_cast<std::uint64_t>(sketch.day.value) * day_s, 0, sketch.visitors.estimate());
  return points;
}

}  // namespace daybook::hits
