#include "load/attendance_source.h"

#include <algorithm>
#include <cstring>

namespace daybook::load {
namespace {
constexpr std::uint32_t celsius_lowest = 34;
constexpr std::uint32_t celsius_steps = 8;  // 34..41
}  // namespace

std::string attendance_path(const AttendanceLoad& load) {
  if (!load.path.empty()) return load.path;
  return load.batch != 0 ? "/events" : "/attendances";
}

AttendanceSource::AttendanceSource(const AttendanceLoad& load, unsigned thread)
    : text_(load.schools, load.batch != 0),
      schools_(load.schools),
      lines_(std::max(load.batch, 1u)),
      // Two threads' sequences must not be the same one shifted: the seeds are mixed, not added.
      random_(Rng(load.seed ^ (std::uint64_t{thread} << 32)).next()) {
  const bool events = load.batch != 0;
  head_ = request_head("POST", attendance_path(load), load.host,
                       events ? "application/x-ndjson" : "application/json", text_.size() * lines_);
}

std::size_t AttendanceSource::request_bytes_max() const {
  return head_.size() + text_.size() * lines_;
}

void AttendanceSource::prepare(char* slot) {
  std::memcpy(slot, head_.data(), head_.size());
  for (std::uint32_t i = 0; i < lines_; ++i) text_.prepare(slot + head_.size() + i * text_.size());
}

std::size_t AttendanceSource::next(char* slot, std::int64_t unix_ms) {
  char* at = slot + head_.size();
  for (std::uint32_t i = 0; i < lines_; ++i, at += text_.size()) {
    const std::uint64_t more = random_.next();
    Checkin checkin;
    checkin.unix_ms = unix_ms;
    checkin.id_high = random_.next();
    checkin.id_low = static_cast<std::uint32_t>(more);
    checkin.school = static_cast<std::uint32_t>(((more >> 32) * schools_) >> 32);
    checkin.celsius = celsius_lowest + static_cast<std::uint32_t>(checkin.id_high % celsius_steps);
    text_.patch(at, checkin);
  }
  return request_bytes_max();
}

}  // namespace daybook::load
