#include "domains/booking/book.h"

#include "domains/booking/texts.h"

#include <algorithm>
#include <array>

namespace daybook::booking {
namespace {

// A deque element, a hash node and its bucket; strings and lists of dates are counted apart.
constexpr std::size_t station_bytes = sizeof(Station) + 56;

Status status_after(Kind kind) {
  switch (kind) {
    case Kind::booked:
    case Kind::hold_booked:
    case Kind::promoted:
      return Status::booked;
    case Kind::held:
      return Status::held;
    case Kind::queued:
      return Status::waiting;
    case Kind::cancelled:
      return Status::cancelled;
    case Kind::hold_expired:
      return Status::expired;
    case Kind::station_defined:
      break;
  }
  return Status::gone;
}

bool is_new(Kind kind) {
  return kind == Kind::booked || kind == Kind::held || kind == Kind::queued;
}

}  // namespace

std::string_view status_text(Status status) {
  constexpr std::array<std::string_view, statuses> texts{"gone",    "booked",    "held",
                                                         "waiting", "cancelled", "expired"};
  return texts[static_cast<std::size_t>(status)];
}

std::uint32_t Book::find_station(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? none : it->second;
}

std::uint32_t Book::find_date(const Station& station, std::uint32_t date) const {
  const auto it = std::lower_bound(
      station.dates.begin(), station.dates.end(), date,
      [this](std::uint32_t n, std::uint32_t wanted) { return dates_[n].date < wanted; });
  return it == station.dates.end() || dates_[*it].date != date ? none : *it;
}

std::uint32_t Book::find_booking(const Id128& id) const { return by_id_.find(id, key_of()); }

Change Book::apply(const Event& event) {
  if (event.kind == Kind::station_defined) return {define(event), none, none, {}, {}, {}};
  std::uint32_t n = find_booking(event.id);
  if (is_new(event.kind)) {
    const std::uint32_t station = find_station(event.station);
    if (station == none || n != none) return {};
    const std::uint32_t date = find_date(stations_[station], event.date);
    if (date == none) return {};
    n = add(event.id, date);
  } else if (n == none || !bookings_[n].is_live()) {
    return {};
  }
  Change change;
  change.date = bookings_[n].date;
  change.station = dates_[change.date].station;
  change.booking = n;
  change.before = bookings_[n].status;
  if (change.before == Status::held) change.expires_before = bookings_[n].expires();
  change.after = status_after(event.kind);
  move(n, change.after, event.expires);
  return change;
}

std::uint32_t Book::define(const Event& event) {
  const std::uint32_t n = open_station(event.station);
  Station& station = stations_[n];
  station_bytes_ -= station.time_zone.capacity() + station.dates.capacity() * sizeof(std::uint32_t);
  station.salt = event.salt;
  station.time_zone = std::string(event.time_zone);
  station.bookings_per_person = event.bookings_per_person;
  station.hold_seconds = event.hold_seconds;
  station.closes_past_dates = event.closes_past_dates;
  for (std::size_t i = 0; i < event.dates.size(); ++i) {
    const DateCapacity wanted = event.dates[i];
    StationDate& date = dates_[open_date(n, wanted.date)];
    count_out(date);
    date.capacity = wanted.capacity;
    count_in(date);
  }
  station_bytes_ += station.time_zone.capacity() + station.dates.capacity() * sizeof(std::uint32_t);
  return n;
}

std::uint32_t Book::open_station(std::string_view name) {
  const auto it = by_name_.find(name);
  if (it != by_name_.end()) return it->second;
  const auto n = static_cast<std::uint32_t>(stations_.size());
  Station& station = stations_.emplace_back();
  station.name = std::string(name);
  by_name_.emplace(station.name, n);
  station_bytes_ += station_bytes + station.name.capacity() + station.time_zone.capacity();
  return n;
}

std::uint32_t Book::open_date(std::uint32_t station, std::uint32_t date) {
  std::vector<std::uint32_t>& list = stations_[station].dates;
  const auto at = std::lower_bound(
      list.begin(), list.end(), date,
      [this](std::uint32_t n, std::uint32_t wanted) { return dates_[n].date < wanted; });
  if (at != list.end() && dates_[*at].date == date) return *at;
  const auto n = static_cast<std::uint32_t>(dates_.size());
  StationDate& added = dates_.emplace_back();
  added.station = station;
  added.date = date;
  added.day = day_of(date);
  list.insert(at, n);
  return n;
}

std::uint32_t Book::add(const Id128& id, std::uint32_t date) {
  std::uint32_t n = bookings_end();
  if (unused_.empty()) {
    bookings_.emplace_back();
  } else {
    n = unused_.back();
    unused_.pop_back();
  }
  bookings_[n].id = id;
  bookings_[n].date = date;
  by_id_.insert(id, n);
  return n;
}

void Book::count(const StationDate& date, bool in) {
  Sums& sums = stations_[date.station].sums;
  const auto shift = [in](std::uint64_t& sum, std::uint32_t by) { sum = in ? sum + by : sum - by; };
  shift(sums.capacity, date.capacity);
  shift(sums.availability, date.availability());
  shift(sums.booked, date.booked);
  shift(sums.held, date.held);
  shift(sums.waiting, date.line.size());
}

void Book::move(std::uint32_t booking, Status after, UnixUs expires) {
  const StationDate& date = dates_[bookings_[booking].date];
  count_out(date);
  leave(bookings_[booking]);
  enter(booking, after, expires);
  count_in(date);
  if (!bookings_[booking].is_live()) {
    finished_.push_back(booking);
    if (finished_.size() > finished_max_) forget_oldest();
  }
}

void Book::leave(const Booking& booking) {
  StationDate& date = dates_[booking.date];
  if (booking.is_live()) --live_;
  if (booking.status == Status::booked) --date.booked;
  if (booking.status == Status::held) --date.held;
  if (booking.status == Status::waiting) date.line.remove(booking.ticket());
}

void Book::enter(std::uint32_t n, Status after, UnixUs expires) {
  Booking& booking = bookings_[n];
  StationDate& date = dates_[booking.date];
  booking.status = after;
  booking.detail = 0;
  if (booking.is_live()) ++live_;
  if (after == Status::booked) ++date.booked;
  if (after == Status::held) {
    ++date.held;
    booking.detail = static_cast<std::uint64_t>(expires.value);
  }
  if (after != Status::waiting) return;
  line_bytes_ -= date.line.memory_bytes();
  booking.detail = date.line.push(
      n, [this](std::uint32_t other, std::uint32_t ticket) { bookings_[other].detail = ticket; });
  line_bytes_ += date.line.memory_bytes();
}

void Book::forget_oldest() {
  const std::uint32_t n = finished_.front();
  finished_.pop_front();
  by_id_.erase(bookings_[n].id, n);
  bookings_[n] = Booking{};
  unused_.push_back(n);
}

std::size_t Book::memory_bytes() const {
  return sizeof(Book) + station_bytes_ + line_bytes_ + dates_.size() * sizeof(StationDate) +
         bookings_.size() * sizeof(Booking) + by_id_.memory_bytes() +
         (finished_.size() + unused_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace daybook::booking
