// The Source over the real log and sequencer.
//
// Threads: any; read() and append() may be called by several at once.
#pragma once

#include "domain/any_domain.h"
#include "log/event_log.h"
#include "project/source.h"
#include "sequencer/sequencer.h"

#include <memory>
#include <span>

namespace daybook::project {

// Nothing is owned; all outlive the source. Close the log after the last read.
std::unique_ptr<Source> make_log_source(log::EventLog& log, Sequencer& sequencer,
                                        std::span<AnyDomain* const> domains);

}  // namespace daybook::project
