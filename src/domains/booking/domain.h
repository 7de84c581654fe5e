// The booking domain: places at stations on dates, never more given than there are; holds that run
// out and waiting lists that move up (docs/domains/booking.md). Topic 2.
// Read in this order: events, command, book, state, decide, apply, view, http.
#pragma once

#include "domains/booking/audit.h"
#include "domains/booking/command.h"
#include "domains/booking/events.h"
#include "domains/booking/policy.h"
#include "domains/booking/state.h"
#include "domains/booking/view.h"

#include <daybook/domain.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::booking {

struct Domain {
  using Policy = booking::Policy;
  using Command = booking::Command;
  using Event = booking::Event;
  using State = booking::State;
  using View = booking::View;
  using Audit = booking::Audit;

  static constexpr std::string_view name = "booking";
  static constexpr TopicId topic{2};
  static constexpr std::uint16_t event_version = booking::event_version;

  static std::span<const SettingSpec> settings() { return setting_specs(); }
  static Result<Policy> policy(const Settings& settings) { return make_policy(settings); }

  static Result<Command> parse(const json::Value& body, Arena& arena) {
    return parse_line(body, arena);
  }
  static bool needs_admin(const json::Value& line) {
    const auto type = line.find("type");
    return type && type->is_string() && type->string() == "station";
  }
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept;
  static Answer answer(const Command& command, std::span<const Event> events);

  static std::optional<UnixUs> next_due(const State& state, const Policy& policy);
  static Events<Event> due(const State& state, const View& view, const Policy& policy,
                           const Context& context);

  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
    booking::encode(event, builder);
  }
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
    return booking::decode(version, bytes);
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
};

// PUT /stations/{name}: its own column of guards (decide_station.cc).
Result<Events<Event>> decide_station(const State& state, const Policy& policy,
                                     const Command& command, const Context& context);

// The events that give free places of a date to the first in line, at most `places` of them.
void promote(const Book& book, std::uint32_t date, std::size_t places, Events<Event>& events);
// An event about a booking that is there.
Event event_about(const Book& book, Kind kind, std::uint32_t booking);

}  // namespace daybook::booking
