#include "project/routes.h"

#include <daybook/fields.h>
#include <daybook/json.h>
#include <daybook/texts.h>

#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "base/hex.h"
#include "project/sink_calls.h"

namespace daybook::project {
namespace {

constexpr std::size_t rows_per_page = 100;  // when `limit` is absent

void write_time(json::Writer& out, std::string_view name, std::optional<UnixUs> at) {
  out.key(name);
  if (at && at->value != 0)
    out.string(time_text(*at));
  else
    out.null();
}

void write_status(json::Writer& out, const ProjectorStatus& status) {
  out.begin_object()
      .member("name", status.name)
      .member("topic", status.topic)
      .member("sink", status.sink)
      .member("state", state_name(status.state))
      .member("reason", status.reason);
  // Positions are opaque texts outside.
  out.member("position", std::to_string(status.position.value))
      .member("needed_from", std::to_string(status.needed_from.value))
      .member("lag_events", status.lag_events);
  out.key("lag_s").real(status.lag_s);
  out.key("events_per_s").real(status.events_per_s);
  out.member("delivered", status.delivered)
      .member("batches", status.batches)
      .member("retries", status.retries)
      .member("dead_letters", static_cast<std::uint64_t>(status.dead_letters));
  write_time(out, "next_try_at", status.next_try_at);
  write_time(out, "last_delivered_at", status.last_delivered_at);
  out.end_object();
}

Error no_projector(std::string_view name) {
  return Error{Errc::not_found, "there is no projector " + std::string(name)};
}

std::string hex_of(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return to_hex(std::span(data, bytes.size()));
}

struct RowsQuery {
  std::string prefix;
  std::string after;  // a key; empty: from the beginning
  std::size_t limit = rows_per_page;
};

Result<RowsQuery> rows_query(const Request& request) {
  RowsQuery query;
  query.prefix = std::string(request.query_value("prefix").value_or(""));
  if (const auto text = request.query_value("limit")) {
    const auto [end, error] =
        std::from_chars(text->data(), text->data() + text->size(), query.limit);
    if (error != std::errc() || end != text->data() + text->size() || query.limit == 0 ||
        query.limit > rows_per_page_max)
      return Error::field("limit", "out_of_range",
                          "must be 1 to " + std::to_string(rows_per_page_max));
  }
  // The cursor is the last key in hexadecimal: keys are bytes.
  const std::string_view after = request.query_value("after").value_or("");
  std::string key(after.size() / 2, '\0');
  const std::span out(reinterpret_cast<std::uint8_t*>(key.data()), key.size());
  if (!after.empty() && !from_hex(after, out))
    return Error::field("after", "bad_cursor", "must be the 'next' of an earlier page");
  query.after = std::move(key);
  return query;
}

// A row that is JSON is shown as such, other text as a string, other bytes in hexadecimal.
void write_row(json::Writer& out, json::Parser& parser, std::string_view key,
               std::string_view value) {
  out.begin_object();
  if (json::is_valid_utf8(key))
    out.member("key", key);
  else
    out.member("key_hex", hex_of(key));
  if (parser.parse(value, false).ok())
    out.key("value").raw(value);
  else if (json::is_valid_utf8(value))
    out.member("value", value);
  else
    out.member("value_hex", hex_of(value));
  out.end_object();
}

Result<Response> rows_page(const state::Store& store, std::string_view projector,
                           const Request& request) {
  DAYBOOK_TRY(const RowsQuery query, rows_query(request));
  const std::string own = row_prefix(projector);
  std::string body;
  json::Writer out(body);
  json::Parser parser;
  std::size_t rows = 0;
  std::string last;
  bool more = false;
  out.begin_object().key("rows").begin_array();
  DAYBOOK_TRY_VOID(store.scan(state::Family::rows, own + query.prefix, own + query.after,
                              [&](std::string_view full, std::string_view value) {
                                const std::string_view key = full.substr(own.size());
                                if (!query.after.empty() && key == query.after) return true;
                                more = rows == query.limit || body.size() > rows_page_bytes_max;
                                if (more) return false;
                                write_row(out, parser, key, value);
                                last = key;
                                ++rows;
                                return true;
                              }));
  out.end_array().key("next");
  if (more)
    out.string(hex_of(last));
  else
    out.null();
  out.end_object();
  return Response::json(std::move(body));
}

}  // namespace

std::vector<ServiceRoute> projector_routes(const Runtime& runtime, const state::Store& store) {
  std::vector<ServiceRoute> routes;
  routes.push_back(
      {Method::get, "/projectors", Access::admin, [&runtime](const Request&) -> Result<Response> {
         std::string body;
         json::Writer out(body);
         out.begin_object().key("projectors").begin_array();
         for (const ProjectorStatus& status : runtime.status()) write_status(out, status);
         out.end_array().end_object();
         return Response::json(std::move(body));
       }});
  routes.push_back({Method::get, "/projectors/{name}", Access::admin,
                    [&runtime](const Request& request) -> Result<Response> {
                      const auto status = runtime.status(request.params.front());
                      if (!status) return no_projector(request.params.front());
                      std::string body;
                      json::Writer out(body);
                      write_status(out, *status);
                      return Response::json(std::move(body));
                    }});
  routes.push_back({Method::get, "/projectors/{name}/rows", Access::admin,
                    [&runtime, &store](const Request& request) -> Result<Response> {
                      if (!runtime.status(request.params.front()))
                        return no_projector(request.params.front());
                      return rows_page(store, request.params.front(), request);
                    }});
  return routes;
}

}  // namespace daybook::project
