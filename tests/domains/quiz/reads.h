// The reading side of a World: its routes, live messages, paths and topics by name, as the front
// calls them.
#pragma once

#include "domains/quiz/world.h"

#include <memory>
#include <utility>

namespace daybook::quiz {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Reads the world's log as the worker thread reads the real one.
class WorldContext final : public ReadContext<Domain> {
 public:
  explicit WorldContext(World& world) : world_(world) {}
  [[nodiscard]] Position visible() const override { return world_.position; }
  [[nodiscard]] std::shared_ptr<ReadContext> keep() const override {
    return std::make_shared<WorldContext>(world_);
  }
  void with_view(const std::function<void(const View&)>& f) override { f(world_.view); }
  Result<void> scan(Position from, Position until,
                    const std::function<bool(const Event&, const EventMeta&)>& f) override {
    for (std::uint64_t at = std::max<std::uint64_t>(from.value, 1);
         at <= std::min(until.value, world_.position.value); ++at)
      if (!f(event_of(world_.log[at - 1]), EventMeta{{at}, {}, {}})) break;
    return {};
  }

 private:
  World& world_;
};

inline std::string body_of(const Result<Response>& response) {
  if (!response.ok()) return words(response.error());
  if (response->stream == nullptr) return response->body;
  std::string body;
  while (true) {
    const auto more = response->stream->next(body);
    if (!more.ok()) return words(more.error());
    if (!*more) return body;
  }
}

inline Result<Response> get(World& world, std::string_view pattern,
                            std::vector<std::string> params = {}, std::string_view bearer = {},
                            Pairs query = {}) {
  Request request;
  request.method = Method::get;
  request.params = std::move(params);
  request.query = std::move(query);
  request.bearer = bearer;
  request.now = world.now;
  Routes<Domain> routes;
  Domain::routes(routes);
  for (const auto& route : routes.reads)
    if (route.pattern == pattern) return route.read(world.view, request);
  WorldContext context(world);
  for (const auto& route : routes.scans)
    if (route.pattern == pattern) return route.scan(context, request);
  FAIL("no such route");
  return Error{};
}

inline std::string got(World& world, std::string_view pattern, std::vector<std::string> params = {},
                       std::string_view bearer = {}, Pairs query = {}) {
  return body_of(get(world, pattern, std::move(params), bearer, std::move(query)));
}

inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
  return all;
}

// One live message, read or command; a refusal becomes the error.
inline Result<LiveAnswer> message(World& world, std::string_view name, std::string_view payload) {
  json::Parser parser;
  const auto value = parser.parse(payload, false);
  REQUIRE(value.ok());
  LiveMessages<Domain> messages;
  Domain::live(messages);
  const LiveRequest request{*value, world.now};
  for (const auto& read : messages.reads)
    if (read.name == name) return read.read(world.view, request);
  for (const auto& command : messages.commands) {
    if (command.name != name) continue;
    Arena arena;
    const auto parsed = command.parse(request, arena);
    if (world.run(parsed) != "ok") return world.refusal;
    return command.after(world.view, *parsed, world.answer, world.now);
  }
  FAIL("no such message");
  return Error{};
}

inline std::string said(const Result<LiveAnswer>& answer) {
  return answer.ok() ? answer->body : words(answer.error());
}

// "<event> <json>", or "none".
inline std::string state_of(World& world, std::string_view topic) {
  const auto state = Domain::live_state(world.view, topic, world.now);
  return state ? state->event + " " + state->json : "none";
}

// The topics with another state, in order, until there is no more.
inline std::string changed(World& world, std::size_t max = 100) {
  std::vector<std::string> topics;
  while (true) {
    const auto changes = Domain::take_changed(world.view, max);
    for (const LiveChange& change : changes)
      topics.push_back(change.topic + "/" + std::to_string(change.interval_ms));
    if (changes.size() < max) return joined(topics);
  }
}

// The world's log projected once more, by a view of its own.
inline std::unique_ptr<View> projected_again(const World& world) {
  auto view = std::make_unique<View>(world.policy);
  Position at{};
  for (const std::string& bytes : world.log) {
    at = at + 1;
    Domain::project(*view, event_of(bytes), EventMeta{at, {}, {}});
  }
  return view;
}

}  // namespace daybook::quiz
