// The load script's shape: check-ins of new people, at random schools, now. One by one to POST
// /attendances, or `batch` lines a request to POST /events.
//
// Thread: one per worker.
#pragma once

#include "base/random.h"
#include "load/checkin_text.h"
#include "load/request_source.h"

#include <string>

namespace daybook::load {

struct AttendanceLoad {
  std::string host;  // the Host header
  std::string path;  // empty: /attendances, or /events with a batch
  std::uint32_t schools = 1000;
  std::uint32_t batch = 0;  // lines a request; 0: single check-ins
  std::uint64_t seed = 0;   // of the ids; each thread draws from its own sequence
};

// The path its requests go to.
std::string attendance_path(const AttendanceLoad& load);

class AttendanceSource final : public RequestSource {
 public:
  AttendanceSource(const AttendanceLoad& load, unsigned thread);
  [[nodiscard]] std::size_t request_bytes_max() const override;
  void prepare(char* slot) override;
  std::size_t next(char* slot, std::int64_t unix_ms) override;

 private:
  CheckinText text_;
  std::uint32_t schools_;
  std::uint32_t lines_;
  std::string head_;
  Rng random_;
};

}  // namespace daybook::load
