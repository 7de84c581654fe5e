// The forms domain: definitions, checked submissions, their pages and exports
// (docs/domains/forms.md). Topic 4. Read in this order: events, command, state, decide, apply,
// view, http; the definition engine (definition.h) apart from them.
#pragma once

#include "domains/forms/command.h"
#include "domains/forms/events.h"
#include "domains/forms/policy.h"
#include "domains/forms/state.h"
#include "domains/forms/view.h"

#include <daybook/domain.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::forms {

struct Domain {
  using Policy = forms::Policy;
  using Command = forms::Command;
  using Event = forms::Event;
  using State = forms::State;
  using View = forms::View;

  static constexpr std::string_view name = "forms";
  static constexpr TopicId topic{4};
  static constexpr std::uint16_t event_version = forms::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_line(body, arena);
  }
  static bool needs_admin(const json::Value& line) {
    const auto type = line.find("type");
    if (!type || !type->is_string()) return false;
    return type->string() == "define" || type->string() == "flag" || type->string() == "clear";
  }
  // REQUIRES: context.arena is not null.
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    view.project(event, meta.position);
  }
  static Answer answer(const Command& command, std::span<const Event> events);
  static Answer unchanged(const State& state, const Command& command);

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    forms::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return forms::decode(version, bytes);
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
  // ColumnsDomain
  static std::optional<Columns> columns(const View& view, std::string_view key);
};

}  // namespace daybook::forms
