// ETag and If-None-Match (RFC 9110, 8.8.3 and 13.1.2).
//
// Threads: any; pure functions.
#pragma once

#include <daybook/http.h>

#include <string_view>

namespace daybook::http {

// Whether the header names `etag` (quotes and all), by weak comparison, or is "*". A header that is
// not a list of entity tags names nothing.
bool none_match_names(std::string_view if_none_match, std::string_view etag);

// Turns a success whose etag the client has into 304 without a body.
void answer_not_modified(Response& response, std::string_view if_none_match);

}  // namespace daybook::http
