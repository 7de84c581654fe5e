#include "domains/booking/texts.h"

#include <array>

namespace daybook::booking {
namespace {

constexpr std::size_t date_chars = 8;

// Days of the month of a year of the Gregorian calendar.
std::uint32_t days_in(std::uint32_t year, std::uint32_t month) {
  constexpr std::array<std::uint32_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && is_leap ? 1u : 0u);
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

}  // namespace daybook::booking
