// Which route answers a method and a path. Built once at start-up, then only read.
//
// A pattern is literal segments and {param} segments; a {param} is one non-empty segment, a literal
// beats a {param}. HEAD is answered by GET's route.
//
// Threads: add() before serving; find() from any.
#pragma once

#include <daybook/http.h>
#include <daybook/result.h>

#include "domain/any_domain.h"
#include "metrics/metrics.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::http {

constexpr std::size_t params_max = 8;  // of one pattern

enum class RouteKind : std::uint8_t {
  command,
  read,
  scan,
  live,     // of a domain
  service,  // Dependencies::services
  events,
  upload,
  image,
  livez,
  readyz,
  healthz,
  metrics,
  socketio,
  root  // the front's own
};
enum class RouteAccess : std::uint8_t { open, admin, always, loopback };

// Counters of one route; a status that is not in the list counts as "other".
struct RouteMetrics {
  std::vector<std::pair<int, metrics::Counter>> requests;
  metrics::Counter other;
  metrics::Histogram duration;
  void count(int status) const;
};

struct Route {
  RouteKind kind = RouteKind::root;
  Method method = Method::get;
  std::string pattern;
  RouteAccess access = RouteAccess::always;
  AnyDomain* domain = nullptr;            // not owned
  const ServiceRoute* service = nullptr;  // of a service; not owned
  std::size_t index = 0;                  // into the domain's list
  Bodies bodies = Bodies::json;           // of a command
  RouteMetrics metrics;
};

// All routes of one path.
struct PathEntry {
  std::string pattern;
  std::vector<std::unique_ptr<Route>> routes;
  std::string allow;  // "GET, HEAD, OPTIONS"
};

struct Match {
  const PathEntry* entry = nullptr;  // null: 404
  const Route* route = nullptr;      // null with an entry: 405
  std::size_t params = 0;
  std::array<std::string_view, params_max> param{};  // still percent-encoded
};

class Router {
 public:
  // Errc::invalid: registered twice, or not a pattern.
  Result<void> add(Route route);
  [[nodiscard]] Match find(Method method, std::string_view path) const;
  // Every route, for metrics and the root page.
  void each(const std::function<void(Route&)>& f);

 private:
  std::map<std::string, PathEntry, std::less<>> literal_;
  struct Shape {
    std::vector<std::string> segments;  // "" for a {param}
    PathEntry entry;
  };
  std::vector<Shape> shapes_;
};

}  // namespace daybook::http
