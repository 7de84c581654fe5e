#include "domains/hits/series.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace daybook::hits {
namespace {

constexpr std::array<std::string_view, 3> step_words{"minute", "hour", "day"};
constexpr std::array<std::uint32_t, 3> step_seconds{minute_s, hour_s, day_s};
constexpr std::array<std::uint32_t, 3> default_spans{hour_s, day_s, 30 * day_s};

// All of the text as digits.
std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_all = !text.empty() && text.front() != '-' && end == text.data() + text.size();
  if (error != std::errc{} || !is_all) return std::nullopt;
  return value;
}

// "hh:mm" in seconds.
std::optional<std::int64_t> clock_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = number_of(text.substr(0, 2));
  const auto minutes = number_of(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return *hours * hour_s + *minutes * minute_s;
}

// "Z", "+07:00", "-03:30" in seconds.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const auto clock = clock_of(text.substr(1));
  if (!clock) return std::nullopt;
  return text.front() == '-' ? -*clock : *clock;
}

std::optional<UnixMs> in_range(std::int64_t ms) {
  if (ms < 0 || ms > at_ms_max) return std::nullopt;
  return UnixMs{ms};
}

// How many steps ending with now's a series may reach back; days are kept for good.
std::uint32_t steps_kept(std::uint32_t step_s, std::int32_t hours_kept_days) {
  if (step_s == minute_s) return 3 * day_minutes;
  if (step_s == hour_s) return static_cast<std::uint32_t>(hours_kept_days) * day_hours;
  return 0xFFFF'FFFF;
}

}  // namespace

std::optional<UnixMs> parse_instant(std::string_view text) {
  if (const auto ms = number_of(text)) return in_range(*ms);
  // 2026-03-29T10:00:00[.123]Z
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[16] != ':')
    return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const auto clock = clock_of(text.substr(11, 5));
  const auto second = number_of(text.substr(17, 2));
  if (!day || !clock || !second || *second > 60) return std::nullopt;
  text.remove_prefix(19);
  std::int64_t ms = 0;
  if (text.front() == '.') {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789", 1), text.size()) - 1;
    if (digits == 0 || digits > 9) return std::nullopt;
    const std::string three = std::string(text.substr(1, digits)) + "000";
    ms = number_of(std::string_view(three).substr(0, 3)).value_or(0);
    text.remove_prefix(digits + 1);
  }
  const auto offset = offset_of(text);
  if (!offset) return std::nullopt;
  return in_range((day->value * std::int64_t{day_s} + *clock + *second - *offset) * 1000 + ms);
}

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
    const auto instant = parse_instant(*text);
    if (!instant)
      return Error::field(names[i], "not_a_time",
                          "must be epoch milliseconds or a time like 2026-03-29T10:00:00Z");
    given[i] = to_second(*instant);
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
