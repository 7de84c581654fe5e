// Defining a station: what the body names is added or changed, the rest stays. The event carries
// the whole station, so that it can be read (and answered again) by itself.
#include "domains/booking/domain.h"

#include "domains/booking/texts.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>

namespace daybook::booking {
namespace {

// Both ascending by date; one of `changes` wins over one of the station.
std::vector<DateCapacity> merged_dates(const Book& book, const Station* station,
                                       std::span<const DateCapacity> changes) {
  std::vector<DateCapacity> merged;
  auto change = changes.begin();
  if (station != nullptr) {
    for (const std::uint32_t n : station->dates) {
      const DateCapacity known{book.date(n).date, book.date(n).capacity};
      while (change != changes.end() && change->date < known.date) merged.push_back(*change++);
      const bool is_changed = change != changes.end() && change->date == known.date;
      merged.push_back(is_changed ? *change++ : known);
    }
  }
  merged.insert(merged.end(), change, changes.end());
  return merged;
}

// A capacity below what is taken, in words.
std::string below_taken(const Book& book, const Station& station,
                        std::span<const DateCapacity> changes) {
  for (const DateCapacity& change : changes) {
    const std::uint32_t n = book.find_date(station, change.date);
    if (n == none || change.capacity >= book.date(n).taken()) continue;
    return date_text(change.date) + ": capacity " + std::to_string(change.capacity) +
           " is below the " + std::to_string(book.date(n).taken()) + " places taken";
  }
  return {};
}

// Who gets a place because of a raised capacity: at most due_events_max in this commit; `due` does
// the rest at once.
void promote_raised(const Book& book, const Station& station, std::span<const DateCapacity> changes,
                    Events<Event>& events) {
  for (const DateCapacity& change : changes) {
    const std::uint32_t n = book.find_date(station, change.date);
    if (n == none) continue;
    const std::size_t free = change.capacity - book.date(n).taken();
    promote(book, n, std::min(free, due_events_max + 1 - events.size()), events);
  }
}

std::uint64_t salt_of(const Id128& secret) {
  std::uint64_t salt = 0;
  std::memcpy(&salt, secret.bytes.data(), sizeof(salt));
  return salt;
}

DateList keep(const std::vector<DateCapacity>& dates, Arena& arena) {
  if (dates.empty()) return {};
  auto* kept = static_cast<DateCapacity*>(
      arena.allocate(dates.size() * sizeof(DateCapacity), alignof(DateCapacity)));
  std::uninitialized_copy(dates.begin(), dates.end(), kept);
  return {kept, dates.size()};
}

}  // namespace

Result<Events<Event>> decide_station(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  const Book& book = state.book();
  const std::uint32_t n = book.find_station(command.station);
  const Station* known = n == none ? nullptr : &book.station(n);
  if (known == nullptr && book.stations() >= policy.stations_max)
    return Error{Errc::unavailable, "too many stations"};
  if (command.hold_seconds.value_or(0) > policy.hold_seconds_max)
    return Error::field("hold_seconds", "range",
                        "must be at most " + std::to_string(policy.hold_seconds_max));
  const std::vector<DateCapacity> dates = merged_dates(book, known, command.dates);
  // A station that had more before the setting was lowered may still be changed, not grow.
  const std::size_t dates_before = known == nullptr ? 0 : known->dates.size();
  if (dates.size() > std::max<std::size_t>(policy.dates_per_station_max, dates_before))
    return Error::field(
        "dates", "too_many",
        "must leave at most " + std::to_string(policy.dates_per_station_max) + " dates in all");
  if (known != nullptr) {
    std::string wrong = below_taken(book, *known, command.dates);
    if (!wrong.empty()) return Error{Errc::conflict, std::move(wrong)};
  }

  Station now;
  if (known == nullptr) {
    now.time_zone = policy.time_zone;
    now.bookings_per_person = per_person_default;
    now.hold_seconds = policy.hold_seconds;
    now.salt = salt_of(context.secret);
  }
  const Station& before = known == nullptr ? now : *known;
  Event event;
  event.kind = Kind::station_defined;
  event.created = known == nullptr;
  event.station = command.station;
  event.dates = keep(dates, *context.arena);
  event.bookings_per_person = command.bookings_per_person.value_or(before.bookings_per_person);
  event.hold_seconds = command.hold_seconds.value_or(before.hold_seconds);
  event.closes_past_dates = command.closes_past_dates.value_or(before.closes_past_dates);
  event.time_zone =
      context.arena->copy(command.time_zone.empty() ? before.time_zone : command.time_zone);
  event.salt = before.salt;
  Events<Event> events{event};
  if (known != nullptr) promote_raised(book, *known, command.dates, events);
  return events;
}

}  // namespace daybook::booking
