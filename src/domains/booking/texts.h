// The text forms of booking: dates as YYYYMMDD, ids as UUIDs, times as RFC 3339. Pure.
#pragma once

#include <daybook/ids.h>
#include <daybook/time_zone.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::booking {

constexpr std::size_t id_text_chars = 36;

// "20210516" as 20210516: a real date of the years 1970 to 9999, exactly in that form.
std::optional<std::uint32_t> parse_date(std::string_view text);
bool is_date(std::uint32_t date);
std::string date_text(std::uint32_t date);
// REQUIRES: is_date(date)
Day day_of(std::uint32_t date);

// 8-4-4-4-12 lower-case hex digits; upper case is read too.
std::string id_text(const Id128& id);
std::optional<Id128> parse_id(std::string_view text);

// "2021-05-16T08:00:00.250Z"
std::string time_text(UnixUs at);

}  // namespace daybook::booking
