#include "http/router.h"

#include <algorithm>

namespace daybook::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  for (;;) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_param(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string allow_of(const PathEntry& entry) {
  std::string allow;
  for (const auto& route : entry.routes) {
    if (!allow.empty()) allow += ", ";
    allow += method_name(route->method);
    if (route->method == Method::get) allow += ", HEAD";
  }
  return allow + ", OPTIONS";
}

Result<void> add_to(PathEntry& entry, Route route) {
  for (const auto& other : entry.routes) {
    if (other->method == route.method) {
      return Error{Errc::invalid, "route registered twice: " +
                                      std::string(method_name(route.method)) + " " + route.pattern};
    }
  }
  entry.routes.push_back(std::make_unique<Route>(std::move(route)));
  entry.allow = allow_of(entry);
  return {};
}

const Route* route_of(const PathEntry& entry, Method method) {
  if (method == Method::head) method = Method::get;
  for (const auto& route : entry.routes)
    if (route->method == method) return route.get();
  return nullptr;
}

bool matches(const std::vector<std::string>& segments, std::string_view path, Match& match) {
  match.params = 0;
  path.remove_prefix(1);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t slash = path.find('/');
    const bool last = i + 1 == segments.size();
    if (last != (slash == std::string_view::npos)) return false;
    const std::string_view segment = path.substr(0, slash);
    if (is_param(segments[i])) {
      if (segment.empty()) return false;
      match.param[match.params++] = segment;
    } else if (segment != segments[i]) {
      return false;
    }
    if (!last) path.remove_prefix(slash + 1);
  }
  return true;
}

// Literal segments first, so that the first match is the most literal one.
bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (is_param(a[i]) != is_param(b[i])) return is_param(b[i]);
  return false;
}

bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (is_param(a[i]) != is_param(b[i]) || (!is_param(a[i]) && a[i] != b[i])) return false;
  return true;
}

}  // namespace

void RouteMetrics::count(int status) const {
  for (const auto& [code, counter] : requests)
    if (code == status) return counter.add();
  other.add();
}

Result<void> Router::add(Route route) {
  if (!route.pattern.starts_with('/'))
    return Error{Errc::invalid, "a route's pattern must start with /: \"" + route.pattern + "\""};
  const auto parts = split(route.pattern);
  const auto params = std::count_if(parts.begin(), parts.end(), is_param);
  if (params == 0) {
    PathEntry& entry = literal_[route.pattern];
    entry.pattern = route.pattern;
    return add_to(entry, std::move(route));
  }
  if (static_cast<std::size_t>(params) > params_max)
    return Error{Errc::invalid, "a route has too many parameters: " + route.pattern};
  std::vector<std::string> segments(parts.begin(), parts.end());
  for (Shape& shape : shapes_)
    if (same_shape(shape.segments, segments)) return add_to(shape.entry, std::move(route));
  Shape shape;
  shape.segments = segments;
  shape.entry.pattern = route.pattern;
  DAYBOOK_TRY_VOID(add_to(shape.entry, std::move(route)));
  const auto at = std::find_if(shapes_.begin(), shapes_.end(), [&](const Shape& other) {
    return more_literal(segments, other.segments);
  });
  shapes_.insert(at, std::move(shape));
  return {};
}

Match Router::find(Method method, std::string_view path) const {
  Match match;
  if (path.empty() || path.front() != '/') return match;
  if (const auto at = literal_.find(path); at != literal_.end()) {
    match.entry = &at->second;
    match.route = route_of(at->second, method);
    return match;
  }
  for (const Shape& shape : shapes_) {
    if (!matches(shape.segments, path, match)) continue;
    match.entry = &shape.entry;
    match.route = route_of(shape.entry, method);
    return match;
  }
  match.params = 0;
  return match;
}

void Router::each(const std::function<void(Route&)>& f) {
  for (auto& [pattern, entry] : literal_)
    for (auto& route : entry.routes) f(*route);
  for (Shape& shape : shapes_)
    for (auto& route : shape.entry.routes) f(*route);
}

}  // namespace daybook::http
