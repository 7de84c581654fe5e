// How the events look outside (docs/domains/booking.md, "Events outside"). A station's salt stays
// inside. A booking's id, the right to cancel it, is told: whoever may read events holds the admin
// key already, and what confirms a booking to its person (a mail) needs it.
#include "domains/booking/domain.h"

#include "domains/booking/texts.h"

#include <array>

namespace daybook::booking {
namespace {

constexpr std::array<std::string_view, kinds> types{"station_defined", "booked",      "held",
                                                    "hold_booked",     "queued",      "cancelled",
                                                    "promoted",        "hold_expired"};

void render_station(const Event& event, json::Writer& out) {
  out.begin_object().member("name", event.station).key("dates").begin_array();
  for (std::size_t i = 0; i < event.dates.size(); ++i) {
    out.begin_object().member("date", to_string(day_of(event.dates[i].date)));
    out.member("capacity", std::uint64_t{event.dates[i].capacity}).end_object();
  }
  out.end_array();
  out.member("bookings_per_person", std::uint64_t{event.bookings_per_person});
  out.member("time_zone", event.time_zone);
  out.member("hold_seconds", std::uint64_t{event.hold_seconds});
  out.member("closes_past_dates", event.closes_past_dates);
  out.member("created", event.created).end_object();
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

std::optional<Outline> Domain::outline(const Event& event) {
  return Outline{.type = types[static_cast<std::size_t>(event.kind)], .key = event.station};
}

void Domain::render(const Event& event, const EventMeta&, json::Writer& out) {
  if (event.kind == Kind::station_defined) {
    render_station(event, out);
    return;
  }
  out.begin_object().member("id", id_text(event.id)).member("location", event.station);
  out.member("date", to_string(day_of(event.date)));
  if (event.kind == Kind::held) {
    out.member("mysejahteraId", event.person).member("expiresAt", time_text(event.expires));
  } else if (!event.person.empty()) {
    out.member("mysejahteraId", event.person).member("firstName", event.first_name);
    out.member("lastName", event.last_name).member("address", event.address);
    out.member("phoneNumber", event.phone_number);
  }
  if (event.kind == Kind::queued) out.member("position", std::uint64_t{event.position});
  out.end_object();
}

}  // namespace daybook::booking
