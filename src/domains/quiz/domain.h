// The quiz domain: quizzes and users, answers in open quizzes, and hosted rooms with a clock, seats
// and points (docs/domains/quiz.md). Topic 5. Read in this order: events, definition, command,
// state, decide, apply, due, view, http, live.
#pragma once

#include "domains/quiz/audit.h"
#include "domains/quiz/command.h"
#include "domains/quiz/events.h"
#include "domains/quiz/policy.h"
#include "domains/quiz/state.h"
#include "domains/quiz/view.h"

#include <daybook/domain.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::quiz {

struct Domain {
  using Policy = quiz::Policy;
  using Command = quiz::Command;
  using Event = quiz::Event;
  using State = quiz::State;
  using View = quiz::View;
  using Audit = quiz::Audit;

  static constexpr std::string_view name = "quiz";
  static constexpr TopicId topic{5};
  static constexpr std::uint16_t event_version = quiz::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_line(body, arena);
  }
  static bool needs_admin(const json::Value& line) { return is_admin_line(line); }
  // REQUIRES: context.arena is not null.
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    view.project(event, meta);
  }
  static Answer answer(const Command& command, std::span<const Event> events);
  static Answer unchanged(const State& state, const Command& command);

  static std::optional<UnixUs> next_due(const State& state, const Policy& policy);
  static Events<Event> due(const State& state, const View& view, const Policy& policy,
                           const Context& context);

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    quiz::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return quiz::decode(version, bytes);
  }

  static void save(const State& state, ByteWriter& out) { state.save(out); }
  static Result<void> load(State& state, ByteReader& in) { return state.load(in); }
  static void save(const View& view, ByteWriter& out) { view.save(out); }
  static Result<void> load(View& view, ByteReader& in) { return view.load(in); }

  static std::size_t memory_bytes(const State& state) { return state.memory_bytes(); }
  static std::size_t memory_bytes(const View& view) { return view.memory_bytes(); }
  static std::vector<std::pair<std::string, std::uint64_t>> totals(const View& view);
  static void routes(Routes<Domain>& routes);

  static std::span<const std::string_view> event_types();
  static std::optional<Outline> outline(const Event& event);
  static void render(const Event& event, const EventMeta& meta, json::Writer& out);

  // LiveDomain
  static void live(LiveMessages<Domain>& messages);
  static std::vector<LiveChange> take_changed(View& view, std::size_t max);
  static std::optional<LiveState> live_state(const View& view, std::string_view topic, UnixUs now);
};

}  // namespace daybook::quiz
