// A whole forms domain in memory with its log as a list, driven by JSON texts as the sequencer
// drives it, for tests.
#pragma once

#include "domains/forms/domain.h"

#include <daybook/json.h>
#include <daybook/texts.h>

#include <catch2/catch.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::forms {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline UnixUs at(std::string_view text) {
  const auto time = parse_time(text);
  REQUIRE(time.has_value());
  return *time;
}

// A definition of one required text "name", an optional integer "age", and more options as JSON.
inline std::string simple_definition(std::string_view more = {}) {
  return R"({"title":"Simple","schema":{"type":"object","properties":{"name":{"type":"string",)"
         R"("minLength":2},"age":{"type":"integer"}},"required":["name"]})" +
         std::string(more.empty() ? "" : ",") + std::string(more) + "}";
}

inline Request get(std::vector<std::string> params = {}, Pairs query = {}) {
  Request request;
  request.method = Method::get;
  request.params = std::move(params);
  request.query = std::move(query);
  return request;
}

// What an event needs to stand on its own.
struct Logged {
  Event event;
  EventMeta meta;
};

// A verdict on a submission, as the moderator sends it.
inline std::string verdict_line(std::string_view type, const Logged& submission) {
  std::string text = R"({"type":")" + std::string(type) + R"(","form":")" +
                     std::string(submission.event.form) + R"(","submission":")" +
                     id_text(submission.meta.event_id) + R"(","position":")" +
                     std::to_string(submission.meta.position.value) + R"(","by":"moderator")";
  if (type == "flag") text += R"(,"findings":[{"field":"/name","word":"darn","language":"en"}])";
  return text + "}";
}

class World {
 public:
  explicit World(Policy policy_in = {}) : policy(policy_in), state(policy), view(policy) {}

  // Each gives "ok", or the refusal as "<message>" or "<field>: <code>".
  std::string line(std::string_view json_text) {
    return with_body(json_text, [&](const json::Value& body, Arena& arena) {
      return Domain::parse(body, arena);
    });
  }
  std::string define(std::string_view form, std::string_view definition) {
    const Request request = get({std::string(form)});
    return with_body(definition, [&](const json::Value& body, Arena& arena) {
      return parse_definition(body, request, arena);
    });
  }
  std::string post(std::string_view form, std::string_view json_text,
                   std::string_view content_type = "application/json",
                   std::string_view origin = {}) {
    Request request = get({std::string(form)});
    request.content_type = content_type;
    request.origin = origin;
    return with_body(json_text, [&](const json::Value& body, Arena& arena) {
      return parse_submission(body, request, arena);
    });
  }
  template <class Parse>
  std::string with_body(std::string_view json_text, Parse&& parse) {
    auto body = parser_.parse(json_text, false);
    if (!body.ok()) return body.error().message;
    return run(parse(*body, arenas_.emplace_back()));
  }
  std::string run(const Result<Command>& command) {
    if (!command.ok()) return words(command.error());
    Context context{now, next_id(), {}, &arenas_.emplace_back()};
    auto events = Domain::decide(state, policy, *command, context);
    if (!events.ok()) return words(events.error());
    for (const Event& event : *events) {
      Domain::apply(state, event);
      position = position + 1 + gap;
      const EventMeta meta{position, context.now, context.id};
      Domain::project(view, event, meta);
      log.push_back({event, meta});
    }
    last_answer = events->empty() ? Domain::unchanged(state, *command)
                                  : Domain::answer(*command, {events->data(), events->size()});
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
  // As the sequencer's: a UUIDv7 of the present time.
  Id128 next_id() {
    Id128 id;
    const auto ms = static_cast<std::uint64_t>(to_ms(now).value);
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    id.bytes[6] = 0x70;
    ++ids_;
    for (std::size_t i = 0; i < 4; ++i)
      id.bytes[12 + i] = static_cast<std::uint8_t>(ids_ >> (24 - 8 * i));
    return id;
  }

  json::Parser parser_;
  std::deque<Arena> arenas_;
  std::uint32_t ids_ = 0;
};

// The World's log behind the seam; counts what a read costs.
class ListLog final : public ReadContext<Domain> {
 public:
  explicit ListLog(const World& world) : world_(world), visible_(world.position) {}
  [[nodiscard]] Position visible() const override { return visible_; }
  [[nodiscard]] std::shared_ptr<ReadContext<Domain>> keep() const override {
    return std::make_shared<ListLog>(*this);
  }
  void with_view(const std::function<void(const View&)>& f) override { f(world_.view); }
  Result<void> scan(Position from, Position until,
                    const std::function<bool(const Event&, const EventMeta&)>& f) override {
    ++scans;
    auto at =
        std::lower_bound(world_.log.begin(), world_.log.end(), from,
                         [](const Logged& logged, Position p) { return logged.meta.position < p; });
    for (; at != world_.log.end() && at->meta.position <= std::min(until, visible_); ++at) {
      ++events;
      if (!f(at->event, at->meta)) break;
    }
    return {};
  }

  std::size_t scans = 0;
  std::size_t events = 0;

 private:
  const World& world_;
  Position visible_;
};

inline Routes<Domain> all_routes() {
  Routes<Domain> routes;
  Domain::routes(routes);
  return routes;
}

// The body, or the refusal in words.
inline std::string body_of(World& world, const Result<Response>& response) {
  return response.ok() ? response->body : world.words(response.error());
}

inline std::string read(World& world, std::string_view pattern, const Request& request) {
  for (const auto& route : all_routes().reads)
    if (route.pattern == pattern) return body_of(world, route.read(world.view, request));
  return "no such route";
}

inline Result<Response> scan(ListLog& log, std::string_view pattern, const Request& request) {
  for (const auto& route : all_routes().scans)
    if (route.pattern == pattern) return route.scan(log, request);
  return Error{Errc::internal, "no such route"};
}

}  // namespace daybook::forms
