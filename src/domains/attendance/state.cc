#include "domains/attendance/state.h"

namespace daybook::attendance {
namespace {
// A deque element, a hash node and its bucket; strings beyond 15 bytes are counted apart.
constexpr std::size_t school_bytes = sizeof(KnownSchool) + 48;
}  // namespace

State::State(const Policy& policy) : marks(policy.days_kept()), zones_(policy.default_zone) {}

const KnownSchool* State::school(std::string_view id) const {
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

const TimeZone& State::zone_of(const KnownSchool* school) const {
  return school == nullptr ? zones_.default_zone() : *school->zone;
}

KnownSchool& State::open_school(std::string_view id) {
  const auto it = by_id_.find(id);
  if (it != by_id_.end()) return *it->second;
  KnownSchool& school = schools_.emplace_back();
  school.id = std::string(id);
  school.zone = &zones_.default_zone();
  by_id_.emplace(school.id, &school);
  school_bytes_ += school_bytes + school.id.capacity() + school.time_zone.capacity();
  return school;
}

void State::set_time_zone(KnownSchool& school, std::string_view time_zone) {
  school_bytes_ -= school.time_zone.capacity();
  school.time_zone = std::string(time_zone);
  school.zone = &zones_.get(time_zone);
  school_bytes_ += school.time_zone.capacity();
}

std::size_t State::memory_bytes() const {
  return people.memory_bytes() + marks.memory_bytes() + school_bytes_ + sizeof(State);
}

}  // namespace daybook::attendance
