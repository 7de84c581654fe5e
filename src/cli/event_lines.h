// How one event of the log looks to an admin: a line of text, or a line of JSON (NDJSON).
//
// Thread: any. Invariant: one event is one line; bytes of a client (keys) cannot break out of it.
#pragma once

#include <string>
#include <string_view>

#include "log/event_log.h"

namespace daybook::cli {

struct LineFormat {
  bool json = false;
  bool payload = false;  // the domain's own bytes too, in hexadecimal
};

// Appends the line with its '\n'.
void append_event_line(std::string& out, const log::EventView& event, std::string_view topic,
                       const LineFormat& format);
// The column heads of the text form.
std::string event_line_head(const LineFormat& format);

// "2026-01-31T08:00:00.000123Z"
std::string time_text(UnixUs time);
// "0190c7a4-...": 8-4-4-4-12 hexadecimal digits.
std::string uuid_text(const Id128& id);
std::string hash_text(const Hash256& hash);

}  // namespace daybook::cli
