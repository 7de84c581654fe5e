// The moderation sink: looks for the words of lists in what was submitted to forms and appends its
// verdict, a `flagged` event, to the same topic. README.md says what it sees through.
#pragma once

#include <daybook/sink.h>

namespace daybook::moderation_sink {

SinkType type();

}  // namespace daybook::moderation_sink
