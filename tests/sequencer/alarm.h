// Alarms: a test domain that knows time. A command sets an alarm; when its time comes, it rings -
// an event that no command made. Its topic need not be fsynced, so it also shows the interval.
#pragma once

#include <daybook/domain.h>

#include <map>
#include <string>

namespace daybook::alarm {

struct Policy {
  Durability durability = Durability::interval;
};

struct Command {
  UnixUs at;
};

struct Event {
  bool rang = false;
  UnixUs at;   // when it is to ring
  UnixUs now;  // when that was known
  std::string_view note;
};

struct State {
  explicit State(const Policy&) {}
  std::multimap<std::int64_t, int> waiting;
};

struct View {
  explicit View(const Policy&) {}
  std::vector<std::pair<std::int64_t, Id128>> rang;  // {at, event id}
  std::size_t set = 0;
};

struct Domain {
  static constexpr std::string_view name = "alarm";
  static constexpr TopicId topic{1001};
  static constexpr std::uint16_t event_version = 1;
  using Policy = alarm::Policy;
  using Command = alarm::Command;
  using Event = alarm::Event;
  using State = alarm::State;
  using View = alarm::View;

  static std::span<const SettingSpec> settings() { return {}; }
  static Result<Policy> policy(const Settings&) { return Policy{}; }
  static Result<Command> parse(const json::Value& body, Arena&) {
    const auto at = body.find("at");
    if (!at || !at->as_int64()) return Error::field("at", "missing", "is required");
    return Command{UnixUs{*at->as_int64()}};
  }
  static Result<Events<Event>> decide(const State&, const Policy&, const Command& command,
                                      const Context& context) {
    if (command.at <= context.now) return Error{Errc::conflict, "that time has passed"};
    const std::string note = "set for " + std::to_string(command.at.value);
    return Events<Event>{Event{false, command.at, context.now, context.arena->copy(note)}};
  }
  static std::optional<UnixUs> next_due(const State& state, const Policy&) {
    if (state.waiting.empty()) return std::nullopt;
    return UnixUs{state.waiting.begin()->first};
  }
  static Events<Event> due(const State& state, const View& view, const Policy&,
                           const Context& context) {
    Events<Event> events;
    for (const auto& [at, unused] : state.waiting) {
      if (at > context.now.value || events.size() == due_events_max) break;
      events.push_back({true, UnixUs{at}, context.now,
                        context.arena->copy(std::to_string(view.rang.size()) + " rang before")});
    }
    return events;
  }
  static void apply(State& state, const Event& event) noexcept {
    if (!event.rang) {
      state.waiting.emplace(event.at.value, 0);
    } else if (const auto at = state.waiting.find(event.at.value); at != state.waiting.end()) {
      state.waiting.erase(at);
    }
  }
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept {
    if (event.rang) view.rang.emplace_back(event.at.value, meta.event_id);
    view.set += event.rang ? 0 : 1;
  }
  static Answer answer(const Command&, std::span<const Event>) { return {}; }
  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    const std::string text = (event.rang ? "rang " : "set ") + std::to_string(event.at.value) +
                             " " + std::string(event.note);
    builder.Finish(builder.CreateString(text));
  }
  // The tests of the sequencer do not replay alarms.
  static Result<Event> decode(std::uint16_t, std::span<const std::uint8_t>) {
    return Error{Errc::corrupt, "alarms are not read back"};
  }
  static void save(const State& state, ByteWriter& out) { out.u64(state.waiting.size()); }
  static Result<void> load(State&, ByteReader&) { return {}; }
  static void save(const View& view, ByteWriter& out) { out.u64(view.set); }
  static Result<void> load(View&, ByteReader&) { return {}; }
  static std::size_t memory_bytes(const State&) { return 0; }
  static std::size_t memory_bytes(const View&) { return 0; }
  static std::vector<std::pair<std::string, std::uint64_t>> totals(const View& view) {
    return {{"set", view.set}, {"rang", view.rang.size()}};
  }
  static void routes(Routes<Domain>&) {}
  static std::span<const std::string_view> event_types() {
    static constexpr std::string_view types[] = {"set", "rang"};
    return types;
  }
  static std::optional<Outline> outline(const Event& event) {
    return Outline{.type = event_types()[event.rang ? 1 : 0]};
  }
  static void render(const Event& event, const EventMeta&, json::Writer& out) {
    out.begin_object().member("at", event.at.value).end_object();
  }
  static Durability durability(const Policy& policy) { return policy.durability; }
};

}  // namespace daybook::alarm
