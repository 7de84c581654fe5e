// The routes, the answers, and what is answered from the view. Shapes: docs/domains/consumers.md.
#include "domains/consumers/domain.h"

#include <daybook/texts.h>

#include <charconv>

namespace daybook::consumers {
namespace {

constexpr std::uint64_t consumers_listed_default = 100;
constexpr std::uint64_t consumers_listed_max = 1000;

void write_list(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

void write_consumer(json::Writer& out, std::string_view name, const Consumer& consumer) {
  out.begin_object().member("name", name).member("topic", consumer.definition.topic);
  write_list(out, "types", consumer.definition.types);
  write_list(out, "keys", consumer.definition.keys);
  out.member("next", std::to_string(consumer.next.value)).key("acknowledged_at");
  if (consumer.acknowledged_by.value == 0)
    out.null();
  else
    out.string(time_text(consumer.acknowledged_at));
  out.end_object();
}

// GET /consumers?limit&after
Result<Response> get_consumers(const View& view, const Request& request) {
  std::uint64_t limit = consumers_listed_default;
  if (const auto text = request.query_value("limit")) {
    const char* end = text->data() + text->size();
    const auto [at, error] = std::from_chars(text->data(), end, limit);
    if (error != std::errc{} || at != end || limit < 1 || limit > consumers_listed_max)
      return Error::field("limit", "out_of_range",
                          "must be 1 to " + std::to_string(consumers_listed_max));
  }
  const auto& consumers = view.consumers();
  auto at = consumers.upper_bound(request.query_value("after").value_or(std::string_view{}));
  Response response;
  json::Writer out(response.body);
  out.begin_object().key("consumers").begin_array();
  std::string_view last;
  for (; at != consumers.end() && limit > 0; ++at, --limit) {
    write_consumer(out, at->first, at->second);
    last = at->first;
  }
  out.end_array().key("next");
  if (at == consumers.end())
    out.null();
  else
    out.string(last);
  out.end_object();
  return response;
}

// GET /consumers/{name}
Result<Response> get_consumer(const View& view, const Request& request) {
  const auto at = view.consumers().find(request.params.front());
  if (at == view.consumers().end()) return Error{Errc::not_found, "consumer not found"};
  Response response;
  json::Writer out(response.body);
  write_consumer(out, at->first, at->second);
  return response;
}

Answer status_answer(std::string_view name, std::string_view status) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("name", name).member("status", status).end_object();
  return answer;
}

Answer acknowledged_answer(std::string_view name, Position position) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("name", name).member("acknowledged", std::to_string(position.value));
  out.end_object();
  return answer;
}

}  // namespace

Answer Domain::answer(const Command&, std::span<const Event> events) {
  const Event& event = events.front();
  switch (event.kind) {
    case Kind::defined:
      return status_answer(event.name, "defined");
    case Kind::acknowledged:
      return acknowledged_answer(event.name, event.position);
    case Kind::deleted:
      break;
  }
  return status_answer(event.name, "deleted");
}

Answer Domain::unchanged(const State&, const Command& command) {
  if (command.kind == CommandKind::acknowledge)
    return acknowledged_answer(command.name, command.position);
  return status_answer(command.name, "defined");
}

// Acknowledgements are not counted: retention takes them.
std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  return {{"consumers", view.consumers().size()}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::put, "/consumers/{name}", Access::admin, &parse_definition);
  routes.command(Method::del, "/consumers/{name}", Access::admin, &parse_delete);
  routes.command(Method::post, "/consumers/{name}/acknowledge", Access::admin, &parse_acknowledge);
  routes.read("/consumers", Access::admin, &get_consumers);
  routes.read("/consumers/{name}", Access::admin, &get_consumer);
}

}  // namespace daybook::consumers
