// The routes: JSON in, JSON out. Shapes of the answers: docs/domains/hits.md.
#include "domains/hits/domain.h"
#include "domains/hits/series.h"

#include <daybook/fields.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace daybook::hits {
namespace {

// In the order of `windows`.
constexpr std::array<std::string_view, windows.size()> references{
    "3 days ago", "2 days ago", "1 day ago", "1 hour ago", "5 minutes ago"};
constexpr std::array<std::string_view, windows.size()> window_words{"3d", "2d", "1d", "1h", "5m"};
constexpr std::size_t window_default = 3;

constexpr std::uint32_t top_limit_default = 100;
constexpr std::uint32_t top_limit_max = 1000;
constexpr std::uint64_t top_slice_ids = 4096;  // under the view's lock at a time: about 1 ms

std::optional<Error> check_id(std::string_view id) {
  return json::check_text("id", id, {.chars_min = 1, .chars_max = id_chars_max});
}

// GET /analytics/{id}
Result<Response> get_counts(const View& view, const Request& request) {
  const std::string_view id = request.params.front();
  if (auto error = check_id(id)) return std::move(*error);
  const std::uint32_t now_s = view.now_for(request.now);
  Known known;
  const bool is_known = view.find(id, known);
  Content scratch;
  std::string body;
  json::Writer out(body);
  out.begin_object().member("id", id).key("counts").begin_array();
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::uint64_t count = is_known ? count_window(known, now_s, windows[i], scratch) : 0;
    out.begin_object().member("reference", references[i]).member("count", count).end_object();
  }
  out.end_array().end_object();
  return Response::json(std::move(body));
}

// GET /analytics/{id}/series?from&to&step
Result<Response> get_series(const View& view, const Request& request) {
  const std::string_view id = request.params.front();
  if (auto error = check_id(id)) return std::move(*error);
  const std::uint32_t now_s = view.now_for(request.now);
  DAYBOOK_TRY(const SeriesQuery query, parse_series(request, now_s, view.hours_kept_days()));
  Content content;
  view.content(id, content);
  std::string body;
  json::Writer out(body);
  out.begin_array();
  std::int64_t at_s = query.from_s;
  for (const SeriesPoint& point : make_series(content, query, now_s)) {
    out.begin_object().member("at", at_s * 1000).member("count", point.count);
    if (query.step_s == day_s) out.member("visitors", std::uint64_t{point.visitors});
    out.end_object();
    at_s += query.step_s;
  }
  out.end_array();
  return Response::json(std::move(body));
}

bool is_above(const TopRow& a, const TopRow& b) {
  return a.count != b.count ? a.count > b.count : a.id < b.id;
}

// The top_limit_max ids with the most hits, kept as a heap whose front is the least of them.
class TopCollector {
 public:
  void add(std::string_view id, std::uint64_t count) {
    if (count == 0) return;
    if (rows_.size() == top_limit_max) {
      const TopRow& least = rows_.front();
      if (count < least.count || (count == least.count && id >= least.id)) return;
      std::pop_heap(rows_.begin(), rows_.end(), is_above);
      rows_.pop_back();
    }
    rows_.push_back({std::string(id), count});
    std::push_heap(rows_.begin(), rows_.end(), is_above);
  }
  std::vector<TopRow> take() {
    std::sort(rows_.begin(), rows_.end(), is_above);
    return std::move(rows_);
  }

 private:
  std::vector<TopRow> rows_;
};

std::vector<TopRow> collect_top(ReadContext<Domain>& context, std::size_t window, UnixUs now) {
  TopCollector top;
  Content scratch;
  for (std::uint64_t part = 0; part < parts;) {
    context.with_view([&](const View& view) {
      const std::uint32_t now_s = view.now_for(now);
      const std::uint64_t step = std::clamp<std::uint64_t>(
          parts * top_slice_ids / std::max<std::uint64_t>(view.id_count(), 1), 1, parts);
      const std::uint64_t until = std::min<std::uint64_t>(part + step, parts);
      view.each_of_parts(static_cast<std::uint32_t>(part), static_cast<std::uint32_t>(until),
                         [&](const Known& known) {
                           top.add(known.id, count_window(known, now_s, windows[window], scratch));
                         });
      part = until;
    });
  }
  return top.take();
}

Result<std::uint32_t> read_limit(const Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return top_limit_default;
  std::uint32_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  const bool is_number = error == std::errc{} && end == text->data() + text->size();
  if (!is_number || limit < 1 || limit > top_limit_max)
    return Error::field("limit", "range",
                        "must be a whole number from 1 to " + std::to_string(top_limit_max));
  return limit;
}

// GET /analytics/top?window&limit
Result<Response> get_top(ReadContext<Domain>& context, const Request& request) {
  const std::string_view word =
      request.query_value("window").value_or(window_words[window_default]);
  const auto at = std::find(window_words.begin(), window_words.end(), word);
  if (at == window_words.end())
    return Error::field("window", "unknown_word", "must be 5m, 1h, 1d, 2d or 3d");
  const auto window = static_cast<std::size_t>(at - window_words.begin());
  DAYBOOK_TRY(const std::uint32_t limit, read_limit(request));

  std::vector<TopRow> rows;
  bool is_recent = false;
  const auto look = [&](const View& view) {
    if (const auto* recent = view.recent_top(window, request.now)) {
      rows = *recent;
      is_recent = true;
    }
  };
  context.with_view(look);
  if (!is_recent) {
    rows = collect_top(context, window, request.now);
    context.with_view([&](const View& view) { view.keep_top(window, request.now, rows); });
  }
  std::string body;
  json::Writer out(body);
  out.begin_array();
  for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), limit); ++i)
    out.begin_object().member("id", rows[i].id).member("count", rows[i].count).end_object();
  out.end_array();
  return Response::json(std::move(body));
}

Result<Command> parse_analytics(const json::Value& body, const Request&, Arena& arena) {
  return parse_hit(body, arena);
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  return {{"hits", view.hit_count()},
          {"ids", view.id_count()},
          {"rolledUpDays", view.rolled_up_days()}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::post, "/analytics", Access::open, &parse_analytics);
  routes.read("/analytics/{id}", Access::open, &get_counts);
  routes.read("/analytics/{id}/series", Access::open, &get_series);
  routes.scan("/analytics/top", Access::open, &get_top);
}

static_assert(daybook::Domain<Domain> && TimedDomain<Domain> && DurabilityDomain<Domain> &&
              RetainedDomain<Domain>);

}  // namespace daybook::hits
