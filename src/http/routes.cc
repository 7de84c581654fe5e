// The table of all routes and their metrics.
#include "http/shared.h"

#include <array>

namespace daybook::http {
namespace {

struct OwnRoute {
  RouteKind kind;
  Method method;
  std::string_view pattern;
  RouteAccess access;
};

constexpr OwnRoute own_routes[] = {
    {RouteKind::root, Method::get, "/", RouteAccess::always},
    {RouteKind::healthz, Method::get, "/healthz", RouteAccess::always},
    {RouteKind::livez, Method::get, "/livez", RouteAccess::always},
    {RouteKind::readyz, Method::get, "/readyz", RouteAccess::always},
    {RouteKind::metrics, Method::get, "/metrics", RouteAccess::loopback},
    {RouteKind::events, Method::post, "/events", RouteAccess::open},
    {RouteKind::upload, Method::post, "/upload/image", RouteAccess::open},
    {RouteKind::image, Method::get, "/images/{name}", RouteAccess::open},
};

RouteKind kind_of(ErasedRoute::Kind kind) {
  switch (kind) {
    case ErasedRoute::Kind::command:
      return RouteKind::command;
    case ErasedRoute::Kind::read:
      return RouteKind::read;
    case ErasedRoute::Kind::scan:
      return RouteKind::scan;
  }
  return RouteKind::read;
}

constexpr std::string_view requests_name = "daybook_http_requests_total";
constexpr std::string_view requests_help = "Answered HTTP requests.";
constexpr std::string_view duration_name = "daybook_http_request_duration_seconds";
constexpr std::string_view duration_help = "From the end of a request's header to its answer.";

void add_metrics(metrics::Registry& registry, RouteMetrics& of, const std::string& method,
                 const std::string& pattern, std::span<const int> codes) {
  for (const int code : codes) {
    of.requests.emplace_back(
        code,
        registry.counter(requests_name, requests_help,
                         {{"method", method}, {"route", pattern}, {"code", std::to_string(code)}}));
  }
  of.other = registry.counter(requests_name, requests_help,
                              {{"method", method}, {"route", pattern}, {"code", "other"}});
  of.duration = registry.histogram(duration_name, duration_help, metrics::latency_bounds_us(), 1e-6,
                                   {{"method", method}, {"route", pattern}});
}

// What each kind of route answers with in the ordinary course; the rest is "other".
constexpr std::array own_read_codes{200, 400, 401, 404, 503};
constexpr std::array read_codes{200, 304, 400, 401, 403, 404, 429, 503};
constexpr std::array service_read_codes{200, 304, 400, 401, 404, 409, 422, 503};
constexpr std::array live_codes{101, 200, 400, 401, 403, 404, 422, 426, 503};
constexpr std::array socketio_codes{101, 200, 400, 401, 403, 413, 503};
constexpr std::array write_codes{200, 201, 202, 204, 303, 400, 401, 403,
                                 404, 409, 413, 415, 422, 429, 503};
constexpr std::array no_route_codes{204, 400, 404, 405, 408, 431, 503, 505};

std::span<const int> codes_of(const Route& route) {
  if (route.kind == RouteKind::socketio) return socketio_codes;
  if (route.kind == RouteKind::live) return live_codes;
  if (route.method != Method::get) return write_codes;
  if (route.kind == RouteKind::service) return service_read_codes;
  if (route.domain == nullptr) return own_read_codes;
  return read_codes;
}

}  // namespace

namespace {

Result<void> add_domain_routes(Router& router, AnyDomain& domain) {
  for (const ErasedRoute& erased : domain.routes()) {
    Route route;
    route.kind = kind_of(erased.kind);
    route.method = erased.method;
    route.pattern = erased.pattern;
    route.access = erased.access == Access::admin ? RouteAccess::admin : RouteAccess::open;
    route.domain = &domain;
    route.index = erased.index;
    route.bodies = erased.bodies;
    DAYBOOK_TRY_VOID(router.add(std::move(route)));
  }
  return {};
}

Result<void> add_live_routes(Router& router, AnyDomain& domain) {
  if (domain.live() == nullptr) return {};
  for (const ErasedLivePath& path : domain.live()->paths()) {
    Route route;
    route.kind = RouteKind::live;
    route.pattern = path.pattern;
    route.access = RouteAccess::open;
    route.domain = &domain;
    route.index = path.index;
    DAYBOOK_TRY_VOID(router.add(std::move(route)));
  }
  return {};
}

// With and without the last slash: clients of different ages ask for either. Other methods than
// GET and POST are refused there, in Engine.IO's way.
Result<void> add_socketio_routes(Router& router, std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  for (const std::string& pattern : {path, path + "/"}) {
    for (const Method method :
         {Method::get, Method::post, Method::put, Method::patch, Method::del}) {
      Route route;
      route.kind = RouteKind::socketio;
      route.method = method;
      route.pattern = pattern;
      route.access = RouteAccess::open;
      if (const auto added = router.add(std::move(route)); !added)
        return Error{Errc::invalid, "socketio.path: " + added.error().message};
    }
  }
  return {};
}

Result<void> add_own_routes(Router& router) {
  for (const OwnRoute& own : own_routes) {
    Route route;
    route.kind = own.kind;
    route.method = own.method;
    route.pattern = own.pattern;
    route.access = own.access;
    DAYBOOK_TRY_VOID(router.add(std::move(route)));
  }
  return {};
}

// Of the domains and the server itself; `live`: those over which connections stay open too.
Result<void> add_served_routes(Router& router, std::span<AnyDomain* const> domains, bool live) {
  for (AnyDomain* domain : domains) {
    DAYBOOK_TRY_VOID(add_domain_routes(router, *domain));
    if (live) DAYBOOK_TRY_VOID(add_live_routes(router, *domain));
  }
  return add_own_routes(router);
}

Result<void> add_service_route(Router& router, const ServiceRoute& service) {
  Route route;
  route.kind = RouteKind::service;
  route.method = service.method;
  route.pattern = service.pattern;
  route.access = service.access == Access::admin ? RouteAccess::admin : RouteAccess::open;
  route.service = &service;
  return router.add(std::move(route));
}

}  // namespace

Result<void> register_routes(Shared& shared) {
  const bool live = shared.deps.make_live_app != nullptr;
  DAYBOOK_TRY_VOID(add_served_routes(shared.router, shared.deps.domains, live));
  for (const ServiceRoute& service : shared.deps.services)
    DAYBOOK_TRY_VOID(add_service_route(shared.router, service));
  if (!live || !shared.options.live.socketio) return {};
  return add_socketio_routes(shared.router, shared.options.live.socketio_path);
}

Result<void> check_socketio_path(std::span<AnyDomain* const> domains, const std::string& path) {
  Router router;
  DAYBOOK_TRY_VOID(add_served_routes(router, domains, true));
  return add_socketio_routes(router, path);
}

void register_metrics(Shared& shared) {
  metrics::Registry& registry = *shared.deps.metrics;
  shared.router.each([&](Route& route) {
    const std::string method(method_name(route.method));
    add_metrics(registry, route.metrics, method, route.pattern, codes_of(route));
  });
  add_metrics(registry, shared.other, "", "other", no_route_codes);
  shared.refused = registry.counter("daybook_http_connections_refused_total",
                                    "Connections answered 503 because connections_max were open.");
  registry.gauge("daybook_http_connections", "Open client connections.", [&shared] {
    return static_cast<double>(shared.connections.load(std::memory_order_relaxed));
  });
  registry.gauge("daybook_http_worker_queue_jobs", "Uploads and log scans waiting for the worker.",
                 [&shared] { return static_cast<double>(shared.worker.waiting()); });
  registry.gauge("daybook_http_streams", "Answers being sent in parts.", [&shared] {
    return static_cast<double>(shared.streams.load(std::memory_order_relaxed));
  });
  registry.gauge("daybook_http_subscribers", "Answers that may wait for events.", [&shared] {
    return static_cast<double>(shared.subscribers.load(std::memory_order_relaxed));
  });
  if (shared.deps.make_live_app) register_live_metrics(registry, shared.live);
}

}  // namespace daybook::http
