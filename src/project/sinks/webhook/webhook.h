// Events as signed HTTP requests: CloudEvents 1.0 in structured mode, signed after the Standard
// Webhooks specification. README.md has the rules for who receives them.
//
// Threads: a sink belongs to its projector's thread.
#pragma once

#include <daybook/sink.h>

namespace daybook::webhook_sink {

SinkType type();

}  // namespace daybook::webhook_sink
