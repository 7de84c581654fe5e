// State: what decide needs to know - who is marked on which day, and each school's zone.
// Thread: the sequencer's. decide only reads it, apply alone changes it; replay of the same events
// gives the same state.
#pragma once

#include "domains/attendance/events.h"
#include "domains/attendance/marks.h"
#include "domains/attendance/person_index.h"
#include "domains/attendance/policy.h"

#include <daybook/zone_set.h>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace daybook::attendance {

struct KnownSchool {
  std::string id;
  std::string time_zone;           // empty: the default zone
  const TimeZone* zone = nullptr;  // never null once added
};

class State {
 public:
  explicit State(const Policy& policy);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // nullptr: not seen yet.
  [[nodiscard]] const KnownSchool* school(std::string_view id) const;
  [[nodiscard]] std::size_t school_count() const { return schools_.size(); }
  // The school's zone, or the default zone for one not seen yet.
  [[nodiscard]] const TimeZone& zone_of(const KnownSchool* school) const;
  KnownSchool& open_school(std::string_view id);  // adds it when it is new
  // An unknown zone (tzdata has lost it) falls back to the default zone; the name is kept.
  void set_time_zone(KnownSchool& school, std::string_view time_zone);

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

  PersonIndex people;
  Marks marks;

 private:
  ZoneSet zones_;
  std::deque<KnownSchool> schools_;                           // in order of arrival; never moved
  std::unordered_map<std::string_view, KnownSchool*> by_id_;  // keys: the schools' own ids
  std::size_t school_bytes_ = 0;
};

}  // namespace daybook::attendance
