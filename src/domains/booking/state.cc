#include "domains/booking/state.h"

namespace daybook::booking {
namespace {
// A red-black node: three pointers and a colour, the element, and what the allocator adds.
constexpr std::size_t node_bytes = 64;
}  // namespace

void State::apply(const Event& event) {
  const Change change = book_.apply(event);
  if (change.station == none) return;
  if (change.booking == none) {
    note_station(change.station);
    return;
  }
  const std::uint32_t n = change.booking;
  if (change.before == Status::gone)
    people_.add(People::key(book_.station(change.station), event.person), n);
  if (change.before == Status::held) expiries_.erase({change.expires_before.value, n});
  if (change.after == Status::held) expiries_.emplace(event.expires.value, n);
  if (change.after == Status::cancelled || change.after == Status::expired) people_.remove(n);
  note_date(change.date);
}

void State::note_station(std::uint32_t n) {
  if (n >= zones_.size()) zones_.resize(std::size_t{n} + 1);
  const Station& station = book_.station(n);
  zones_[n] = &zone_set_.get(station.time_zone);
  for (const std::uint32_t date : station.dates) note_date(date);
}

void State::note_date(std::uint32_t n) {
  const StationDate& date = book_.date(n);
  if (date.free() > 0 && date.line.size() > 0)
    promotable_.insert(n);
  else
    promotable_.erase(n);
}

std::size_t State::memory_bytes() const {
  return sizeof(State) + book_.memory_bytes() + people_.memory_bytes() +
         (expiries_.size() + promotable_.size()) * node_bytes +
         zones_.capacity() * sizeof(const TimeZone*);
}

}  // namespace daybook::booking
