#include "load/checkin_text.h"

#include <daybook/check.h>

#include <charconv>
#include <cstring>

namespace daybook::load {
namespace {

constexpr std::size_t time_digits = 13;  // epoch milliseconds from 2001 to 2286
constexpr std::size_t id_digits = 24;

constexpr std::array<char, 512> hex_pairs = [] {
  std::array<char, 512> pairs{};
  constexpr const char* digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = digits[i >> 4];
    pairs[2 * i + 1] = digits[i & 15];
  }
  return pairs;
}();

template <class Number>
void write_hex(char* at, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    const std::size_t byte = (number >> (8 * (sizeof number - 1 - i))) & 0xff;
    std::memcpy(at + 2 * i, &hex_pairs[2 * byte], 2);
  }
}

}  // namespace

CheckinText::CheckinText(std::uint32_t schools, bool as_line) {
  DAYBOOK_CHECK(schools >= 1);
  school_digits_ = std::to_string(schools - 1).size();
  if (as_line) text_ += R"({"topic":"attendance","data":)";
  text_ += R"({"type":"checkin","timestamp":)";
  time_at_ = text_.size();
  text_ += std::string(time_digits, '1') + R"(,"image":"","userId":")";
  user_at_ = text_.size();
  text_ += std::string(id_digits, '0') + R"(","schoolId":")";
  school_at_ = text_.size();
  text_ += std::string(school_digits_, '0') + R"(","temperature":)";
  celsius_at_ = text_.size();
  text_ += as_line ? "36}}\n" : "36}";
}

void CheckinText::prepare(char* at) const { std::memcpy(at, text_.data(), text_.size()); }

void CheckinText::patch(char* at, const Checkin& checkin) {
  if (checkin.unix_ms != cached_ms_) {
    const auto [end, error] = std::to_chars(
        cached_digits_.data(), cached_digits_.data() + cached_digits_.size(), checkin.unix_ms);
    DAYBOOK_CHECK(error == std::errc{} && end == cached_digits_.data() + time_digits);
    cached_ms_ = checkin.unix_ms;
  }
  std::memcpy(at + time_at_, cached_digits_.data(), time_digits);
  write_hex(at + user_at_, checkin.id_high);
  write_hex(at + user_at_ + 16, checkin.id_low);
  char* school = at + school_at_;
  char* const school_end = school + school_digits_ + 1;
  school = std::to_chars(school, school_end - 1, checkin.school).ptr;
  *school++ = '"';
  while (school < school_end) *school++ = ' ';
  at[celsius_at_] = static_cast<char>('0' + checkin.celsius / 10 % 10);
  at[celsius_at_ + 1] = static_cast<char>('0' + checkin.celsius % 10);
}

std::string request_head(const std::string& method, const std::string& path,
                         const std::string& host, const std::string& content_type,
                         std::size_t body_bytes, const std::string& extra) {
  return method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + content_type +
         "\r\n" + extra + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

}  // namespace daybook::load
