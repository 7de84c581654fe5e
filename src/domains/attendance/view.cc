#include "domains/attendance/view.h"

#include <algorithm>

namespace daybook::attendance {
namespace {

// A deque element, a hash node and its bucket; strings and days are counted apart.
constexpr std::size_t school_bytes = sizeof(School) + 48;

// The entry of `day` in a list ascending by day, added when missing. Nearly always one of the last.
template <class Entry>
Entry& open_day(std::vector<Entry>& list, Day day) {
  auto at =
      std::find_if(list.rbegin(), list.rend(), [day](const Entry& e) { return e.day <= day; });
  if (at != list.rend() && at->day == day) return *at;
  Entry fresh{};
  fresh.day = day;
  return *list.insert(at.base(), fresh);
}

}  // namespace

DayTotals School::totals_of(Day day) const {
  for (auto it = days.rbegin(); it != days.rend() && it->day >= day; ++it)
    if (it->day == day) return *it;
  DayTotals none;
  none.day = day;
  return none;
}

const School* View::school(std::string_view id) const {
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

School& View::open_school(std::string_view id) {
  const auto it = by_id_.find(id);
  if (it != by_id_.end()) return *it->second;
  School& school = schools_.emplace_back();
  school.id = std::string(id);
  school.name = school.id;
  school.zone = &zones_.default_zone();
  by_id_.emplace(school.id, &school);
  bytes_ +=
      school_bytes + school.id.capacity() + school.name.capacity() + school.time_zone.capacity();
  return school;
}

void View::define(School& school, std::string_view name, std::string_view time_zone) {
  bytes_ -= school.name.capacity() + school.time_zone.capacity();
  if (!name.empty()) school.name = std::string(name);
  if (!time_zone.empty()) {
    school.time_zone = std::string(time_zone);
    school.zone = &zones_.get(time_zone);
  }
  bytes_ += school.name.capacity() + school.time_zone.capacity();
}

void View::note_position(Day day, Position position) {
  const std::size_t before = ranges_.capacity();
  DayRange& range = open_day(ranges_, day);
  if (range.first == Position{}) range.first = position;
  range.last = position;
  bytes_ += (ranges_.capacity() - before) * sizeof(DayRange);
}

void View::project(const Event& event, Position position) noexcept {
  School& school = open_school(event.school_id);
  if (event.kind == Kind::school_defined) {
    define(school, event.school_name, event.time_zone);
    return;
  }
  const std::size_t before = school.days.capacity();
  DayTotals& day = open_day(school.days, event.day);
  bytes_ += (school.days.capacity() - before) * sizeof(DayTotals);
  const std::uint32_t fever = event.is_fever() ? 1 : 0;
  const std::uint32_t in = event.kind == Kind::checked_in ? 1 : 0;
  day.check_ins += in;
  day.check_outs += 1 - in;
  day.fevers += fever;
  totals_.check_ins += in;
  totals_.check_outs += 1 - in;
  totals_.fevers += fever;
  note_position(event.day, position);
}

}  // namespace daybook::attendance
