#include "domains/booking/view.h"

#include "domains/booking/texts.h"

#include <daybook/json.h>

namespace daybook::booking {
namespace {

constexpr std::size_t row_bytes = 80;   // of a date in a rendered body, more or less
constexpr std::size_t name_bytes = 80;  // a node of by_name_

}  // namespace

void View::project(const Event& event, Position position) noexcept {
  const Change change = book_.apply(event);
  if (change.station == none) return;
  count(change.before, change.after);
  touch(change.station, position);
}

void View::count(Status before, Status after) {
  if (before == Status::booked) --totals_.booked;
  if (before == Status::held) --totals_.held;
  if (before == Status::waiting) --totals_.waiting;
  if (after == Status::booked) ++totals_.booked;
  if (after == Status::held) ++totals_.held;
  if (after == Status::waiting) ++totals_.waiting;
  if (after == Status::cancelled) ++totals_.cancelled;
  if (after == Status::expired) ++totals_.expired;
}

void View::touch(std::uint32_t station, Position position) {
  if (station >= pages_.size()) {
    pages_.resize(std::size_t{station} + 1);
    by_name_.emplace(book_.station(station).name, station);
  }
  Page& page = pages_[station];
  page.changed = position;
  if (page.body) body_bytes_ -= page.body->capacity();
  page.body.reset();
}

StationPage View::station_page(std::uint32_t n) const {
  const Page& page = pages_[n];
  if (!page.body) {
    const Station& station = book_.station(n);
    std::string body;
    body.reserve(station.dates.size() * row_bytes + 2);
    json::Writer out(body);
    out.begin_array();
    for (const std::uint32_t d : station.dates) {
      const StationDate& date = book_.date(d);
      out.begin_object().member("location", station.name).member("date", date_text(date.date));
      out.member("availability", std::uint64_t{date.availability()}).end_object();
    }
    out.end_array();
    body_bytes_ += body.capacity();
    page.body = std::make_shared<const std::string>(std::move(body));
  }
  return {page.body, page.changed};
}

std::size_t View::memory_bytes() const {
  return sizeof(View) + book_.memory_bytes() + pages_.capacity() * sizeof(Page) +
         by_name_.size() * name_bytes + body_bytes_;
}

}  // namespace daybook::booking
