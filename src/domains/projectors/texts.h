// Parts of JSON answers that more than one file writes. Pure. Threads: any.
#pragma once

#include "domains/projectors/events.h"

#include <daybook/json.h>

#include <string>
#include <string_view>

namespace daybook::projectors {

std::string position_text(Position position);
std::string_view reset_text(ResetTo to);  // "beginning", "now", "position"
// {"at", "reason"}
void write_attempt(json::Writer& out, const Attempt& attempt);
// {"position", "topic", "type", "key", "version", "id", "time", "data", "row"?}
void write_copy(json::Writer& out, std::string_view topic, Position position,
                const EventCopy& copy);

}  // namespace daybook::projectors
