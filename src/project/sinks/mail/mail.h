// Events as mails: one confirmation for each submission. README.md has the rules.
//
// Threads: a sink belongs to its projector's thread.
#pragma once

#include <daybook/sink.h>

namespace daybook::mail_sink {

SinkType type();

}  // namespace daybook::mail_sink
