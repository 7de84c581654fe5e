// A whole projectors domain in memory with its log as a list, driven by JSON texts as the sequencer
// drives it, for tests.
#pragma once

#include "domains/projectors/domain.h"

#include <daybook/json.h>
#include <daybook/texts.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::projectors {

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

// The line that makes a dead letter; `row` and `more` are further members.
inline std::string letter_line(std::uint64_t position, std::string_view data = R"({"name":"Ann"})",
                               std::string_view row = {}, std::string_view more = {}) {
  return R"({"type":"dead_letter","projector":"sheet","position":")" + std::to_string(position) +
         R"(","reason":"too long","event":{"type":"submitted","key":"student","version":3,)"
         R"("id":"0190c9f1-5c7e-7abc-8def-0123456789ab","time":"2026-03-10T11:59:00Z","data":)" +
         std::string(data) + (row.empty() ? "" : ",\"row\":" + std::string(row)) + "}" +
         std::string(more) + "}";
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
  void add_sheet() {
    REQUIRE(line(R"({"type":"add","projector":"sheet","topic":"forms","sink":"csv"})") == "ok");
  }
  [[nodiscard]] const Projector& sheet() const { return *view.projector("sheet"); }

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

// The World's log behind the seam; counts what a read costs.
class ListLog final : public ReadContext<Domain> {
 public:
  explicit ListLog(const World& world) : world_(world) {}
  [[nodiscard]] Position visible() const override { return world_.position; }
  [[nodiscard]] std::shared_ptr<ReadContext<Domain>> keep() const override {
    return std::make_shared<ListLog>(*this);
  }
  void with_view(const std::function<void(const View&)>& f) override { f(world_.view); }
  Result<void> scan(Position from, Position until,
                    const std::function<bool(const Event&, const EventMeta&)>& f) override {
    for (const Logged& logged : world_.log) {
      if (logged.meta.position < from || logged.meta.position > std::min(until, visible()))
        continue;
      ++events;
      if (!f(logged.event, logged.meta)) break;
    }
    return {};
  }

  std::size_t events = 0;

 private:
  const World& world_;
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

}  // namespace daybook::projectors
