// The column of guards of each kind of command; decide.cc chooses among them. All pure.
#pragma once

#include "domains/quiz/domain.h"

namespace daybook::quiz {

// decide_define.cc
Result<Events<Event>> decide_quiz(const State& state, const Policy& policy, const Command& command,
                                  const Context& context);
Result<Events<Event>> decide_user(const State& state, const Policy& policy, const Command& command,
                                  const Context& context);
Result<Events<Event>> decide_open_room(const State& state, const Policy& policy,
                                       const Command& command, const Context& context);
// decide_answer.cc
Result<Events<Event>> decide_submit(const State& state, const Command& command,
                                    const Context& context);
Result<Events<Event>> decide_answer(const State& state, const Command& command,
                                    const Context& context);
// decide_room.cc
Result<Events<Event>> decide_join(const State& state, const Policy& policy, const Command& command,
                                  const Context& context);
Result<Events<Event>> decide_kick(const State& state, const Command& command,
                                  const Context& context);
// start_room, next_question, close_question, pause_question, resume_question, finish_room
Result<Events<Event>> decide_host(const State& state, const Command& command,
                                  const Context& context);

// The room the command names, open. Errc::not_found, or Errc::conflict when it has finished.
Result<const Room*> open_room_of(const State& state, const Command& command);
// An event of a room, by the newest question.
Event event_of_room(const Room& room, Kind kind, UnixUs at);
Event question_closed(const Room& room, Ender ender, UnixUs at);
// Finishes the room, its question first.
void finish_room(const Room& room, Ender ender, UnixUs at, Events<Event>& events);
// Ends the question if everybody who is seated has answered it. `seated`, `answered`: as they will
// be after the events so far.
void close_if_answered(const Room& room, std::uint32_t seated, std::uint32_t answered, UnixUs at,
                       Events<Event>& events);

}  // namespace daybook::quiz
