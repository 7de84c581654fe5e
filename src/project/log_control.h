// The Control over the real thing: the `projectors` domain's view, its events in the log, and its
// commands through the sequencer (docs/domains/projectors.md).
//
// Threads: any. Reads take the view's lock for a moment. The writing ones wait for the sequencer,
// so none of them may be called on its thread.
#pragma once

#include "domain/any_domain.h"
#include "log/event_log.h"
#include "project/control.h"
#include "sequencer/sequencer.h"

#include <memory>

namespace daybook::project {

// Nothing is owned; all outlive the control. REQUIRES: `projectors` is the adapter of
// projectors::Domain (checked), and one of the sequencer's domains.
std::unique_ptr<Control> make_log_control(AnyDomain& projectors, Sequencer& sequencer,
                                          log::EventLog& log);

}  // namespace daybook::project
