// Counts per day or hour in the state store, for the days that are no longer in memory: attendance
// per school, booking per station, hits per id, forms per hour. Exactly once: rows and checkpoint
// are one write. README.md has the rows.
//
// Threads: a sink belongs to its projector's thread.
#pragma once

#include <daybook/sink.h>

namespace daybook::rollup_sink {

SinkType type();

}  // namespace daybook::rollup_sink
