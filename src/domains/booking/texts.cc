#include "domains/booking/texts.h"

#include <array>

namespace daybook::booking {
namespace {

constexpr std::size_t date_chars = 8;
constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_s = 86'400;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_dash_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

// Days of the month of a year of the Gregorian calendar.
std::uint32_t days_in(std::uint32_t year, std::uint32_t month) {
  constexpr std::array<std::uint32_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && is_leap ? 1u : 0u);
}

void append_padded(std::string& out, std::int64_t number, int digits) {
  const std::string text = std::to_string(number);
  for (int i = static_cast<int>(text.size()); i < digits; ++i) out += '0';
  out += text;
}

}  // namespace

bool is_date(std::uint32_t date) {
  const std::uint32_t year = date / 10'000;
  const std::uint32_t month = date / 100 % 100;
  const std::uint32_t day = date % 100;
  if (year < 1970 || year > 9999 || month < 1 || month > 12) return false;
  return day >= 1 && day <= days_in(year, month);
}

std::optional<std::uint32_t> parse_date(std::string_view text) {
  if (text.size() != date_chars) return std::nullopt;
  std::uint32_t date = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    date = date * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (!is_date(date)) return std::nullopt;
  return date;
}

std::string date_text(std::uint32_t date) {
  std::string text(date_chars, '0');
  for (std::size_t i = date_chars; i > 0; --i, date /= 10)
    text[i - 1] = static_cast<char>('0' + date % 10);
  return text;
}

Day day_of(std::uint32_t date) {
  std::string text = date_text(date);
  text.insert(6, 1, '-').insert(4, 1, '-');
  return parse_day(text).value_or(Day{});
}

std::string id_text(const Id128& id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(id_text_chars);
  for (const std::uint8_t byte : id.bytes) {
    if (is_dash_place(text.size())) text += '-';
    text += digits[byte >> 4];
    text += digits[byte & 0x0F];
  }
  return text;
}

std::optional<Id128> parse_id(std::string_view text) {
  if (text.size() != id_text_chars) return std::nullopt;
  Id128 id;
  std::size_t at = 0;
  for (std::uint8_t& byte : id.bytes) {
    if (is_dash_place(at) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    byte = static_cast<std::uint8_t>(high * 16 + low);
  }
  return id;
}

std::string time_text(UnixUs at) {
  const std::int64_t seconds = at.value / second_us;
  const std::int64_t in_day = seconds % day_s;
  std::string text = to_string(Day{static_cast<std::int32_t>(seconds / day_s)});
  text += 'T';
  append_padded(text, in_day / 3600, 2);
  text += ':';
  append_padded(text, in_day / 60 % 60, 2);
  text += ':';
  append_padded(text, in_day % 60, 2);
  text += '.';
  append_padded(text, at.value % second_us / 1000, 3);
  text += 'Z';
  return text;
}

}  // namespace daybook::booking
