// The projectors domain: what is said about projectors, so that the history explains itself -
// pauses, resets, disables, and every dead letter from its copy to its end
// (docs/domains/projectors.md). Topic 6. Read in this order: events, command, state, decide, apply,
// view, http, history.
#pragma once

#include "domains/projectors/command.h"
#include "domains/projectors/events.h"
#include "domains/projectors/policy.h"
#include "domains/projectors/state.h"
#include "domains/projectors/view.h"

#include <daybook/domain.h>

#include <string>
#include <utility>
#include <vector>

namespace daybook::projectors {

struct Domain {
  using Policy = projectors::Policy;
  using Command = projectors::Command;
  using Event = projectors::Event;
  using State = projectors::State;
  using View = projectors::View;

  static constexpr std::string_view name = "projectors";
  static constexpr TopicId topic{6};
  static constexpr std::uint16_t event_version = projectors::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_line(body, arena);
  }
  static bool needs_admin(const json::Value&) { return true; }
  // REQUIRES: context.arena is not null.
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    view.project(event, meta);
  }
  static Answer answer(const Command& command, std::span<const Event> events);
  static Answer unchanged(const State& state, const Command& command);

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    projectors::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return projectors::decode(version, bytes);
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
};

}  // namespace daybook::projectors
