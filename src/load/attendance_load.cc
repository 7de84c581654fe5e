#include "load/attendance_load.h"

namespace daybook::load {
namespace {

class SeededCheckins final : public CheckinText {
 public:
  explicit SeededCheckins(const AttendanceSeed& seed)
      : CheckinText(seed.schools, true), seed_(seed) {}
  void write(char* at, const RecordSeed& record) override {
    patch(at, seeded_checkin(seed_, static_cast<std::uint32_t>(record.number / seed_.users),
                             static_cast<std::uint32_t>(record.number % seed_.users)));
  }

 private:
  AttendanceSeed seed_;
};

}  // namespace

std::string attendance_path(const AttendanceLoad& load) { return path_of(load, "/attendances"); }

std::unique_ptr<RequestSource> attendance_source(const AttendanceLoad& load, unsigned thread) {
  RecordRequests requests = load;
  requests.path = attendance_path(load);
  return std::make_unique<DrawnSource>(
      requests, std::make_unique<CheckinText>(load.schools, load.batch != 0), thread);
}

Checkin seeded_checkin(const AttendanceSeed& seed, std::uint32_t school, std::uint32_t user) {
  Rng random = random_of(seed.seed, (std::uint64_t{school} << 32) ^ user);
  return drawn_checkin(random, school, seed.unix_ms);
}

std::unique_ptr<RequestSource> attendance_seed_source(const AttendanceSeed& seed,
                                                      SeedCursor& next_person) {
  return std::make_unique<CountedSource>(RecordRequests{seed.host, "", seed.batch, seed.seed},
                                         std::make_unique<SeededCheckins>(seed), seed.people(),
                                         next_person);
}

Definition school_definition(std::uint64_t school) {
  const std::string id = std::to_string(school);
  return {"/schools/" + id, R"({"name":"School )" + id + R"("})"};
}

}  // namespace daybook::load
