// State + command -> events, or a rejection. Guards in the documented order
// (docs/domains/booking.md), the happy path last. Look-ups only.
#include "domains/booking/domain.h"

#include "domains/booking/texts.h"

#include <daybook/json.h>

#include <string>

namespace daybook::booking {
namespace {

// Where a command wants its place.
struct Wanted {
  const Station* station = nullptr;
  std::uint32_t station_number = none;
  std::uint32_t date = none;
};

// The reference's words; the field says which half is wrong.
Error invalid_place(const Command& command, std::string_view field, std::string_view rule) {
  std::string text = "station location:";
  text += command.station;
  text += ':';
  text += command.date;
  text += " location & date combination is invalid";
  return Error{
      Errc::invalid, std::move(text), {{std::string(field), "unknown", std::string(rule)}}};
}

Result<Wanted> find_place(const State& state, const Command& command, UnixUs now) {
  const Book& book = state.book();
  Wanted wanted;
  wanted.station_number = book.find_station(command.station);
  const auto date = parse_date(command.date);
  if (wanted.station_number == none)
    return invalid_place(command, "location", "must be a station that there is");
  if (!date) return invalid_place(command, "date", "must be a date as YYYYMMDD");
  wanted.station = &book.station(wanted.station_number);
  wanted.date = book.find_date(*wanted.station, *date);
  if (wanted.date == none) return invalid_place(command, "date", "must be a date of the station");
  if (wanted.station->closes_past_dates &&
      book.date(wanted.date).day < state.today(wanted.station_number, now))
    return Error::field("date", "past", "is over at this station");
  return wanted;
}

// The refusal tells what the person has, so that each of their devices can show it - but not its
// id, which is the right to cancel it: a mysejahteraId is no secret.
Error already_booked(const Book& book, std::uint32_t n, std::uint32_t limit) {
  const Booking& booking = book.booking(n);
  const StationDate& date = book.date(booking.date);
  const std::string has = limit == 1 ? "a booking" : std::to_string(limit) + " bookings";
  Error error{Errc::conflict, "this person already has " + has + " at this station"};
  json::Writer out(error.members);
  out.key("booking").begin_object().member("location", book.station(date.station).name);
  out.member("date", date_text(date.date)).member("status", status_text(booking.status));
  out.end_object();
  return error;
}

Event new_event(Kind kind, const Command& command, const Context& context, std::uint32_t date) {
  Event event;
  event.kind = kind;
  event.id = context.id;
  event.station = command.station;
  event.date = date;
  event.person = command.person;
  event.first_name = command.first_name;
  event.last_name = command.last_name;
  event.address = command.address;
  event.phone_number = command.phone_number;
  return event;
}

Result<Events<Event>> decide_from_hold(const State& state, const Command& command,
                                       const Context& context, const Wanted& wanted) {
  const Book& book = state.book();
  const std::uint32_t n = book.find_booking(*command.id);
  if (n == none) return Error{Errc::conflict, "there is no such hold"};
  const Booking& hold = book.booking(n);
  if (!hold.is_live()) return Error{Errc::conflict, "the hold has ended"};
  if (!state.people().owns(People::key(*wanted.station, command.person), n))
    return Error::field("hold", "other_person", "is of another person or station");
  if (hold.status != Status::held) return already_booked(book, n, 1);
  if (hold.date != wanted.date) return Error::field("hold", "other_date", "is of another date");
  if (hold.expires() <= context.now) return Error{Errc::conflict, "the hold has ended"};
  Event event = new_event(Kind::hold_booked, command, context, book.date(wanted.date).date);
  event.id = hold.id;
  return Events<Event>{event};
}

Result<Events<Event>> decide_place(const State& state, const Policy& policy, const Command& command,
                                   const Context& context) {
  DAYBOOK_TRY(const Wanted wanted, find_place(state, command, context.now));
  const bool is_hold = command.kind == CommandKind::hold;
  if (!is_hold && command.id) return decide_from_hold(state, command, context, wanted);

  const Book& book = state.book();
  const std::uint32_t allowed = wanted.station->bookings_per_person;
  if (allowed > 0) {
    const Id128 person = People::key(*wanted.station, command.person);
    if (state.people().count(person) >= allowed)
      return already_booked(book, state.people().newest(person), allowed);
  }
  const StationDate& date = book.date(wanted.date);
  const bool is_full = date.availability() == 0;
  if (is_full && !command.waiting_list)
    return Error{Errc::conflict, "Sorry, station is fully booked"};
  if (is_full && date.line.size() >= policy.waiting_list_max)
    return Error{Errc::conflict, "Sorry, station is fully booked and its waiting list is full"};
  if (book.live() >= policy.bookings_max) return Error{Errc::unavailable, "too many bookings"};

  const Kind kind = is_hold ? Kind::held : is_full ? Kind::queued : Kind::booked;
  Event event = new_event(kind, command, context, date.date);
  if (is_hold)
    event.expires = {context.now.value + std::int64_t{wanted.station->hold_seconds} * 1'000'000};
  if (is_full) event.position = date.line.size() + 1;
  return Events<Event>{event};
}

Result<Events<Event>> decide_cancel(const State& state, const Command& command, UnixUs now) {
  const Book& book = state.book();
  const std::uint32_t n = book.find_booking(*command.id);
  if (n == none) return Error{Errc::not_found, "booking not found"};
  const Booking& booking = book.booking(n);
  if (booking.status == Status::cancelled) return Events<Event>{};
  const bool has_run_out = booking.status == Status::held && booking.expires() <= now;
  if (booking.status == Status::expired || has_run_out)
    return Error{Errc::conflict, "the hold has ended"};
  Events<Event> events{event_about(book, Kind::cancelled, n)};
  if (booking.status != Status::waiting) promote(book, booking.date, 1, events);
  return events;
}

}  // namespace

Event event_about(const Book& book, Kind kind, std::uint32_t n) {
  const Booking& booking = book.booking(n);
  const StationDate& date = book.date(booking.date);
  Event event;
  event.kind = kind;
  event.id = booking.id;
  event.station = book.station(date.station).name;
  event.date = date.date;
  return event;
}

void promote(const Book& book, std::uint32_t date, std::size_t places, Events<Event>& events) {
  const Line& line = book.date(date).line;
  std::uint32_t ticket = line.first();
  for (; places > 0 && ticket != none; --places, ticket = line.from(ticket + 1))
    events.push_back(event_about(book, Kind::promoted, line.booking(ticket)));
}

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  switch (command.kind) {
    case CommandKind::define_station:
      return decide_station(state, policy, command, context);
    case CommandKind::cancel:
      return decide_cancel(state, command, context.now);
    case CommandKind::book:
    case CommandKind::hold:
      break;
  }
  return decide_place(state, policy, command, context);
}

}  // namespace daybook::booking
