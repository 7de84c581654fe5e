// The attendance reference's shapes. The load script's: check-ins of new people, at random schools,
// now. The seed script's: every school named, then one check-in per person, the same people every
// time.
//
// Thread: any; what is made here belongs to one worker.
#pragma once

#include "load/checkin_text.h"
#include "load/definition_source.h"
#include "load/record_source.h"

#include <memory>
#include <string>

namespace daybook::load {

struct AttendanceLoad : RecordRequests {
  std::uint32_t schools = 1000;
};

std::string attendance_path(const AttendanceLoad& load);
std::unique_ptr<RequestSource> attendance_source(const AttendanceLoad& load, unsigned thread);

struct AttendanceSeed {
  std::string host;
  std::uint32_t schools = 1000;
  std::uint32_t users = 5000;  // of each school
  std::uint32_t batch = 1000;  // lines a request
  std::uint64_t seed = 1;
  std::int64_t unix_ms = 0;  // of every check-in
  [[nodiscard]] std::uint64_t people() const { return std::uint64_t{schools} * users; }
};

// The check-in of one person: the same for the same seed.
Checkin seeded_checkin(const AttendanceSeed& seed, std::uint32_t school, std::uint32_t user);
// School by school.
std::unique_ptr<RequestSource> attendance_seed_source(const AttendanceSeed& seed,
                                                      SeedCursor& next_person);
// The name of one school: PUT /schools/{id}.
Definition school_definition(std::uint64_t school);

}  // namespace daybook::load
