// The bodies of successful writes: from the command and its events only.
#include "domains/booking/domain.h"

#include "domains/booking/texts.h"

#include <daybook/json.h>

namespace daybook::booking {
namespace {

constexpr int created = 201;
constexpr int accepted = 202;

Answer answer_booking(const Command& command, const Event& event) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("mysejahteraId", command.person);
  out.member("firstName", command.first_name).member("lastName", command.last_name);
  out.member("address", command.address).member("location", command.station);
  out.member("phoneNumber", command.phone_number).member("date", command.date);
  out.member("id", id_text(event.id));
  if (event.kind == Kind::queued) {
    answer.status = accepted;
    out.member("status", "waiting").member("position", std::uint64_t{event.position});
  } else {
    out.member("status", "booked");
  }
  out.end_object();
  answer.location = "/bookings/" + id_text(event.id);
  return answer;
}

Answer answer_hold(const Command& command, const Event& event) {
  Answer answer;
  answer.status = created;
  answer.location = "/bookings/" + id_text(event.id);
  json::Writer out(answer.body);
  out.begin_object().member("id", id_text(event.id)).member("status", "held");
  out.member("location", command.station).member("date", command.date);
  out.member("expiresAt", time_text(event.expires)).end_object();
  return answer;
}

// The same for a booking that was cancelled before, which makes no event.
Answer answer_cancel(const Command& command) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("id", id_text(*command.id)).member("status", "cancelled").end_object();
  return answer;
}

Answer answer_station(const Event& event) {
  Answer answer;
  if (event.created) answer.status = created;
  json::Writer out(answer.body);
  out.begin_object().member("name", event.station).key("dates").begin_array();
  for (std::size_t i = 0; i < event.dates.size(); ++i) {
    out.begin_object().member("date", date_text(event.dates[i].date));
    out.member("capacity", std::uint64_t{event.dates[i].capacity}).end_object();
  }
  out.end_array();
  out.member("bookings_per_person", std::uint64_t{event.bookings_per_person});
  out.member("time_zone", event.time_zone);
  out.member("hold_seconds", std::uint64_t{event.hold_seconds});
  out.member("closes_past_dates", event.closes_past_dates).end_object();
  return answer;
}

}  // namespace

Answer Domain::answer(const Command& command, std::span<const Event> events) {
  if (command.kind == CommandKind::cancel) return answer_cancel(command);
  const Event& event = events.front();  // only a cancellation may make none
  if (command.kind == CommandKind::define_station) return answer_station(event);
  if (command.kind == CommandKind::hold) return answer_hold(command, event);
  return answer_booking(command, event);
}

}  // namespace daybook::booking
