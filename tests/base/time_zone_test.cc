#include <daybook/time_zone.h>

#include <catch2/catch.hpp>

#include <cstdio>
#include <string>

namespace daybook {
namespace {

// "2026-03-29T10:00:00" or "...T10:00:00.123", UTC.
UnixMs at(std::string_view text) {
  const auto day = parse_day(text.substr(0, 10));
  REQUIRE(day.has_value());
  int h = 0;
  int m = 0;
  int s = 0;
  int ms = 0;
  const std::string rest(text.substr(11));
  REQUIRE(std::sscanf(rest.c_str(), "%2d:%2d:%2d.%3d", &h, &m, &s, &ms) >= 3);
  return {std::int64_t{day->value} * 86'400'000 + ((h * 60 + m) * 60 + s) * 1000LL + ms};
}

std::string day_in(std::string_view zone, std::string_view instant) {
  auto made = TimeZone::make(zone);
  REQUIRE(made.ok());
  return to_string((*made)->day_of(at(instant)));
}

TEST_CASE("a local day begins at the zone's own midnight") {
  struct Row {
    const char* zone;
    const char* instant;
    const char* day;
  };
  const Row rows[] = {
      {"UTC", "2026-03-09T23:59:59.999", "2026-03-09"},
      {"UTC", "2026-03-10T00:00:00.000", "2026-03-10"},
      {"Asia/Jakarta", "2026-03-09T16:59:59.999", "2026-03-09"},
      {"Asia/Jakarta", "2026-03-09T17:00:00.000", "2026-03-10"},
      {"Asia/Kolkata", "2026-03-09T18:29:59.999", "2026-03-09"},
      {"Asia/Kolkata", "2026-03-09T18:30:00.000", "2026-03-10"},
      // Berlin: +1 before, +2 after the last Sunday of March, 01:00 UTC.
      {"Europe/Berlin", "2026-03-28T22:59:59.999", "2026-03-28"},
      {"Europe/Berlin", "2026-03-28T23:00:00.000", "2026-03-29"},
      {"Europe/Berlin", "2026-03-29T21:59:59.999", "2026-03-29"},
      {"Europe/Berlin", "2026-03-29T22:00:00.000", "2026-03-30"},
      // and back on the last Sunday of October: a day of 25 hours.
      {"Europe/Berlin", "2026-10-24T22:00:00.000", "2026-10-25"},
      {"Europe/Berlin", "2026-10-25T22:59:59.999", "2026-10-25"},
      {"Europe/Berlin", "2026-10-25T23:00:00.000", "2026-10-26"},
      {"America/New_York", "2026-07-01T03:59:59.999", "2026-06-30"},
      {"America/New_York", "2026-07-01T04:00:00.000", "2026-07-01"},
      // The half-hour shift of Lord Howe: +11 in summer, +10:30 in winter.
      {"Australia/Lord_Howe", "2026-01-10T12:59:59.999", "2026-01-10"},
      {"Australia/Lord_Howe", "2026-01-10T13:00:00.000", "2026-01-11"},
      {"Australia/Lord_Howe", "2026-07-10T13:29:59.999", "2026-07-10"},
      {"Australia/Lord_Howe", "2026-07-10T13:30:00.000", "2026-07-11"},
      // Samoa left out 2011-12-30.
      {"Pacific/Apia", "2011-12-30T09:59:59.999", "2011-12-29"},
      {"Pacific/Apia", "2011-12-30T10:00:00.000", "2011-12-31"},
      {"Pacific/Kiritimati", "2026-03-09T10:00:00.000", "2026-03-10"},
      {"Etc/GMT+12", "2026-03-10T11:59:59.999", "2026-03-09"},
      {"UTC", "1970-01-01T00:00:00.001", "1970-01-01"},
      {"America/New_York", "1970-01-01T00:00:00.001", "1969-12-31"},
  };
  for (const Row& row : rows) {
    INFO(row.zone << " " << row.instant);
    CHECK(day_in(row.zone, row.instant) == std::string(row.day));
  }
}

TEST_CASE("only names of real zones are accepted") {
  for (const char* name : {"UTC", "Asia/Ho_Chi_Minh", "Europe/London", "Etc/GMT-14"})
    CHECK(TimeZone::exists(name));
  for (const char* name : {"", "utc", "Mars/Olympus", "+07:00", "../../etc/passwd", "Asia", "Asia/",
                           "tzdata.zi", "zone.tab", "posixrules"}) {
    INFO(name);
    CHECK_FALSE(TimeZone::exists(name));
    CHECK_FALSE(TimeZone::make(name).ok());
  }
}

TEST_CASE("a date is read in one form only and written back the same") {
  for (const char* text : {"1970-01-01", "2000-02-29", "2026-12-31", "9999-12-31"}) {
    INFO(text);
    REQUIRE(parse_day(text).has_value());
    CHECK(to_string(*parse_day(text)) == text);
  }
  for (const char* text :
       {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1", "20260101",
        "2026-01-01T00:00", "1969-12-31", "2026/01/01", "+026-01-01", "2026-01-0x"}) {
    INFO(text);
    CHECK_FALSE(parse_day(text).has_value());
  }
}

}  // namespace
}  // namespace daybook
