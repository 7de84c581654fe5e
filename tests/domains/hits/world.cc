#include "domains/hits/world.h"

#include <daybook/texts.h>

#include "domains/hits/series.h"

namespace daybook::hits {
namespace {

// Reads of the world's own view; the log is not looked at.
class WorldReader final : public ReadContext<Domain> {
 public:
  explicit WorldReader(const View& view) : view_(view) {}
  [[nodiscard]] Position visible() const override { return {}; }
  [[nodiscard]] std::shared_ptr<ReadContext<Domain>> keep() const override {
    return std::make_shared<WorldReader>(*this);
  }
  void with_view(const std::function<void(const View&)>& f) override { f(view_); }
  Result<void> scan(Position, Position,
                    const std::function<bool(const Event&, const EventMeta&)>&) override {
    return Error{Errc::internal, "no log here"};
  }

 private:
  const View& view_;
};

}  // namespace

UnixMs at(std::string_view text) {
  const auto instant = parse_time(text);
  REQUIRE(instant.has_value());
  return to_ms(*instant);
}

std::string hit_json(std::string_view id, std::int64_t at_ms, std::string_view visitor) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("id", id);
  if (at_ms != 0) out.member("timestamp", at_ms);
  if (!visitor.empty()) out.member("visitor", visitor);
  out.end_object();
  return text;
}

std::string words(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::string text;
  for (const FieldError& field : error.fields)
    text += (text.empty() ? "" : ", ") + field.field + ": " + field.code;
  return text;
}

World::World(Policy policy_in)
    : policy(policy_in),
      state(std::make_unique<State>(policy)),
      view(std::make_unique<View>(policy)) {}

std::string World::send(std::string_view json_text) {
  run_due();
  auto body = parser_.parse(json_text, false);
  if (!body.ok()) return body.error().message;
  arena_ = std::make_unique<Arena>();
  auto command = Domain::parse(*body, *arena_);
  if (!command.ok()) return words(command.error());
  Context context;
  context.now = UnixUs{now.value * 1000 + 999};
  ++secret;
  for (std::size_t i = 0; i < 8; ++i)
    context.secret.bytes[i] = static_cast<std::uint8_t>(secret >> (8 * i));
  context.arena = arena_.get();
  auto events = Domain::decide(*state, policy, *command, context);
  if (!events.ok()) return words(events.error());
  last_answer = Domain::answer(*command, {events->data(), events->size()});
  last_events = *events;
  commit(*events);
  return "ok";
}

bool World::run_due_once() {
  const UnixUs time{now.value * 1000 + 999};
  const auto due = Domain::next_due(*state, policy);
  if (!due || *due > time) return false;
  Arena arena;
  Context context;
  context.now = time;
  context.arena = &arena;
  const auto events = Domain::due(*state, *view, policy, context);
  REQUIRE(events.size() <= due_events_max);
  REQUIRE((!events.empty() || Domain::next_due(*state, policy) != due));
  commit(events);
  return true;
}

void World::commit(const Events<Event>& events) {
  std::vector<Stored> group;
  for (const Event& event : events) {
    Domain::apply(*state, event);
    flatbuffers::FlatBufferBuilder builder;
    Domain::encode(event, builder);
    Stored stored;
    stored.bytes.assign(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                        builder.GetSize());
    stored.meta.position = Position{log.size() + group.size() + 1};
    stored.meta.server_time = UnixUs{now.value * 1000 + 999};
    stored.is_removable = Domain::removable(event);
    group.push_back(stored);
  }
  for (std::size_t i = 0; i < events.size(); ++i) Domain::project(*view, events[i], group[i].meta);
  log.insert(log.end(), group.begin(), group.end());
}

void World::take(const Stored& stored) {
  auto event = Domain::decode(
      event_version,
      {reinterpret_cast<const std::uint8_t*>(stored.bytes.data()), stored.bytes.size()});
  REQUIRE(event.ok());
  Domain::apply(*state, *event);
  Domain::project(*view, *event, stored.meta);
  log.push_back(stored);
}

std::string World::saved() const {
  ByteWriter out;
  Domain::save(*view, out);
  return out.take();
}

std::string World::saved_state() const {
  ByteWriter out;
  Domain::save(*state, out);
  return out.take();
}

std::string World::get(std::string_view pattern, std::string_view id,
                       std::vector<std::pair<std::string, std::string>> query) const {
  Request request;
  request.params.emplace_back(id);
  request.query = std::move(query);
  request.now = UnixUs{now.value * 1000 + 999};
  Routes<Domain> routes;
  Domain::routes(routes);
  const auto text = [](const Result<Response>& response) {
    return response.ok() ? response->body : words(response.error());
  };
  for (const auto& route : routes.reads)
    if (route.pattern == pattern) return text(route.read(*view, request));
  WorldReader reader(*view);
  for (const auto& route : routes.scans)
    if (route.pattern == pattern) return text(route.scan(reader, request));
  return "no such route";
}

std::vector<std::uint64_t> World::counts(std::string_view id) const {
  json::Parser parser;
  const auto body = parser.parse(get("/analytics/{id}", id), false);
  REQUIRE(body.ok());
  std::vector<std::uint64_t> counts;
  body->find("counts")->each_element([&](const json::Value& window) {
    counts.push_back(static_cast<std::uint64_t>(*window.find("count")->as_int64()));
  });
  return counts;
}

std::unique_ptr<World> replayed(const World& live, const std::vector<Stored>& log) {
  auto world = std::make_unique<World>(live.policy);
  world->now = live.now;
  world->secret = live.secret;
  for (const Stored& stored : log) world->take(stored);
  return world;
}

}  // namespace daybook::hits
