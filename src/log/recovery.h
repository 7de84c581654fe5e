// What is decided when a log is opened for writing: does it hold all that was acknowledged?
// Private to src/log; one thread.
#pragma once

#include <daybook/result.h>

#include <optional>

#include "log/rocks.h"
#include "log/watermark.h"

namespace daybook::log {

// Position and hash of the last group; zeros for an empty log.
Result<Watermark> last_group(const Store& store);

// Compares the log's tail with the durable watermark. Errc::corrupt, in words, when acknowledged
// events are gone or changed or the last group is torn. accept_loss: cuts a torn tail off and goes
// on with what is left; changed history is refused all the same. Returns the head.
Result<Watermark> recover_tail(const Store& store, const std::optional<WatermarkSlot>& mark,
                               bool accept_loss);

// The group that ends at the watermark has its hash, and the chain holds from there to `head`.
// REQUIRES: mark.position <= head.position
Result<void> check_against(const Store& store, const Watermark& mark, const Watermark& head);

}  // namespace daybook::log
