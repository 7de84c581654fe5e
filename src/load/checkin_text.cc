#include "load/checkin_text.h"

#include <daybook/check.h>

#include <charconv>
#include <cstring>
#include <string>

namespace daybook::load {
namespace {
constexpr std::size_t id_digits = 24;
constexpr std::uint32_t celsius_lowest = 34;
constexpr std::uint32_t celsius_steps = 8;  // 34..41
}  // namespace

Checkin drawn_checkin(Rng& random, std::uint32_t school, std::int64_t unix_ms) {
  Checkin checkin;
  checkin.unix_ms = unix_ms;
  checkin.id_high = random.next();
  const std::uint64_t more = random.next();
  checkin.id_low = static_cast<std::uint32_t>(more);
  checkin.celsius = celsius_lowest + static_cast<std::uint32_t>((more >> 32) % celsius_steps);
  checkin.school = school;
  return checkin;
}

CheckinText::CheckinText(std::uint32_t schools, bool as_line)
    : RecordText("attendance", as_line), schools_(schools) {
  DAYBOOK_CHECK(schools >= 1);
  school_room_ = std::to_string(schools - 1).size() + 1;
  text_ += R"({"type":"checkin","timestamp":)";
  time_at_ = text_.size();
  text_ += std::string(time_digits, '1') + R"(,"image":"","userId":")";
  user_at_ = add_room(id_digits);
  text_ += R"(","schoolId":")";
  school_at_ = add_room(school_room_);
  write_quoted_end(&text_[school_at_], school_room_, "0");
  text_ += R"(,"temperature":)";
  celsius_at_ = text_.size();
  text_ += "36}";
  end();
}

void CheckinText::write(char* at, const RecordSeed& record) {
  const auto school_bits = static_cast<std::uint32_t>(record.random.next());
  patch(at, drawn_checkin(record.random, share_of(school_bits, schools_), record.unix_ms));
}

void CheckinText::patch(char* at, const Checkin& checkin) {
  if (checkin.unix_ms != cached_ms_) {
    write_digits(cached_digits_.data(), time_digits, static_cast<std::uint64_t>(checkin.unix_ms));
    cached_ms_ = checkin.unix_ms;
  }
  std::memcpy(at + time_at_, cached_digits_.data(), time_digits);
  write_hex(at + user_at_, checkin.id_high);
  write_hex(at + user_at_ + 16, checkin.id_low);
  std::array<char, 10> school;
  const char* const end =
      std::to_chars(school.data(), school.data() + school.size(), checkin.school).ptr;
  write_quoted_end(at + school_at_, school_room_,
                   {school.data(), static_cast<std::size_t>(end - school.data())});
  write_digits(at + celsius_at_, 2, checkin.celsius);
}

}  // namespace daybook::load
