#include "project/feed_query.h"

#include "config/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace daybook::project {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t lease_chars = 16;

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

bool equal_no_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Calls f for each part between the commas.
template <class F>
void each_part(std::string_view list, F&& f) {
  for (;;) {
    const std::size_t comma = list.find(',');
    f(list.substr(0, comma));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

// What a client wrote, fit for an error's text.
std::string shown(std::string_view text) {
  constexpr std::size_t shown_bytes_max = 64;
  if (text.size() > shown_bytes_max) return "something longer";
  return "\"" + std::string(text) + "\"";
}

Error unknown(std::string_view field, std::string_view given,
              std::span<const std::string_view> known) {
  return Error::field(field, "unknown",
                      "must be one of " + joined(known) + ", is " + shown(given) +
                          config::suggestion(given, known));
}

Result<void> check_names(const Request& request, std::span<const std::string_view> known) {
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return Error::field(
        "", "unknown_parameter",
        "the query's parameters are " + joined(known) + "; " + shown(name) + " is none of them");
  }
  return {};
}

Result<std::uint64_t> number(const Request& request, std::string_view name, std::uint64_t fallback,
                             std::uint64_t min, std::uint64_t max) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  std::uint64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  if (error == std::errc{} && at == end && value >= min && value <= max) return value;
  return Error::field(
      name, "out_of_range",
      "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
}

Result<Position> parse_cursor(std::string_view field, std::string_view text, const FeedLog& log) {
  if (text.empty() || text == "beginning") return Position{};
  if (text == "now") return log.readable();
  Position position;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, position.value);
  if (error != std::errc{} || at != end)
    return Error::field(field, "not_a_cursor",
                        "must be a cursor from an earlier answer, `beginning` or `now`");
  if (position > log.head())
    return Error::field(field, "past_the_end",
                        "is past the end of the log: it is of another log, or of one that lost its "
                        "end");
  return position;
}

// Every value of a parameter that may stand more than once and be a list.
Result<std::vector<std::string>> list(const Request& request, std::string_view name,
                                      std::string_view whole_name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.query) {
    if (key == name) each_part(value, [&](std::string_view part) { values.emplace_back(part); });
    if (!whole_name.empty() && key == whole_name) values.push_back(value);
  }
  if (values.size() > filter_values_max)
    return Error::field(name, "too_many", "must name at most " + std::to_string(filter_values_max));
  if (std::ranges::find(values, std::string()) != values.end())
    return Error::field(name, "empty", "must not name the empty text");
  return values;
}

}  // namespace

std::string cursor_text(Position seen) { return std::to_string(seen.value); }

Error unknown_topic(std::string_view what, const FeedLog& log) {
  std::string words(what);
  words += "; the topics are ";
  for (const AnyDomain* domain : log.domains()) {
    if (domain != log.domains().front()) words += ", ";
    words += domain->name();
  }
  return Error{Errc::not_found, std::move(words)};
}

Result<void> check_types(const std::vector<std::string>& types, const AnyDomain& topic) {
  const auto known = topic.event_types();
  for (const std::string& type : types)
    if (std::ranges::find(known, type) == known.end()) return unknown("types", type, known);
  return {};
}

FeedFormat format_of(std::string_view accept) {
  std::optional<FeedFormat> format;
  each_part(accept, [&](std::string_view range) {
    if (format) return;
    const std::string_view media = trimmed(range.substr(0, range.find(';')));
    if (equal_no_case(media, "text/event-stream")) format = FeedFormat::sse;
    if (equal_no_case(media, "application/x-ndjson")) format = FeedFormat::ndjson;
    if (equal_no_case(media, "application/json")) format = FeedFormat::json;
  });
  return format.value_or(FeedFormat::json);
}

Result<FeedQuery> parse_feed_query(const Request& request, const AnyDomain& topic,
                                   const FeedLog& log) {
  constexpr std::array<std::string_view, 6> names{"after", "limit", "types", "keys", "key", "wait"};
  DAYBOOK_TRY_VOID(check_names(request, names));
  FeedQuery query;
  query.format = format_of(request.accept);
  // A browser that comes again says where it was; its address still says where it began.
  if (query.format == FeedFormat::sse && !request.last_event_id.empty()) {
    DAYBOOK_TRY(query.after, parse_cursor("Last-Event-ID", request.last_event_id, log));
  } else {
    DAYBOOK_TRY(query.after, parse_cursor("after", request.query_value("after").value_or(""), log));
  }
  DAYBOOK_TRY(query.limit, number(request, "limit", feed_limit_default, 1, feed_limit_max));
  DAYBOOK_TRY(const std::uint64_t wait_s, number(request, "wait", 0, 0, feed_wait_s_max));
  query.wait_ms = static_cast<std::int64_t>(wait_s) * 1000;
  DAYBOOK_TRY(query.filter.types, list(request, "types", ""));
  DAYBOOK_TRY_VOID(check_types(query.filter.types, topic));
  DAYBOOK_TRY(query.filter.keys, list(request, "keys", "key"));
  return query;
}

Result<ConsumerQuery> parse_consumer_query(const Request& request) {
  constexpr std::array<std::string_view, 4> names{"limit", "wait", "lease", "lease_s"};
  DAYBOOK_TRY_VOID(check_names(request, names));
  ConsumerQuery query;
  query.format = format_of(request.accept);
  if (query.format == FeedFormat::sse) query.format = FeedFormat::json;
  DAYBOOK_TRY(query.limit, number(request, "limit", feed_limit_default, 1, feed_limit_max));
  DAYBOOK_TRY(const std::uint64_t wait_s,
              number(request, "wait", consumer_wait_s_default, 0, feed_wait_s_max));
  query.wait_ms = static_cast<std::int64_t>(wait_s) * 1000;
  DAYBOOK_TRY(const std::uint64_t lease_s,
              number(request, "lease_s", lease_s_default, 1, lease_s_max));
  query.lease_ms = static_cast<std::int64_t>(lease_s) * 1000;
  query.lease = request.query_value("lease").value_or("");
  const bool hex = query.lease.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!query.lease.empty() && (!hex || query.lease.size() != lease_chars))
    return Error::field("lease", "not_a_lease", "must be a lease from an earlier answer");
  return query;
}

}  // namespace daybook::project
