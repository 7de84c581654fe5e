// How the events look outside, as the documents say it.
#include "domains/booking/domain.h"

#include <catch2/catch.hpp>

namespace daybook::booking {
namespace {

std::string rendered(const Event& event) {
  EventMeta meta;
  meta.event_id.bytes[15] = 9;
  std::string text;
  json::Writer out(text);
  Domain::render(event, meta, out);
  return text;
}

std::string outlined(const Event& event) {
  const auto outline = Domain::outline(event);
  if (!outline) return "nothing";
  return std::string(outline->type) + " " + std::string(outline->key) + " " +
         std::to_string(outline->version) + " " + std::string(outline->row);
}

Event about(Kind kind) {
  Event event;
  event.kind = kind;
  event.station = "PWTC";
  event.id.bytes[15] = 7;
  event.date = 20210516;
  return event;
}

TEST_CASE("a station leaves without its salt") {
  const DateCapacity dates[] = {{20210516, 1000}};
  Event event;
  event.station = "PWTC";
  event.dates = {dates, 1};
  event.bookings_per_person = 1;
  event.hold_seconds = 300;
  event.time_zone = "UTC";
  event.created = true;
  event.salt = 1'234'567'890;
  CHECK(outlined(event) == "station_defined PWTC 0 ");
  CHECK(rendered(event) == R"({"name":"PWTC","dates":[{"date":"2021-05-16","capacity":1000}],)"
                           R"("bookings_per_person":1,"time_zone":"UTC","hold_seconds":300,)"
                           R"("closes_past_dates":false,"created":true})");
}

TEST_CASE("a booking leaves with its person and its id") {
  const std::string head =
      R"({"id":"00000000-0000-0000-0000-000000000007","location":"PWTC","date":"2021-05-16")";
  for (const auto& [kind, type] : {std::pair{Kind::booked, "booked PWTC 0 "},
                                   std::pair{Kind::hold_booked, "hold_booked PWTC 0 "},
                                   std::pair{Kind::queued, "queued PWTC 0 "}}) {
    Event event = about(kind);
    event.person = "p";
    event.first_name = "Nur";
    event.last_name = "Aisha";
    event.address = "Jalan";
    event.phone_number = "+60";
    if (kind == Kind::queued) event.position = 3;
    CHECK(outlined(event) == type);
    CHECK(rendered(event) ==
          head +
              R"(,"mysejahteraId":"p","firstName":"Nur","lastName":"Aisha","address":"Jalan",)"
              R"("phoneNumber":"+60")" +
              (kind == Kind::queued ? ",\"position\":3}" : "}"));
  }
  Event held = about(Kind::held);
  held.person = "p";
  held.expires = UnixUs{1'774'785'600'000'000};
  CHECK(outlined(held) == "held PWTC 0 ");
  CHECK(rendered(held) == head + R"(,"mysejahteraId":"p","expiresAt":"2026-03-29T12:00:00.000Z"})");
  for (const auto& [kind, type] : {std::pair{Kind::cancelled, "cancelled PWTC 0 "},
                                   std::pair{Kind::promoted, "promoted PWTC 0 "},
                                   std::pair{Kind::hold_expired, "hold_expired PWTC 0 "}}) {
    CHECK(outlined(about(kind)) == type);
    CHECK(rendered(about(kind)) == head + "}");
  }
}

}  // namespace
}  // namespace daybook::booking
