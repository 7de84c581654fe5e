#include <daybook/time_zone.h>

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>

namespace daybook {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::size_t offsets_max = 2048;            // of one zone; the longest has about 250
constexpr std::int64_t table_end_s = 4'102'444'800;  // 2100-01-01: no rules known beyond

bool is_utc(std::string_view name) { return name == "UTC" || name == "Etc/UTC"; }

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return (a % b < 0) ? q - 1 : q;
}

// Reads `count` digits at `at`; -1 when one is none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// The library throws for unknown names and unreadable files; nullptr then.
const date::time_zone* locate(std::string_view name) {
  try {
    const auto* zone = date::locate_zone(name);
    (void)zone->get_info(date::sys_seconds{});  // reads the zone's file now, not under a request
    return zone;
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

std::string to_string(Day day) {
  const date::year_month_day ymd{date::sys_days{date::days{day.value}}};
  const int year = static_cast<int>(ymd.year());
  const unsigned month = static_cast<unsigned>(ymd.month());
  const unsigned mday = static_cast<unsigned>(ymd.day());
  std::string text = "0000-00-00";
  const auto put = [&text](std::size_t at, std::size_t count, unsigned value) {
    for (std::size_t i = count; i > 0; --i, value /= 10)
      text[at + i - 1] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, static_cast<unsigned>(std::clamp(year, 0, 9999)));
  put(5, 2, month);
  put(8, 2, mday);
  return text;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int mday = digits(text, 8, 2);
  if (year < 1970 || month < 1 || mday < 1) return std::nullopt;
  const auto ymd = date::year{year} / date::month{static_cast<unsigned>(month)} /
                   date::day{static_cast<unsigned>(mday)};
  if (!ymd.ok()) return std::nullopt;
  return Day{static_cast<std::int32_t>(date::sys_days{ymd}.time_since_epoch().count())};
}

bool TimeZone::exists(std::string_view name) { return is_utc(name) || locate(name) != nullptr; }

std::shared_ptr<const TimeZone> TimeZone::utc() {
  std::shared_ptr<TimeZone> zone(new TimeZone("UTC"));
  zone->begins_ms_.push_back(std::numeric_limits<std::int64_t>::min());
  zone->offsets_ms_.push_back(0);
  return zone;
}

Result<std::shared_ptr<const TimeZone>> TimeZone::make(std::string_view name) {
  if (is_utc(name)) return utc();
  const auto* rules = locate(name);
  if (rules == nullptr)
    return Error{Errc::invalid,
                 "unknown time zone " + std::string(name) + " (is tzdata installed?)"};
  std::shared_ptr<TimeZone> zone(new TimeZone(name));
  date::sys_seconds at{};
  const date::sys_seconds end{std::chrono::seconds{table_end_s}};
  while (at < end && zone->begins_ms_.size() < offsets_max) {
    const date::sys_info info = rules->get_info(at);
    const std::int64_t begin_ms = zone->begins_ms_.empty()
                                      ? std::numeric_limits<std::int64_t>::min()
                                      : at.time_since_epoch().count() * 1000;
    zone->begins_ms_.push_back(begin_ms);
    zone->offsets_ms_.push_back(info.offset.count() * 1000);
    if (info.end <= at) break;
    at = info.end;
  }
  return std::shared_ptr<const TimeZone>(std::move(zone));
}

Day TimeZone::day_of(UnixMs at) const {
  // No instant a client may name comes near the int64 borders: decide checks the range before.
  const auto next = std::upper_bound(begins_ms_.begin(), begins_ms_.end(), at.value);
  const auto index = static_cast<std::size_t>(next - begins_ms_.begin()) - 1;
  return {static_cast<std::int32_t>(floor_divide(at.value + offsets_ms_[index], day_ms))};
}

}  // namespace daybook
