#include "http/system_routes.h"

#include <daybook/json.h>

#include <daybook_version.h>

namespace daybook::http {
namespace {

Response text(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

bool wants_verbose(std::string_view query) {
  return query == "verbose" || query.starts_with("verbose=") || query.starts_with("verbose&") ||
         query.find("&verbose") != std::string_view::npos;
}

void check_line(std::string& out, bool good, std::string_view what) {
  out += good ? "[+] " : "[-] ";
  out += what;
  out += good ? " ok\n" : " failed\n";
}

// "ok", or one line per check when asked for.
Response health(bool good, bool verbose, std::string lines) {
  if (!verbose) return text(good ? 200 : 503, good ? "ok" : "not ready");
  lines += good ? "passed\n" : "failed\n";
  return text(good ? 200 : 503, std::move(lines));
}

Response ready(const Shared& shared, bool verbose) {
  const Sequencer& sequencer = *shared.deps.sequencer;
  const bool accepting = !shared.draining.load(std::memory_order_relaxed) && !sequencer.stopping();
  const bool writing = !sequencer.failed() && !shared.deps.log->failed();
  std::string lines;
  check_line(lines, accepting, "accepting");
  check_line(lines, writing, "log");
  return health(accepting && writing, verbose, std::move(lines));
}

Response root() {
  Response response;
  json::Writer writer(response.body);
  writer.begin_object();
  writer.member("name", "daybook").member("version", DAYBOOK_VERSION);
  writer.key("links").begin_object();
  writer.member("ready", "/readyz").member("live", "/livez").member("metrics", "/metrics");
  writer.member("events", "/events");
  writer.end_object();
  writer.end_object();
  return response;
}

}  // namespace

bool is_system_route(RouteKind kind) {
  switch (kind) {
    case RouteKind::livez:
    case RouteKind::readyz:
    case RouteKind::healthz:
    case RouteKind::metrics:
    case RouteKind::root:
      return true;
    default:
      return false;
  }
}

Response system_response(const Shared& shared, RouteKind kind, std::string_view query) {
  switch (kind) {
    case RouteKind::healthz:
      return text(200, "OK");
    case RouteKind::livez:
      return health(true, wants_verbose(query), "[+] http ok\n");
    case RouteKind::readyz:
      return ready(shared, wants_verbose(query));
    case RouteKind::metrics: {
      Response response = text(200, shared.deps.metrics->render());
      response.content_type = "text/plain; version=0.0.4; charset=utf-8";
      return response;
    }
    default:
      return root();
  }
}

}  // namespace daybook::http
