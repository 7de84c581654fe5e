// The hits domain: how often something was seen, when, and by how many (docs/domains/hits.md).
// Topic 3. Read in this order: events, command, state, decide, content, busy, view, roll_up, http.
#pragma once

#include "domains/hits/command.h"
#include "domains/hits/events.h"
#include "domains/hits/policy.h"
#include "domains/hits/state.h"
#include "domains/hits/view.h"

#include <daybook/domain.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::hits {

struct Domain {
  using Policy = hits::Policy;
  using Command = hits::Command;
  using Event = hits::Event;
  using State = hits::State;
  using View = hits::View;

  static constexpr std::string_view name = "hits";
  static constexpr TopicId topic{3};
  static constexpr std::uint16_t event_version = hits::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_hit(body, arena);
  }
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept { state.apply(event); }
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    view.project(event, meta);
  }
  static Answer answer(const Command&, std::span<const Event>) { return Answer{204, {}, {}}; }

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    hits::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return hits::decode(version, bytes);
  }

  static void save(const State& state, ByteWriter& out);
  static Result<void> load(State& state, ByteReader& in);
  static void save(const View& view, ByteWriter& out);
  static Result<void> load(View& view, ByteReader& in);

  static std::size_t memory_bytes(const State& state) { return state.memory_bytes(); }
  static std::size_t memory_bytes(const View& view) { return view.memory_bytes(); }
  static std::vector<std::pair<std::string, std::uint64_t>> totals(const View& view);
  static void routes(Routes<Domain>& routes);

  static std::span<const std::string_view> event_types();
  static std::optional<Outline> outline(const Event& event);
  static void render(const Event& event, const EventMeta& meta, json::Writer& out);

  // TimedDomain: days are closed and rolled up as time passes.
  static std::optional<UnixUs> next_due(const State& state, const Policy& policy);
  static Events<Event> due(const State& state, const View& view, const Policy& policy,
                           const Context& context);
  // DurabilityDomain
  static Durability durability(const Policy& policy) { return policy.durability; }
  // RetainedDomain: a roll-up holds all that replay needs of the hits and salts before it.
  static Position removable_before(const View& view, const Policy& policy, UnixUs now) {
    return hits::removable_before(view, policy, now);
  }
  static bool removable(const Event& event) {
    return event.kind == Kind::hit || event.kind == Kind::salt_drawn;
  }
};

}  // namespace daybook::hits
