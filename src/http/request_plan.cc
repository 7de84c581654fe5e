#include "http/request_plan.h"

#include "base/hex.h"
#include "http/media_type.h"
#include "http/problem.h"

#include <algorithm>

namespace daybook::http {
namespace {

Plan refuse(Plan plan, Errc code, std::string message) {
  plan.status = status_of(code);
  plan.error = Error{code, std::move(message)};
  return plan;
}

bool needs_body(const Route& route) {
  return route.method == Method::post || route.method == Method::put ||
         route.method == Method::patch;
}

std::size_t body_limit(const Options& options, const Route& route) {
  const Limits& limits = options.limits;
  if (route.kind == RouteKind::socketio) return options.live.engine.payload_bytes_max;
  if (route.kind == RouteKind::events) return limits.events_body_bytes_max;
  if (route.kind == RouteKind::upload) return limits.upload_bytes_max + upload_overhead_bytes_max;
  return limits.body_bytes_max;
}

bool serves(const Front& front, const Route& route) {
  return front.domain == nullptr || route.domain == front.domain ||
         route.kind == RouteKind::socketio;
}

bool serves(const Front& front, const PathEntry& entry) {
  return front.domain == nullptr ||
         std::any_of(entry.routes.begin(), entry.routes.end(),
                     [&](const auto& route) { return serves(front, *route); });
}

bool allowed(const Shared& shared, const Route& route, const Head& head, bool loopback) {
  switch (route.access) {
    case RouteAccess::always:
      return true;
    case RouteAccess::open:
      if (loopback || shared.options.open_routes) return true;
      break;
    case RouteAccess::loopback:
      if (loopback) return true;
      break;
    case RouteAccess::admin:
      break;
  }
  return is_admin(shared, head);
}

// What is wrong with the body's media type, or nothing.
std::optional<std::string> media_error(const Route& route, const Head& head) {
  const std::string_view encoding = head.field(Field::content_encoding);
  const bool plain = encoding.empty() || equal_no_case(encoding, "identity");
  const std::string_view type = head.field(Field::content_type);
  if (route.kind == RouteKind::events) {
    if (!plain && !is_gzip(encoding)) return "the only Content-Encoding taken here is gzip";
    const std::string_view media = media_type(type);
    if (!head.has(Field::content_type) || is_json_type(type) ||
        equal_no_case(media, "application/x-ndjson") ||
        equal_no_case(media, "application/ndjson") || equal_no_case(media, "application/jsonl"))
      return std::nullopt;
    return "the Content-Type must be application/x-ndjson";
  }
  if (!plain) return "no Content-Encoding is taken here";
  if (route.kind == RouteKind::command) {
    if (!head.has(Field::content_type)) return std::nullopt;
    const bool forms = route.bodies == Bodies::json_or_form;
    const bool taken = is_json_type(type) || (forms && form_type(type) != FormType::none);
    if (!taken || !charset_is_utf8(type))
      return forms ? "the Content-Type must be application/json, application/x-www-form-urlencoded "
                     "or multipart/form-data, in UTF-8"
                   : "the Content-Type must be application/json";
  }
  if (route.kind == RouteKind::upload && !equal_no_case(media_type(type), "multipart/form-data"))
    return "the Content-Type must be multipart/form-data";
  return std::nullopt;
}

}  // namespace

bool is_admin(const Shared& shared, const Head& head) {
  return head.has(Field::authorization) && shared.deps.admin_key != nullptr &&
         shared.deps.admin_key->check(head.field(Field::authorization));
}

Plan plan_request(const Shared& shared, const Front& front, const Head& head, bool loopback) {
  Plan plan;
  auto target = split_target(head.target());
  if (!target) return refuse(std::move(plan), Errc::malformed, std::move(target.error().message));
  plan.target = *target;
  if (plan.target.path == "*") {
    if (head.method != Method::options)
      return refuse(std::move(plan), Errc::malformed, "only OPTIONS has the target *");
    plan.status = 204;
    plan.allow = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
    return plan;
  }
  plan.match = shared.router.find(head.method, plan.target.path);
  if (plan.match.entry == nullptr || !serves(front, *plan.match.entry))
    return refuse(std::move(plan), Errc::not_found, "there is nothing at this path");
  if (head.method == Method::options) {
    plan.status = 204;
    plan.allow = plan.match.entry->allow;
    return plan;
  }
  plan.route = plan.match.route;
  if (plan.route == nullptr || !serves(front, *plan.route)) {
    plan.route = nullptr;
    plan.allow = plan.match.entry->allow;
    return refuse(std::move(plan), Errc::method_not_allowed, "this path does not take the method");
  }
  const Route& route = *plan.route;
  if (!allowed(shared, route, head, loopback))
    return refuse(std::move(plan), Errc::unauthenticated,
                  "this needs Authorization: Bearer <admin key>");
  if (head.has(Field::expect) && head.version >= 11 &&
      !equal_no_case(head.field(Field::expect), "100-continue")) {
    plan.status = 417;
    plan.error = Error{Errc::malformed, "the only expectation met here is 100-continue"};
    return plan;
  }
  if (needs_body(route) && !head.has_length && !head.chunked) {
    plan.status = 411;
    plan.error =
        Error{Errc::malformed, "a body needs Content-Length or Transfer-Encoding: chunked"};
    return plan;
  }
  plan.body_bytes_max = body_limit(shared.options, route);
  if (head.content_length > plan.body_bytes_max) {
    std::string words = "the body is larger than " + std::to_string(plan.body_bytes_max) + " bytes";
    return refuse(std::move(plan), Errc::too_large, std::move(words));
  }
  if (needs_body(route))
    if (auto wrong = media_error(route, head))
      return refuse(std::move(plan), Errc::unsupported_media, std::move(*wrong));
  return plan;
}

bool is_idempotency_key(std::string_view key) {
  return !key.empty() && key.size() <= idempotency_key_chars_max &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7F; });
}

Result<std::string> parse_idempotency_key(std::string_view header) {
  const Error wrong{Errc::malformed,
                    "Idempotency-Key must be 1 to 255 visible ASCII characters",
                    {{"Idempotency-Key", "malformed", "1 to 255 visible ASCII characters"}}};
  std::string key;
  if (header.starts_with('"')) {
    if (header.size() < 2 || header.back() != '"') return wrong;
    header = header.substr(1, header.size() - 2);
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (header[i] == '"') return wrong;
      if (header[i] == '\\' && (++i == header.size() || (header[i] != '"' && header[i] != '\\')))
        return wrong;
      key.push_back(header[i]);
    }
  } else {
    key = header;
  }
  if (!is_idempotency_key(key)) return wrong;
  return key;
}

Id128 parse_traceparent(std::string_view header) {
  // version "-" trace-id "-" parent-id "-" flags
  Id128 trace;
  if (header.size() < 55 || header[2] != '-' || header[35] != '-' || header[52] != '-') return {};
  if (header.size() > 55 && (header.starts_with("00") || header[55] != '-')) return {};
  std::array<std::uint8_t, 1> version{}, flags{};
  std::array<std::uint8_t, 8> parent{};
  const std::string_view known = header.substr(0, 55);
  if (std::any_of(known.begin(), known.end(), [](char c) { return c >= 'A' && c <= 'F'; }))
    return {};
  if (!from_hex(header.substr(0, 2), version) || version[0] == 0xFF) return {};
  if (!from_hex(header.substr(3, 32), trace.bytes)) return {};
  if (!from_hex(header.substr(36, 16), parent) || !from_hex(header.substr(53, 2), flags)) return {};
  if (parent == std::array<std::uint8_t, 8>{}) return {};
  return trace;
}

std::string_view bearer_of(std::string_view authorization) {
  const std::size_t blank = authorization.find(' ');
  if (blank == std::string_view::npos || !equal_no_case(authorization.substr(0, blank), "bearer"))
    return {};
  return trim_blanks(authorization.substr(blank));
}

Result<Request> make_request(const Plan& plan, const Head& head, std::string_view body,
                             UnixUs now) {
  Request request;
  request.method = head.method;
  request.bearer = bearer_of(head.field(Field::authorization));
  request.path = plan.target.path;
  request.content_type = head.field(Field::content_type);
  request.origin = head.field(Field::origin);
  request.accept = head.field(Field::accept);
  request.last_event_id = head.field(Field::last_event_id);
  request.body = body;
  request.now = now;
  for (std::size_t i = 0; i < plan.match.params; ++i) {
    DAYBOOK_TRY(std::string param, percent_decode(plan.match.param[i], false));
    request.params.push_back(std::move(param));
  }
  if (!plan.target.query.empty()) {
    auto query = parse_query(plan.target.query);
    if (!query) return std::move(query).error();
    request.query = std::move(query).value();
  }
  return request;
}

}  // namespace daybook::http
