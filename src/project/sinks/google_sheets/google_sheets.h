// The google_sheets sink: one row of a Google spreadsheet for each event, exactly once (README.md).
// Threads: any may ask for the type.
#pragma once

#include <daybook/sink.h>

namespace daybook::google_sheets_sink {

SinkType type();

}  // namespace daybook::google_sheets_sink
