#include "domains/quiz/decide_parts.h"

namespace daybook::quiz {

static_assert(daybook::Domain<Domain>);
static_assert(daybook::TimedDomain<Domain> && daybook::UnchangedDomain<Domain>);
static_assert(daybook::PrivilegedDomain<Domain> && daybook::AuditedDomain<Domain>);
static_assert(daybook::LiveDomain<Domain>);

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  switch (command.kind) {
    case CommandKind::define_quiz:
      return decide_quiz(state, policy, command, context);
    case CommandKind::define_user:
      return decide_user(state, policy, command, context);
    case CommandKind::submit_answer:
      return decide_submit(state, command, context);
    case CommandKind::open_room:
      return decide_open_room(state, policy, command, context);
    case CommandKind::join_room:
      return decide_join(state, policy, command, context);
    case CommandKind::answer:
      return decide_answer(state, command, context);
    case CommandKind::kick_player:
      return decide_kick(state, command, context);
    default:
      return decide_host(state, command, context);
  }
}

Result<const Room*> open_room_of(const State& state, const Command& command) {
  const Room* room = state.room(command.room);
  if (room == nullptr) return Error{Errc::not_found, "room not found"};
  if (!room->is_open()) return Error{Errc::conflict, "the room has finished"};
  return room;
}

Event event_of_room(const Room& room, Kind kind, UnixUs at) {
  Event event;
  event.kind = kind;
  event.at = at;
  event.room = room.id;
  event.question_index = room.question;
  return event;
}

Event question_closed(const Room& room, Ender ender, UnixUs at) {
  Event event = event_of_room(room, Kind::question_closed, at);
  event.ender = ender;
  return event;
}

void finish_room(const Room& room, Ender ender, UnixUs at, Events<Event>& events) {
  if (room.has_question()) events.push_back(question_closed(room, ender, at));
  Event event = event_of_room(room, Kind::room_finished, at);
  event.ender = ender;
  events.push_back(event);
}

void close_if_answered(const Room& room, std::uint32_t seated, std::uint32_t answered, UnixUs at,
                       Events<Event>& events) {
  if (!room.has_question() || !room.options.close_when_answered) return;
  if (seated == 0 || answered < seated) return;
  events.push_back(question_closed(room, Ender::everyone, at));
}

}  // namespace daybook::quiz
