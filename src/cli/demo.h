// `serve --demo`: fills an empty log with something to look at.
#pragma once

#include "cli/engine.h"

#include <daybook/result.h>

namespace daybook::cli {
// Writes a little of every domain (demo_requests.h) through the sequencer, like a client would.
// Does nothing when the log already holds events. Returns how many events it wrote.
Result<std::uint64_t> load_demo(Engine& engine);
}  // namespace daybook::cli
