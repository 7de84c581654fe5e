// State + command -> events, or a rejection. Guards in the documented order
// (docs/domains/projectors.md), the happy path last.
#include "domains/projectors/domain.h"

#include <string>

namespace daybook::projectors {
namespace {

using Decision = Result<Events<Event>>;
const Events<Event> nothing{};

Event event_of(Kind kind, const State::Projector& projector, const Command& command) {
  Event event;
  event.kind = kind;
  event.projector = command.projector;
  event.topic = projector.topic;
  event.position = command.position;
  event.reason = command.reason;
  return event;
}

// In the arena: the state's text may be another by the time the event is projected.
Event keep(Event event, const Context& context) {
  event.topic = context.arena->copy(event.topic);
  return event;
}

Error no_letter(const State::Projector& projector, const Command& command) {
  const std::string at = "the dead letter at " + std::to_string(command.position.value);
  if (projector.skipped.contains(command.position))
    return Error{Errc::conflict, at + " was skipped: it is closed"};
  if (projector.closed.contains(command.position))
    return Error{Errc::conflict, at + " was delivered: it is closed"};
  return Error{Errc::not_found, "there is no open dead letter at " +
                                    std::to_string(command.position.value) + " of projector " +
                                    std::string(command.projector)};
}

Decision decide_add(const State& state, const Command& command) {
  const State::Projector* projector = state.projector(command.projector);
  if (projector != nullptr && projector->topic == command.topic && projector->sink == command.sink)
    return nothing;
  if (projector == nullptr && state.projectors() >= projectors_max)
    return Error{Errc::unavailable, "too many projectors"};
  Event event;
  event.kind = Kind::added;
  event.projector = command.projector;
  event.topic = command.topic;
  event.sink = command.sink;
  return Events<Event>{event};
}

Event reset_event(const State::Projector& projector, const Command& command) {
  Event event = event_of(Kind::reset, projector, command);
  event.position = {};
  event.reset_number = projector.resets + 1;
  event.reset_to = command.to;
  if (command.to == ResetTo::beginning) event.next = Position{1};
  if (command.to == ResetTo::position) event.next = command.position;
  return event;
}

Decision decide_switch(const State::Projector& projector, const Command& command,
                       const Context& context) {
  switch (command.kind) {
    case CommandKind::pause:
      if (projector.paused) return nothing;
      return Events<Event>{keep(event_of(Kind::paused, projector, command), context)};
    case CommandKind::disable:
      if (projector.disabled) return nothing;
      return Events<Event>{keep(event_of(Kind::disabled, projector, command), context)};
    case CommandKind::resume:
      if (!projector.paused && !projector.disabled) return nothing;
      return Events<Event>{keep(event_of(Kind::resumed, projector, command), context)};
    default:
      return Events<Event>{keep(reset_event(projector, command), context)};
  }
}

Decision decide_dead_letter(const State& state, const State::Projector& projector,
                            const Policy& policy, const Command& command, const Context& context) {
  if (projector.open.contains(command.position) || projector.closed.contains(command.position))
    return nothing;
  if (state.open_letters() >= policy.dead_letters_max)
    return Error{Errc::unavailable, "too many open dead letters"};
  Event event = event_of(Kind::letter_made, projector, command);
  event.copy = command.copy;
  event.attempts = AttemptList(command.attempts);
  event.next_try_at = command.next_try_at;
  return Events<Event>{keep(event, context)};
}

Decision decide_retry(const State::Projector& projector, const Command& command,
                      const Context& context) {
  Event event = event_of(Kind::retry_asked, projector, command);
  if (command.position.value == 0) {
    if (projector.asked == projector.open.size()) return nothing;
    event.letters = static_cast<std::uint32_t>(projector.open.size() - projector.asked);
    return Events<Event>{keep(event, context)};
  }
  const auto letter = projector.open.find(command.position);
  if (letter == projector.open.end()) return no_letter(projector, command);
  if (letter->second.asked) return nothing;
  return Events<Event>{keep(event, context)};
}

// What became of a try. A person may have closed the letter while it was under way.
Decision decide_outcome(const State::Projector& projector, const Command& command,
                        const Context& context) {
  const bool is_delivered = command.kind == CommandKind::letter_delivered;
  const auto letter = projector.open.find(command.position);
  if (letter == projector.open.end()) {
    if (!projector.closed.contains(command.position)) return no_letter(projector, command);
    if (!is_delivered || !projector.skipped.contains(command.position)) return nothing;
  } else if (!is_delivered && letter->second.failed_at == command.at) {
    return nothing;
  }
  Event event =
      event_of(is_delivered ? Kind::letter_delivered : Kind::letter_failed, projector, command);
  event.at = command.at;
  event.next_try_at = command.next_try_at;
  return Events<Event>{keep(event, context)};
}

Decision decide_open(const State::Projector& projector, const Command& command,
                     const Context& context) {
  if (!projector.open.contains(command.position)) return no_letter(projector, command);
  const bool is_edit = command.kind == CommandKind::edit;
  Event event = event_of(is_edit ? Kind::letter_edited : Kind::letter_skipped, projector, command);
  event.copy.data = command.data;
  return Events<Event>{keep(event, context)};
}

}  // namespace

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  if (command.kind == CommandKind::add) return decide_add(state, command);
  const State::Projector* projector = state.projector(command.projector);
  if (projector == nullptr) return Error{Errc::not_found, "projector not found"};
  switch (command.kind) {
    case CommandKind::dead_letter:
      return decide_dead_letter(state, *projector, policy, command, context);
    case CommandKind::retry:
      return decide_retry(*projector, command, context);
    case CommandKind::edit:
    case CommandKind::skip:
      return decide_open(*projector, command, context);
    case CommandKind::letter_delivered:
    case CommandKind::letter_failed:
      return decide_outcome(*projector, command, context);
    default:
      return decide_switch(*projector, command, context);
  }
}

}  // namespace daybook::projectors
