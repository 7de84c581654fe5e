// What time brings about: a question's clock runs out, or a room is left alone for so long that it
// finishes.
#include "domains/quiz/decide_parts.h"

namespace daybook::quiz {
namespace {
// An idle room gives its question's end and its own.
constexpr std::size_t events_per_room = 2;
}  // namespace

std::optional<UnixUs> Domain::next_due(const State& state, const Policy&) {
  if (state.dues().empty()) return std::nullopt;
  return UnixUs{state.dues().begin()->first.first};
}

Events<Event> Domain::due(const State& state, const View&, const Policy&, const Context& context) {
  Events<Event> events;
  for (const auto& [due, room] : state.dues()) {
    if (due.first > context.now.value) break;
    if (events.size() + events_per_room > due_events_max) break;
    if (room->phase == Phase::question)
      events.push_back(question_closed(*room, Ender::clock, context.now));
    else
      finish_room(*room, Ender::idle, context.now, events);
  }
  return events;
}

}  // namespace daybook::quiz
