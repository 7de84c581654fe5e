// Dates of booking as texts: YYYYMMDD. Ids and times: <daybook/texts.h>. Pure.
#pragma once

#include <daybook/texts.h>
#include <daybook/time_zone.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::booking {

// "20210516" as 20210516: a real date of the years 1970 to 9999, exactly in that form.
std::optional<std::uint32_t> parse_date(std::string_view text);
bool is_date(std::uint32_t date);
std::string date_text(std::uint32_t date);
// REQUIRES: is_date(date)
Day day_of(std::uint32_t date);

}  // namespace daybook::booking
