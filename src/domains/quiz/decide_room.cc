// A room's players and its host. What a host asks for that is so already changes nothing: the
// clock, or everybody's answer, may have been faster.
#include "domains/quiz/decide_parts.h"

#include <daybook/fields.h>

#include <algorithm>
#include <string>

namespace daybook::quiz {
namespace {

// The room of a host's command, the token looked at; it may have finished.
Result<const Room*> hosted_room(const State& state, const Command& command) {
  const Room* room = state.room(command.room);
  if (room == nullptr) return Error{Errc::not_found, "room not found"};
  if (!command.token) return Error{Errc::unauthenticated, "this needs the host's token"};
  if (!is_same_token(*command.token, room->host))
    return Error{Errc::forbidden, "the token is not the host's of this room"};
  return room;
}

Error running(const Room& room) {
  return Error{Errc::conflict, "question " + std::to_string(room.question + 1) + " is running"};
}

Events<Event> start(const Room& room, std::uint32_t question, UnixUs at) {
  Event event = event_of_room(room, Kind::question_started, at);
  event.question_index = question;
  event.closes = {at.value + question_us(*room.quiz, room.options, question)};
  return {event};
}

Result<Events<Event>> decide_next(const Room& room, UnixUs at) {
  if (room.phase == Phase::lobby) return Error{Errc::conflict, "the room has not started"};
  if (room.has_question()) return running(room);
  if (room.question + 1 >= room.quiz->questions.size())
    return Error{Errc::conflict, "that was the last question"};
  return start(room, room.question + 1, at);
}

Result<Events<Event>> decide_pause(const Room& room, UnixUs at) {
  if (room.phase == Phase::paused) return Events<Event>{};
  if (room.phase != Phase::question) return Error{Errc::conflict, "no question is running"};
  if (!room.clock.can_pause())
    return Error{Errc::conflict,
                 "a question can be paused " + std::to_string(pauses_max) + " times at most"};
  Event event = event_of_room(room, Kind::question_paused, at);
  event.remaining_us = room.clock.left_us(at);
  return Events<Event>{event};
}

Result<Events<Event>> decide_resume(const Room& room, UnixUs at) {
  if (room.phase == Phase::question) return Events<Event>{};
  if (room.phase != Phase::paused) return Error{Errc::conflict, "no question is paused"};
  Event event = event_of_room(room, Kind::question_resumed, at);
  event.closes = {at.value + room.clock.left_us()};
  return Events<Event>{event};
}

bool has_refused_word(const Room& room, std::string_view name_key) {
  return std::ranges::any_of(room.options.word_keys, [&](const std::string& word) {
    return name_key.find(word) != std::string_view::npos;
  });
}

}  // namespace

Result<Events<Event>> decide_join(const State& state, const Policy& policy, const Command& command,
                                  const Context& context) {
  DAYBOOK_TRY(const Room* found, open_room_of(state, command));
  const Room& room = *found;
  if (json::count_chars(command.name) > policy.nickname_chars_max)
    return Error::field(
        "nickname", "too_long",
        "must be 1 to " + std::to_string(policy.nickname_chars_max) + " characters");
  if (has_refused_word(room, command.name_key))
    return Error::field("nickname", "not_allowed", "must not hold a word this room refuses");
  if (room.seats.is_taken(command.name_key))
    return Error{Errc::conflict, "the nickname is taken in this room"};
  const std::uint32_t own_max = room.options.players_max;
  const bool is_full =
      (own_max > 0 && room.seats.seated() >= own_max) || room.seats.size() >= policy.players_max;
  if (is_full) return Error{Errc::conflict, "the room is full"};
  if (state.seats() >= policy.seats_max) return Error{Errc::unavailable, "too many players"};
  Event event = event_of_room(room, Kind::player_joined, context.now);
  event.player = room.seats.size() + 1;
  event.name = command.name;
  event.name_key = command.name_key;
  event.token = context.token;
  return Events<Event>{event};
}

Result<Events<Event>> decide_kick(const State& state, const Command& command,
                                  const Context& context) {
  DAYBOOK_TRY(const Room* found, hosted_room(state, command));
  const Room& room = *found;
  if (!room.is_open()) return Error{Errc::conflict, "the room has finished"};
  const std::uint32_t player = command.player;
  if (player == 0 || player > room.seats.size()) return Error{Errc::not_found, "player not found"};
  if (room.seats.is_kicked(player)) return Events<Event>{};
  Event event = event_of_room(room, Kind::player_kicked, context.now);
  event.player = player;
  Events<Event> events{event};
  const std::uint32_t answered =
      room.seats.answered() - (room.seats.has_answered(player) ? 1U : 0U);
  close_if_answered(room, room.seats.seated() - 1, answered, context.now, events);
  return events;
}

Result<Events<Event>> decide_host(const State& state, const Command& command,
                                  const Context& context) {
  DAYBOOK_TRY(const Room* found, hosted_room(state, command));
  const Room& room = *found;
  if (!room.is_open()) {
    if (command.kind == CommandKind::finish_room) return Events<Event>{};
    return Error{Errc::conflict, "the room has finished"};
  }
  switch (command.kind) {
    case CommandKind::start_room:
      if (room.phase != Phase::lobby) return Error{Errc::conflict, "the room has started already"};
      return start(room, 0, context.now);
    case CommandKind::next_question:
      return decide_next(room, context.now);
    case CommandKind::close_question:
      if (room.phase == Phase::lobby) return Error{Errc::conflict, "the room has not started"};
      if (room.phase == Phase::closed) return Events<Event>{};
      return Events<Event>{question_closed(room, Ender::host, context.now)};
    case CommandKind::pause_question:
      return decide_pause(room, context.now);
    case CommandKind::resume_question:
      return decide_resume(room, context.now);
    default: {
      Events<Event> events;
      finish_room(room, Ender::host, context.now, events);
      return events;
    }
  }
}

}  // namespace daybook::quiz
