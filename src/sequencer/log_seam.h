// The sequencer's seam over a real event log.
#pragma once

#include "log/event_log.h"
#include "sequencer/sequencer.h"

namespace daybook {
// `log` is not owned and must outlive the sequencer.
SequencerSeam make_log_seam(log::EventLog& log);
}  // namespace daybook
