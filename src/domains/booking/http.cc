// The routes, and the answers of the reading ones. Shapes: docs/domains/booking.md.
#include "domains/booking/domain.h"

#include "domains/booking/texts.h"

#include <daybook/json.h>

#include <charconv>

namespace daybook::booking {
namespace {

constexpr std::size_t stations_listed_max = 1000;
constexpr std::size_t stations_listed_default = 100;

// What changes many times a second is fresh for a second.
void set_cacheable(Response& response) {
  response.headers.emplace_back("Cache-Control", "public, max-age=1");
}

// GET /stations/{name}
Result<Response> get_station(const View& view, const Request& request) {
  const std::uint32_t n = view.book().find_station(request.params.front());
  if (n == none) return Error{Errc::not_found, "station not found"};
  StationPage page = view.station_page(n);
  Response response;
  response.shared_body = std::move(page.body);
  response.etag = '"' + std::to_string(page.changed.value) + '"';
  set_cacheable(response);
  return response;
}

void write_station(json::Writer& out, const Station& station) {
  const Sums& sums = station.sums;
  out.begin_object().member("name", station.name);
  out.member("dates", std::uint64_t{station.dates.size()});
  out.member("capacity", sums.capacity).member("availability", sums.availability);
  out.member("booked", sums.booked).member("held", sums.held).member("waiting", sums.waiting);
  out.member("bookings_per_person", std::uint64_t{station.bookings_per_person});
  out.member("time_zone", station.time_zone);
  out.member("hold_seconds", std::uint64_t{station.hold_seconds});
  out.member("closes_past_dates", station.closes_past_dates).end_object();
}

// GET /stations?limit&after
Result<Response> get_stations(const View& view, const Request& request) {
  std::size_t limit = stations_listed_default;
  if (const auto text = request.query_value("limit")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    const bool is_number = error == std::errc{} && end == text->data() + text->size();
    if (!is_number || limit < 1 || limit > stations_listed_max)
      return Error::field("limit", "range",
                          "must be from 1 to " + std::to_string(stations_listed_max));
  }
  const auto& stations = view.by_name();
  const auto after = request.query_value("after");
  auto at = after ? stations.upper_bound(*after) : stations.begin();

  Response response;
  json::Writer out(response.body);
  out.begin_object().key("stations").begin_array();
  std::string_view last;
  for (; at != stations.end() && limit > 0; ++at, --limit) {
    write_station(out, view.book().station(at->second));
    last = at->first;
  }
  out.end_array().key("next");
  if (at == stations.end())
    out.null();
  else
    out.string(last);
  out.end_object();
  set_cacheable(response);
  return response;
}

// GET /bookings/{id}
Result<Response> get_booking(const View& view, const Request& request) {
  const Book& book = view.book();
  const auto id = parse_id(request.params.front());
  const std::uint32_t n = id ? book.find_booking(*id) : none;
  if (n == none) return Error{Errc::not_found, "booking not found"};
  const Booking& booking = book.booking(n);
  const StationDate& date = book.date(booking.date);
  Response response;
  json::Writer out(response.body);
  out.begin_object().member("id", id_text(booking.id));
  out.member("location", book.station(date.station).name).member("date", date_text(date.date));
  out.member("status", status_text(booking.status));
  if (booking.status == Status::waiting)
    out.member("position", std::uint64_t{book.position(booking)});
  if (booking.status == Status::held) out.member("expiresAt", time_text(booking.expires()));
  out.end_object();
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  const Totals& totals = view.totals();
  return {{"stations", view.book().stations()},
          {"booked", totals.booked},
          {"held", totals.held},
          {"waiting", totals.waiting},
          {"cancelled", totals.cancelled},
          {"expired", totals.expired}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::put, "/stations/{name}", Access::admin, &parse_station);
  routes.command(Method::post, "/booking", Access::open, &parse_booking);
  routes.command(Method::post, "/stations/{name}/holds", Access::open, &parse_hold);
  routes.command(Method::del, "/bookings/{id}", Access::open, &parse_cancel);
  routes.read("/stations", Access::open, &get_stations);
  routes.read("/stations/{name}", Access::open, &get_station);
  routes.read("/bookings/{id}", Access::open, &get_booking);
}

}  // namespace daybook::booking
