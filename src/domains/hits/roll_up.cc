// Time as events: a day is closed, then rolled up part by part, a slice of the ids at a time so
// that no commit group is held up. The parts go by hash, so it does not matter in which order the
// ids lie in memory.
#include "domains/hits/domain.h"

#include <algorithm>
#include <cstring>

namespace daybook::hits {
namespace {

// One slice: an id costs 1, a busy one busy_cost. About 5 ms, most of it in project.
constexpr std::uint64_t slice_cost_max = 4096;
constexpr std::uint64_t busy_cost = 32;
constexpr std::size_t slice_bytes_max = 512u << 10;  // checked after each step

Event roll_up_slice(const View& view, const RollUp& roll_up, Arena& arena) {
  // As many parts a step as hold about 256 ids.
  const std::uint64_t step = std::clamp<std::uint64_t>(
      parts * std::uint64_t{256} / std::max<std::uint64_t>(view.id_count(), 1), 1, parts);
  std::string packed;
  Content scratch;
  std::uint64_t cost = 0;
  std::uint32_t part = roll_up.next_part;
  while (part < parts && cost < slice_cost_max && packed.size() < slice_bytes_max) {
    const auto until = static_cast<std::uint32_t>(std::min<std::uint64_t>(part + step, parts));
    view.each_of_parts(part, until, [&](const Known& known) {
      Entry entry;
      cost += known.busy != nullptr ? busy_cost : 1;
      if (!day_of(known, roll_up.day, entry, scratch)) return;
      entry.id = known.id;
      append_entry(packed, entry);
    });
    part = until;
  }
  Event event;
  event.kind = Kind::rolled_up;
  event.day = roll_up.day;
  event.from_part = roll_up.next_part;
  event.until_part = part;
  if (packed.empty()) return event;
  auto* bytes = static_cast<std::uint8_t*>(arena.allocate(packed.size()));
  std::memcpy(bytes, packed.data(), packed.size());
  event.entries = {bytes, packed.size()};
  return event;
}

}  // namespace

std::optional<UnixUs> Domain::next_due(const State& state, const Policy& policy) {
  if (state.roll_up()) return UnixUs{};  // at once
  const auto day = state.oldest_open_day();
  if (!day) return std::nullopt;
  return roll_up_due(*day, policy);
}

Events<Event> Domain::due(const State& state, const View& view, const Policy& policy,
                          const Context& context) {
  Events<Event> events;
  RollUp roll_up;
  if (state.roll_up()) {
    roll_up = *state.roll_up();
  } else {
    const auto day = state.oldest_open_day();
    if (!day || roll_up_due(*day, policy) > context.now) return events;
    roll_up.day = *day;
    Event closed;
    closed.kind = Kind::day_closed;
    closed.day = *day;
    events.push_back(closed);
  }
  DAYBOOK_CHECK(context.arena != nullptr);
  events.push_back(roll_up_slice(view, roll_up, *context.arena));
  return events;
}

}  // namespace daybook::hits
