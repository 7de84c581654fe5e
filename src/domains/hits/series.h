// GET /analytics/{id}/series: the query, and the counts of each step. Pure; threads: any.
#pragma once

#include "domains/hits/view.h"

#include <daybook/http.h>
#include <daybook/result.h>

#include <cstdint>
#include <vector>

namespace daybook::hits {

// Of one answer: three days by the minute, a month by the hour, twelve years by the day.
constexpr std::uint32_t series_points_max = 4400;

struct SeriesQuery {
  std::uint32_t step_s = hour_s;  // minute_s, hour_s or day_s
  std::uint32_t from_s = 0;       // begin of the first step
  std::uint32_t points = 0;
};

struct SeriesPoint {
  std::uint64_t count = 0;
  std::uint32_t visitors = 0;  // steps of a day only
};

// `now_s`: what a reader counts up to; a `to` beyond it is cut there.
Result<SeriesQuery> parse_series(const Request& request, std::uint32_t now_s,
                                 std::int32_t hours_kept_days);
std::vector<SeriesPoint> make_series(const Content& content, const SeriesQuery& query,
                                     std::uint32_t now_s);

}  // namespace daybook::hits
