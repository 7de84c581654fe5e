// Instants, ids and origins as texts of answers and queries. Pure. Threads: any.
#pragma once

#include <daybook/ids.h>

#include <optional>
#include <string>
#include <string_view>

namespace daybook {

// RFC 3339 in UTC: "2026-03-10T12:00:00.123Z"; microseconds are cut off. Years 0 to 9999.
std::string time_text(UnixUs at);
// RFC 3339 ("2026-03-10T19:00:00.5+07:00"; a blank in place of the "+", as a query that was not
// escaped has it), a date (its midnight, UTC), or epoch milliseconds. Years 1970 to 9999.
std::optional<UnixUs> parse_time(std::string_view text);

// RFC 9562: "0190c9f1-5c7e-7abc-8def-0123456789ab"; upper case is read too.
constexpr std::size_t id_text_chars = 36;
std::string id_text(const Id128& id);
std::optional<Id128> parse_id(std::string_view text);

// Whether it is an origin as browsers send it (RFC 6454): http or https, host and maybe a port, in
// lower case, nothing behind it.
bool is_origin(std::string_view text);
// What follows "http://" or "https://"; empty: neither.
std::string_view after_scheme(std::string_view address);

}  // namespace daybook
