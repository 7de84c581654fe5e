#include "domains/booking/audit.h"

#include "domains/booking/texts.h"

namespace daybook::booking {
namespace {

std::string numbers(std::uint64_t taken, std::uint64_t capacity) {
  return std::to_string(taken) + " places taken of " + std::to_string(capacity);
}

}  // namespace

Result<void> Audit::check(const Event& event, const EventMeta& meta) {
  std::string broken;
  switch (event.kind) {
    case Kind::station_defined:
      broken = define(event);
      break;
    case Kind::booked:
    case Kind::held:
    case Kind::queued:
      broken = begin(event);
      break;
    default:
      broken = go_on(event);
  }
  if (broken.empty()) return {};
  std::string where = "booking: position " + std::to_string(meta.position.value) + ", station " +
                      std::string(event.station);
  if (event.kind != Kind::station_defined)
    where += ", date " + date_text(event.date) + ", id " + id_text(event.id);
  return Error{Errc::corrupt, where + ": " + broken};
}

std::string Audit::define(const Event& event) {
  OneStation& station = stations_[std::string(event.station)];
  station.per_person = event.bookings_per_person;
  for (std::size_t i = 0; i < event.dates.size(); ++i) {
    OneDate& date = station.dates[event.dates[i].date];
    date.capacity = event.dates[i].capacity;
    if (date.taken > date.capacity) return numbers(date.taken, date.capacity);
  }
  return {};
}

std::string Audit::begin(const Event& event) {
  const auto station = stations_.find(event.station);
  if (station == stations_.end()) return "the station is not defined";
  const auto found = station->second.dates.find(event.date);
  if (found == station->second.dates.end()) return "the station has no such date";
  const auto [booking, is_new] = bookings_.try_emplace(event.id);
  if (!is_new) return "the id is used already";
  OneDate& date = found->second;
  booking->second = {What::booked, &station->second, event.date, std::string(event.person), 0};
  std::uint64_t& count = station->second.people[booking->second.person];
  ++count;
  if (station->second.per_person > 0 && count > station->second.per_person)
    return "the person has " + std::to_string(count) + " bookings of " +
           std::to_string(station->second.per_person);
  if (event.kind == Kind::queued) {
    booking->second.what = What::waiting;
    booking->second.arrival = ++arrivals_;
    date.line.emplace(arrivals_, event.id);
    if (event.position != date.line.size())
      return "said to be number " + std::to_string(event.position) + " in line, is number " +
             std::to_string(date.line.size());
    return {};
  }
  if (event.kind == Kind::held) booking->second.what = What::held;
  if (!date.line.empty()) return "got a place while others wait for it";
  if (++date.taken > date.capacity) return numbers(date.taken, date.capacity);
  return {};
}

std::string Audit::go_on(const Event& event) {
  const auto found = bookings_.find(event.id);
  if (found == bookings_.end()) return "the id is of nothing";
  OneBooking& booking = found->second;
  if (booking.what == What::ended) return "it had ended before";
  const auto station = stations_.find(event.station);
  if (station == stations_.end() || booking.station != &station->second ||
      booking.date != event.date)
    return "it was made for another station or date";
  switch (event.kind) {
    case Kind::hold_booked:
      return hold_booked(booking, event);
    case Kind::promoted:
      return promoted(booking);
    default:
      return end(booking, event);
  }
}

std::string Audit::hold_booked(OneBooking& booking, const Event& event) {
  if (booking.what != What::held) return "booked from a hold, was none";
  if (booking.person != event.person) return "a hold of another person was booked";
  booking.what = What::booked;
  return {};
}

std::string Audit::promoted(OneBooking& booking) {
  if (booking.what != What::waiting) return "promoted without waiting";
  OneDate& date = booking.station->dates[booking.date];
  if (date.line.begin()->first != booking.arrival) return "promoted before one who came earlier";
  date.line.erase(booking.arrival);
  booking.what = What::booked;
  if (++date.taken > date.capacity) return numbers(date.taken, date.capacity);
  return {};
}

std::string Audit::end(OneBooking& booking, const Event& event) {
  if (event.kind == Kind::hold_expired && booking.what != What::held)
    return "a hold ran out, was none";
  OneDate& date = booking.station->dates[booking.date];
  if (booking.what == What::waiting)
    date.line.erase(booking.arrival);
  else
    --date.taken;
  const auto person = booking.station->people.find(booking.person);
  if (--person->second == 0) booking.station->people.erase(person);
  booking.what = What::ended;
  booking.person.clear();
  return {};
}

}  // namespace daybook::booking
