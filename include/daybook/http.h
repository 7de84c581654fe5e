// What a domain sees of HTTP: a request as views, a response as a value, and the table its routes
// go into. No Beast here; src/http turns sockets into these.
#pragma once

#include <daybook/arena.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook {

enum class Method : std::uint8_t { get, head, post, put, del, options, patch, other };
std::string_view method_name(Method method);

// One request, complete and within its limits. All views end with the handler's call.
struct Request {
  Method method = Method::get;
  std::string_view path;            // as sent, without the query
  std::vector<std::string> params;  // the {x} of the pattern, percent-decoded, in order
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::string_view content_type;
  std::string_view origin;         // the Origin header; empty: none
  std::string_view accept;         // the Accept header
  std::string_view last_event_id;  // the Last-Event-ID header
  std::string_view bearer;  // what follows "Bearer " in the Authorization header: a token of the
                            // domain's own; the admin key is looked at before
  std::string_view body;
  UnixUs now{};  // when it arrived

  // The first value of the query parameter, or nullopt.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const {
    for (const auto& [k, v] : query)
      if (k == name) return v;
    return std::nullopt;
  }
};

// A body that is made in parts, for answers of any length (exports). next() runs on the worker
// thread, one call at a time; the next part is asked for when the client has taken the last one.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // Appends the next part, about body_part_bytes, to `out`. False: it was the last one. An error
  // breaks the connection off, so that the client sees that something is missing.
  virtual Result<bool> next(std::string& out) = 0;

  // A body that is to be continued when something happens (long poll, server-sent events). Asked
  // when next() returned true and appended nothing: the next part is asked for when the log's
  // visible position is past `after`, or after `ms`, whichever is first. Nullopt: at once.
  struct Wait {
    Position after{};
    std::int64_t ms = 0;
  };
  [[nodiscard]] virtual std::optional<Wait> wait() const { return std::nullopt; }

  // Whether wait() may ever say something: such an answer counts against http.subscribers_max
  // instead of http.streams_max. The same for the body's whole life.
  [[nodiscard]] virtual bool waits() const { return false; }
  // The server stops, or the client will send nothing more while this body waits: appends what
  // makes it whole. False: it cannot be made whole here and is broken off. On an io thread, with no
  // part under way: must not block.
  virtual bool end_early(std::string& out) {
    (void)out;
    return false;
  }
  // Header lines that are known only with the first bytes; asked once, after them, before the
  // header is sent. On an io thread.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> late_headers() const {
    return {};
  }
};
constexpr std::size_t body_part_bytes = 128u << 10;

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // Instead of `body` when not null: rendered once, sent many times.
  std::shared_ptr<const std::string> shared_body;
  // Instead of `body` when not null (scan routes only).
  std::shared_ptr<BodyStream> stream;
  // Not empty: the ETag header with its quotes; a matching If-None-Match is answered 304.
  std::string etag;
  std::vector<std::pair<std::string, std::string>>
      headers;  // besides Date, Content-Length, CORS, ...

  static Response json(std::string body, int status = 200) {
    Response r;
    r.status = status;
    r.body = std::move(body);
    return r;
  }
};

// Who may call a route.
enum class Access : std::uint8_t {
  open,   // anyone on loopback; elsewhere only when `http.open_routes` says so
  admin,  // Authorization: Bearer <admin key>, always
};

// A route of the server's own services (projectors, consumers): no domain, no command. `handle`
// runs on the worker thread and may wait a little; what waits long answers with a stream.
struct ServiceRoute {
  Method method = Method::get;
  std::string pattern;
  Access access = Access::admin;
  std::function<Result<Response>(const Request&)> handle;
};

// Which bodies a command route takes. Forms (application/x-www-form-urlencoded and
// multipart/form-data) reach the domain as a JSON object of strings; a name given more than once
// becomes an array of strings. Request::content_type tells which it was.
enum class Bodies : std::uint8_t {
  json,
  json_or_form,
};

}  // namespace daybook
