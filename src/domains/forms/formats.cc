#include "domains/forms/formats.h"

#include <algorithm>
#include <array>
#include <utility>

namespace daybook::forms {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes fixed things from the front of a text.
struct Scanner {
  std::string_view rest;

  bool take(std::string_view set) {
    if (rest.empty() || !is_one_of(rest.front(), set)) return false;
    rest.remove_prefix(1);
    return true;
  }
  // Exactly `count` digits.
  std::optional<int> number(std::size_t count) {
    if (rest.size() < count || !std::all_of(rest.begin(), rest.begin() + count, is_digit))
      return std::nullopt;
    int value = 0;
    for (const char c : rest.substr(0, count)) value = value * 10 + (c - '0');
    rest.remove_prefix(count);
    return value;
  }
};

bool take_date(Scanner& in) {
  const auto year = in.number(4);
  if (!year || !in.take("-")) return false;
  const auto month = in.number(2);
  if (!month || *month < 1 || *month > 12 || !in.take("-")) return false;
  const auto day = in.number(2);
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
  const int last = days[static_cast<std::size_t>(*month - 1)] + (*month == 2 && leap ? 1 : 0);
  return day && *day >= 1 && *day <= last;
}

// RFC 3339 full-time: with an offset; a second 60 only where a leap second can be.
bool take_time(Scanner& in) {
  const auto hour = in.number(2);
  if (!hour || *hour > 23 || !in.take(":")) return false;
  const auto minute = in.number(2);
  if (!minute || *minute > 59 || !in.take(":")) return false;
  const auto second = in.number(2);
  if (!second || *second > 60) return false;
  if (in.take(".")) {
    if (!in.number(1)) return false;
    while (in.number(1)) {
    }
  }
  int offset = 0;
  if (!in.take("zZ")) {
    const int sign = in.rest.starts_with('-') ? -1 : 1;
    if (!in.take("+-")) return false;
    const auto hours = in.number(2);
    if (!hours || *hours > 23 || !in.take(":")) return false;
    const auto minutes = in.number(2);
    if (!minutes || *minutes > 59) return false;
    offset = sign * (*hours * 60 + *minutes);
  }
  constexpr int day_minutes = 24 * 60;
  const int utc = (*hour * 60 + *minute - offset + 2 * day_minutes) % day_minutes;
  return *second < 60 || utc == day_minutes - 1;
}

bool is_date(std::string_view text) {
  Scanner in{text};
  return take_date(in) && in.rest.empty();
}
bool is_time(std::string_view text) {
  Scanner in{text};
  return take_time(in) && in.rest.empty();
}
bool is_date_time(std::string_view text) {
  Scanner in{text};
  return take_date(in) && in.take("tT") && take_time(in) && in.rest.empty();
}

// Labels of letters, digits and hyphens; the last one has two characters or more, not only digits.
bool is_mail_domain(std::string_view domain) {
  std::size_t labels = 0;
  std::string_view label;
  for (std::string_view rest = domain;; ++labels) {
    const auto dot = rest.find('.');
    label = rest.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::ranges::all_of(label, [](char c) {
          return is_letter(c) || is_digit(c) || c == '-' || is_beyond_ascii(c);
        }))
      return false;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return labels >= 1 && label.size() >= 2 && !std::ranges::all_of(label, is_digit);
}

bool is_uri_text(std::string_view text, std::string_view further) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_letter(text[i]) && !is_digit(text[i]) &&
               !is_one_of(text[i], "-._~!$&'()*+,;=") && !is_one_of(text[i], further)) {
      return false;
    }
  }
  return true;
}

bool is_uri_authority(std::string_view authority) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    if (!is_uri_text(authority.substr(0, at), ":")) return false;
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {  // an address of IPv6 or later; its parts are not looked at
    const auto close = authority.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    if (!is_uri_text(authority.substr(1, close - 1), ":")) return false;
    port = authority.substr(close + 1);
  } else {
    const auto colon = authority.find(':');
    if (!is_uri_text(authority.substr(0, colon), "")) return false;
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  return port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), is_digit));
}

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return false;
  if (!std::ranges::all_of(text.substr(0, colon), [](char c) {
        return is_letter(c) || is_digit(c) || is_one_of(c, "+-.");
      }))
    return false;
  text.remove_prefix(colon + 1);
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_uri_text(text.substr(hash + 1), ":@/?")) return false;
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    if (!is_uri_text(text.substr(mark + 1), ":@/?")) return false;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    const auto slash = text.find('/', 2);
    if (!is_uri_authority(text.substr(2, slash == std::string_view::npos ? slash : slash - 2)))
      return false;
    text = slash == std::string_view::npos ? "" : text.substr(slash);
  }
  return is_uri_text(text, ":@/");
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    std::size_t digits = 0;
    int value = 0;
    for (; digits < text.size() && digits < 3 && is_digit(text[digits]); ++digits)
      value = value * 10 + (text[digits] - '0');
    if (digits == 0 || value > 255 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
  }
  return text.empty();
}

bool is_phone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('(')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  std::size_t digits = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      ++digits;
    } else if (!is_one_of(c, " ().-")) {
      return false;
    }
  }
  return digits >= phone_digits_min && digits <= phone_digits_max;
}

struct Known {
  std::string_view name;
  std::string_view words;
  bool (*holds)(std::string_view);
};
// In the order of Format.
constexpr std::array<Known, 8> formats{
    {{"email", "an e-mail address", is_email},
     {"date", "a date such as 2026-03-29", is_date},
     {"time", "a time such as 08:30:00Z", is_time},
     {"date-time", "a date and time such as 2026-03-29T08:30:00Z", is_date_time},
     {"uri", "a URI such as https://example.org/", is_uri},
     {"uuid", "a UUID", is_uuid},
     {"ipv4", "an IPv4 address", is_ipv4},
     {"phone", "a phone number", is_phone}}};

}  // namespace

std::optional<Format> find_format(std::string_view name) {
  for (std::size_t i = 0; i < formats.size(); ++i)
    if (formats[i].name == name) return static_cast<Format>(i);
  return std::nullopt;
}

std::string_view format_words(Format format) {
  return formats[static_cast<std::size_t>(format)].words;
}

bool has_format(Format format, std::string_view text) {
  return formats[static_cast<std::size_t>(format)].holds(text);
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > email_local_bytes_max ||
      text.size() > email_bytes_max)
    return false;
  const auto local = text.substr(0, at);
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(local,
                             [](char c) {
                               return is_letter(c) || is_digit(c) || is_beyond_ascii(c) ||
                                      is_one_of(c, ".!#$%&'*+/=?^_`{|}~-");
                             }) &&
         is_mail_domain(text.substr(at + 1));
}

std::string normalize_email(std::string_view text) {
  std::string out(text);
  if (!is_email(text)) return out;
  std::ranges::transform(out, out.begin(), to_lower);
  const auto at = out.rfind('@');
  const auto domain = std::string_view(out).substr(at + 1);
  if (domain != "gmail.com" && domain != "googlemail.com") return out;
  auto local = out.substr(0, std::min(at, out.find('+')));
  std::erase(local, '.');
  if (local.empty()) return out;  // "+tag@gmail.com": nobody's address, kept as it is
  return local + "@gmail.com";
}

}  // namespace daybook::forms
