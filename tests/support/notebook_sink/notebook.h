// A notebook: the test-only sink that shows how little a new sink takes (docs/add-a-sink.md). One
// line of a text file per event, exactly once.
//
// Threads: a sink belongs to its projector's thread.
#pragma once

#include <daybook/sink.h>

namespace daybook::notebook_sink {

SinkType type();

}  // namespace daybook::notebook_sink
