// What time brings about: holds run out, and whoever is first in line gets the place in the same
// commit. Also the rest of a promotion that was too large for one commit.
#include "domains/booking/domain.h"

#include <algorithm>
#include <unordered_map>

namespace daybook::booking {
namespace {

// One expiry is two events at most.
constexpr std::size_t events_per_expiry = 2;

// Whom the holds of one date promote, one after the other.
using Tickets = std::unordered_map<std::uint32_t, std::uint32_t>;

void promote_next(const Book& book, std::uint32_t date, Tickets& tickets, Events<Event>& events) {
  const Line& line = book.date(date).line;
  const auto it = tickets.try_emplace(date, line.first()).first;
  if (it->second == none) return;
  events.push_back(event_about(book, Kind::promoted, line.booking(it->second)));
  it->second = line.from(it->second + 1);
}

}  // namespace

std::optional<UnixUs> Domain::next_due(const State& state, const Policy&) {
  if (!state.promotable().empty()) return UnixUs{};
  if (state.expiries().empty()) return std::nullopt;
  return UnixUs{state.expiries().begin()->first};
}

Events<Event> Domain::due(const State& state, const View&, const Policy&, const Context& context) {
  const Book& book = state.book();
  Events<Event> events;
  for (const std::uint32_t date : state.promotable()) {
    if (events.size() == due_events_max) break;
    const std::size_t free = book.date(date).free();
    promote(book, date, std::min(free, due_events_max - events.size()), events);
  }
  // Holds only when nothing is left over: they count on every date being full or without a line.
  if (!events.empty()) return events;
  Tickets tickets;
  for (const auto& [expires_us, booking] : state.expiries()) {
    if (expires_us > context.now.value) break;
    if (events.size() + events_per_expiry > due_events_max) break;
    events.push_back(event_about(book, Kind::hold_expired, booking));
    promote_next(book, book.booking(booking).date, tickets, events);
  }
  return events;
}

}  // namespace daybook::booking
