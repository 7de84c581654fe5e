// The seed script's shape: every school named, then one check-in per person, the same people every
// time.
//
// Thread: one per worker; the workers of one run share a SeedCursor, so each school or batch is
// sent once.
#pragma once

#include "load/checkin_text.h"
#include "load/request_source.h"

#include <atomic>
#include <string>

namespace daybook::load {

struct SeedLoad {
  std::string host;
  std::uint32_t schools = 1000;
  std::uint32_t users = 5000;  // of each school
  std::uint32_t batch = 1000;  // lines a request
  std::uint64_t seed = 1;
  std::int64_t unix_ms = 0;  // of every check-in
  std::string admin_key;     // for the schools' names
};

using SeedCursor = std::atomic<std::uint64_t>;

// The check-in of one person: the same for the same seed.
Checkin seeded_checkin(const SeedLoad& load, std::uint32_t school, std::uint32_t user);

// PUT /schools/{id}, one request a school.
class SchoolSource final : public RequestSource {
 public:
  SchoolSource(const SeedLoad& load, SeedCursor& next_school);
  [[nodiscard]] std::size_t request_bytes_max() const override { return bytes_max_; }
  void prepare(char* slot) override;
  std::size_t next(char* slot, std::int64_t unix_ms) override;

 private:
  [[nodiscard]] std::string request(std::uint32_t school) const;
  const SeedLoad& load_;
  SeedCursor& next_school_;
  std::size_t bytes_max_;
};

// POST /events, `batch` people a request, school by school.
class SeedSource final : public RequestSource {
 public:
  SeedSource(const SeedLoad& load, SeedCursor& next_person);
  [[nodiscard]] std::size_t request_bytes_max() const override;
  void prepare(char* slot) override;
  std::size_t next(char* slot, std::int64_t unix_ms) override;

 private:
  const SeedLoad& load_;
  SeedCursor& next_person_;
  CheckinText text_;
  std::string head_;
};

}  // namespace daybook::load
