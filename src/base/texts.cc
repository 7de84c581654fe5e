#include <daybook/texts.h>

#include <daybook/time_zone.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace daybook {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;
constexpr std::int64_t ms_max = 253'402'300'799'999;  // the end of 9999
constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};

// `digits` decimal digits from `at` on, nothing else; -1 otherwise.
std::int64_t take_digits(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  std::int64_t value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// ".5" and the like, cut to microseconds; how many characters were taken.
std::size_t take_fraction(std::string_view text, std::int64_t& us) {
  if (!text.starts_with('.')) return 0;
  std::size_t at = 1;
  std::int64_t scale = second_us / 10;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
    us += (text[at] - '0') * scale;
  return at == 1 ? 0 : at;  // a point needs a digit behind it
}

// "Z" or "+07:00", as microseconds ahead of UTC.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || text[3] != ':') return std::nullopt;
  if (text[0] != '+' && text[0] != '-' && text[0] != ' ') return std::nullopt;
  const std::int64_t hours = take_digits(text, 1, 2);
  const std::int64_t minutes = take_digits(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const std::int64_t us = (hours * 60 + minutes) * 60 * second_us;
  return text[0] == '-' ? -us : us;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string time_text(UnixUs at) {
  std::int64_t day = at.value / day_us;
  std::int64_t rest = at.value % day_us;
  if (rest < 0) {
    rest += day_us;
    --day;
  }
  const std::int64_t ms = rest / 1000;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03dZ", static_cast<int>(ms / 3'600'000),
                static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
                static_cast<int>(ms % 1000));
  return to_string(Day{static_cast<std::int32_t>(day)}) + text.data();
}

std::optional<UnixUs> parse_time(std::string_view text) {
  std::int64_t ms = 0;
  const char* end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, ms);
      error == std::errc{} && at == end)
    return ms >= 0 && ms <= ms_max ? std::optional(UnixUs{ms * 1000}) : std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  UnixUs at{day->value * day_us};
  if (text.size() == 10) return at;
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
    return std::nullopt;
  const std::int64_t hour = take_digits(text, 11, 2);
  const std::int64_t minute = take_digits(text, 14, 2);
  const std::int64_t second = take_digits(text, 17, 2);
  const bool is_time = text[13] == ':' && text[16] == ':' && hour >= 0 && hour < 24 &&
                       minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!is_time) return std::nullopt;
  at.value += ((hour * 60 + minute) * 60 + second) * second_us;
  text.remove_prefix(19);
  text.remove_prefix(take_fraction(text, at.value));
  const auto offset = parse_offset(text);
  if (!offset) return std::nullopt;
  at.value -= *offset;
  if (at.value < 0 || at.value / 1000 > ms_max) return std::nullopt;
  return at;
}

std::string id_text(const Id128& id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const std::uint8_t byte : id.bytes) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 0x0F]);
    for (const std::size_t dash : dashes)
      if (text.size() == dash) text.push_back('-');
  }
  return text;
}

std::optional<Id128> parse_id(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Id128 id;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool is_dash = false;
    for (const std::size_t dash : dashes) is_dash = is_dash || i == dash;
    if (is_dash != (text[i] == '-')) return std::nullopt;
    if (is_dash) continue;
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    id.bytes[digits / 2] = static_cast<std::uint8_t>(id.bytes[digits / 2] << 4 | value);
    ++digits;
  }
  return id;
}

std::string_view after_scheme(std::string_view address) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (address.starts_with(scheme)) return address.substr(scheme.size());
  return {};
}

bool is_origin(std::string_view text) {
  const auto host = after_scheme(text);
  return !host.empty() && std::ranges::all_of(host, [](char c) { return c > ' ' && c < '\x7f'; }) &&
         host.find_first_of("/?#@ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

}  // namespace daybook
