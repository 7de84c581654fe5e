// Request targets: percent-decoding, the query, the path inside an absolute-form target.
//
// Threads: any; pure functions.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::http {

constexpr std::size_t query_pairs_max = 64;

// Decodes %XX (and + as a space when `plus_is_space`). Errc::malformed: a broken escape, %00, or
// bytes that are not UTF-8.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
Result<QueryPairs> parse_query(std::string_view query);

struct Target {
  std::string_view path;       // starts with '/', or is "*"
  std::string_view query;      // without '?'
  std::string_view authority;  // of an absolute form; empty otherwise
};
// RFC 9112 section 3.2: origin, absolute and asterisk form. Errc::malformed for anything else.
Result<Target> split_target(std::string_view target);

}  // namespace daybook::http
