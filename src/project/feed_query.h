// What a reader asks for, from the query and the headers of its request.
//
// Threads: any; pure.
#pragma once

#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include "project/feed_log.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::project {

constexpr std::uint64_t feed_limit_default = 100;
constexpr std::uint64_t feed_limit_max = 10'000;  // events of one answer
constexpr std::int64_t feed_wait_s_max = 60;      // of a long poll
constexpr std::int64_t consumer_wait_s_default = 30;
constexpr std::int64_t lease_s_default = 30;
constexpr std::int64_t lease_s_max = 3600;
constexpr std::size_t filter_values_max = 100;  // types, and keys, of one request

enum class FeedFormat : std::uint8_t { json, ndjson, sse };

struct FeedQuery {
  FeedFormat format = FeedFormat::json;
  Position after{};  // the last position the reader has seen
  std::uint64_t limit = feed_limit_default;
  std::int64_t wait_ms = 0;
  EventFilter filter;
};

struct ConsumerQuery {
  FeedFormat format = FeedFormat::json;  // not sse
  std::uint64_t limit = feed_limit_default;
  std::int64_t wait_ms = 0;
  std::int64_t lease_ms = 0;
  std::string lease;  // empty: none yet
};

// A cursor as text; parse_feed_query() reads it back.
std::string cursor_text(Position seen);

// Errc::invalid names the parameter and the rule.
Result<FeedQuery> parse_feed_query(const Request& request, const AnyDomain& topic,
                                   const FeedLog& log);
Result<ConsumerQuery> parse_consumer_query(const Request& request);
// The error that names the topics there are.
Error unknown_topic(std::string_view what, const FeedLog& log);
// Errc::invalid: one of them is no type of the topic's events.
Result<void> check_types(const std::vector<std::string>& types, const AnyDomain& topic);
// The first media type of Accept that is served here; JSON when there is none.
FeedFormat format_of(std::string_view accept);

}  // namespace daybook::project
