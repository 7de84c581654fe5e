// What becomes of a request is decided from its header alone: the route, who may call it, how large
// its body may be - or an answer at once. Also the texts inside single headers.
//
// Threads: any; pure but for the admin key's file.
#pragma once

#include "http/percent.h"
#include "http/request_parser.h"
#include "http/shared.h"

#include <optional>

namespace daybook::http {

constexpr std::size_t upload_overhead_bytes_max = 64u << 10;  // multipart framing around the file
constexpr std::size_t idempotency_key_chars_max = 255;
// Whether it is a key: 1 to so many visible ASCII characters.
bool is_idempotency_key(std::string_view key);

struct Plan {
  const Route* route = nullptr;
  Match match;
  Target target;
  std::size_t body_bytes_max = 0;
  // Not 0: this answer at once; the body is not looked at.
  int status = 0;
  Error error;
  std::string_view allow;
};

Plan plan_request(const Shared& shared, const Front& front, const Head& head, bool loopback);

// The request carries the admin key.
bool is_admin(const Shared& shared, const Head& head);

// An sf-string in quotes, or bare visible ASCII. Errc::malformed otherwise.
Result<std::string> parse_idempotency_key(std::string_view header);
// The trace id of a W3C traceparent; zero when it is not one.
Id128 parse_traceparent(std::string_view header);

// The token of an Authorization header with the scheme Bearer; empty when it is not one.
std::string_view bearer_of(std::string_view authorization);

// What a handler gets. REQUIRES: plan.route. Errc::malformed: a parameter or the query cannot be
// decoded.
Result<Request> make_request(const Plan& plan, const Head& head, std::string_view body, UnixUs now);

}  // namespace daybook::http
