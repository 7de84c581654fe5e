// A whole consumers domain in memory with its log as a list, driven by JSON texts as the sequencer
// drives it, for tests.
#pragma once

#include "domains/consumers/domain.h"

#include <daybook/json.h>
#include <daybook/texts.h>

#include <catch2/catch.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::consumers {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline UnixUs at(std::string_view text) {
  const auto time = parse_time(text);
  REQUIRE(time.has_value());
  return *time;
}

inline Request get(std::vector<std::string> params = {}, Pairs query = {}) {
  Request request;
  request.method = Method::get;
  request.params = std::move(params);
  request.query = std::move(query);
  return request;
}

struct Logged {
  Event event;
  EventMeta meta;
};

class World {
 public:
  explicit World(Policy policy_in = {}) : policy(policy_in), state(policy), view(policy) {}

  // "ok", "unchanged", or the refusal as "<message>" or "<field>: <code>".
  std::string line(std::string_view json_text) {
    auto body = parser_.parse(json_text, false);
    if (!body.ok()) return body.error().message;
    return run(Domain::parse(*body, arenas_.emplace_back()));
  }
  // The same through a command route.
  std::string call(Method method, std::string_view pattern, std::vector<std::string> params,
                   std::string_view json_text = "{}") {
    Request request = get(std::move(params));
    request.method = method;
    auto body = parser_.parse(json_text, false);
    if (!body.ok()) return body.error().message;
    Routes<Domain> routes;
    Domain::routes(routes);
    for (const auto& route : routes.commands)
      if (route.method == method && route.pattern == pattern)
        return run(route.parse(*body, request, arenas_.emplace_back()));
    return "no such route";
  }
  std::string run(const Result<Command>& command) {
    if (!command.ok()) return words(command.error());
    Context context{now, {}, {}, &arenas_.emplace_back()};
    auto events = Domain::decide(state, policy, *command, context);
    if (!events.ok()) return words(events.error());
    if (events->empty()) {
      last_answer = Domain::unchanged(state, *command);
      return "unchanged";
    }
    for (const Event& event : *events) {
      Domain::apply(state, event);
      position = position + 1 + gap;
      const EventMeta meta{position, context.now, context.id};
      Domain::project(view, event, meta);
      log.push_back({event, meta});
    }
    last_answer = Domain::answer(*command, {events->data(), events->size()});
    return "ok";
  }
  std::string words(const Error& error) {
    last_error = error;
    if (error.fields.empty()) return error.message;
    std::string text;
    for (const FieldError& field : error.fields)
      text += (text.empty() ? "" : ", ") + field.field + ": " + field.code;
    return text;
  }
  // The next position the consumer wants; 0: there is no such consumer.
  [[nodiscard]] std::uint64_t next(std::string_view name) const {
    const auto entry = view.find(name);
    return entry ? entry->next.value : 0;
  }

  const Policy policy;
  State state;
  View view;
  std::deque<Logged> log;  // strings live as long as the World
  UnixUs now = at("2026-03-10T12:00:00Z");
  Position position{};
  std::uint64_t gap = 0;  // positions of other topics between two events
  Answer last_answer;
  Error last_error;

 private:
  json::Parser parser_;
  std::deque<Arena> arenas_;
};

template <class T>
std::string saved(const T& from) {
  ByteWriter out;
  Domain::save(from, out);
  return out.take();
}

inline std::string body_of(World& world, const Result<Response>& response) {
  return response.ok() ? response->body : world.words(response.error());
}

}  // namespace daybook::consumers
