// Events as rows of files: `csv` for spreadsheets, `jsonl` for programs. Exactly once; README.md
// has the rules.
//
// Threads: a sink belongs to its projector's thread.
#pragma once

#include <daybook/sink.h>

namespace daybook::csv_sink {

SinkType csv_type();
SinkType jsonl_type();

}  // namespace daybook::csv_sink
