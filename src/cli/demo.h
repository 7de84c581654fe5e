// `serve --demo`: fills an empty log with something to look at.
#pragma once

#include "cli/engine.h"

#include <daybook/result.h>

namespace daybook::cli {
// Writes a few schools and a morning's check-ins through the sequencer, like a client would. Does
// nothing when the log already holds events. Returns how many events it wrote.
Result<std::uint64_t> load_demo(Engine& engine);
}  // namespace daybook::cli
