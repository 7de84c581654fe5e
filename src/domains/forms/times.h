// Instants and ids as texts of answers and queries. Pure. Threads: any.
#pragma once

#include <daybook/ids.h>

#include <optional>
#include <string>
#include <string_view>

namespace daybook::forms {

// "2026-03-10T12:00:00.123Z"; microseconds are cut off. Years 0 to 9999.
std::string time_text(UnixUs at);
// RFC 3339 ("2026-03-10T19:00:00.5+07:00"; a blank in place of the "+", as a query that was not
// escaped has it), a date (its midnight, UTC), or epoch milliseconds. Years 1970 to 9999.
std::optional<UnixUs> parse_time(std::string_view text);

// "0190c9f1-5c7e-7abc-8def-0123456789ab"
std::string id_text(const Id128& id);
std::optional<Id128> parse_id(std::string_view text);

}  // namespace daybook::forms
