// A check-in with the load script's six fields.
//
// Thread: one owner.
#pragma once

#include "load/record_text.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace daybook::load {

struct Checkin {
  std::int64_t unix_ms = 0;
  std::uint64_t id_high = 0;   // 16 hex digits of the person's id
  std::uint32_t id_low = 0;    // and 8
  std::uint32_t school = 0;    // below `schools`
  std::uint32_t celsius = 36;  // two digits
};

// A new person at a school, 34 to 41 degrees.
Checkin drawn_checkin(Rng& random, std::uint32_t school, std::int64_t unix_ms);

class CheckinText : public RecordText {
 public:
  // `as_line`: an NDJSON line of POST /events with its topic; otherwise the body of POST
  // /attendances. `schools`: how many there are, at least 1.
  CheckinText(std::uint32_t schools, bool as_line);

  // A new person at a random school, now.
  void write(char* at, const RecordSeed& record) override;
  void patch(char* at, const Checkin& checkin);

 private:
  std::uint32_t schools_;
  std::size_t time_at_ = 0, user_at_ = 0, school_at_ = 0, celsius_at_ = 0;
  std::size_t school_room_ = 0;  // with the closing quote
  std::int64_t cached_ms_ = 0;
  std::array<char, time_digits> cached_digits_{};
};

}  // namespace daybook::load
