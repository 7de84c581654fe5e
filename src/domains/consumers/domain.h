// The consumers domain: named consumers, whose checkpoint the server keeps
// (docs/domains/consumers.md). Topic 7. Read in this order: events, command, state, decide, apply,
// view, http.
#pragma once

#include "domains/consumers/command.h"
#include "domains/consumers/events.h"
#include "domains/consumers/policy.h"
#include "domains/consumers/state.h"
#include "domains/consumers/view.h"

#include <daybook/domain.h>

#include <string>
#include <utility>
#include <vector>

namespace daybook::consumers {

struct Domain {
  using Policy = consumers::Policy;
  using Command = consumers::Command;
  using Event = consumers::Event;
  using State = consumers::State;
  using View = consumers::View;

  static constexpr std::string_view name = "consumers";
  static constexpr TopicId topic{7};
  static constexpr std::uint16_t event_version = consumers::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_line(body, arena);
  }
  static bool needs_admin(const json::Value&) { return true; }
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    view.project(event, meta);
  }
  static Answer answer(const Command& command, std::span<const Event> events);
  static Answer unchanged(const State& state, const Command& command);

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    consumers::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return consumers::decode(version, bytes);
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

  // RetainedDomain: a consumer's last acknowledgement says all that the ones before it said.
  static Position removable_before(const View& view, const Policy&, UnixUs) {
    return view.removable_before();
  }
  static bool removable(const Event& event) { return event.kind == Kind::acknowledged; }
};

}  // namespace daybook::consumers
