// The attendance domain: who came to which school on which day, once (docs/domains/attendance.md).
// Topic 1. Read in this order: events, command, state, decide, apply, view, http.
#pragma once

#include "domains/attendance/command.h"
#include "domains/attendance/events.h"
#include "domains/attendance/policy.h"
#include "domains/attendance/state.h"
#include "domains/attendance/view.h"

#include <daybook/domain.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::attendance {

struct Domain {
  using Policy = attendance::Policy;
  using Command = attendance::Command;
  using Event = attendance::Event;
  using State = attendance::State;
  using View = attendance::View;

  static constexpr std::string_view name = "attendance";
  static constexpr TopicId topic{1};
  static constexpr std::uint16_t event_version = attendance::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_report(body, arena);
  }
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    view.project(event, meta.position);
  }
  static Answer answer(const Command& command, std::span<const Event> events);

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    attendance::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return attendance::decode(version, bytes);
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

}  // namespace daybook::attendance
