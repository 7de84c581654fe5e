// One dead letter in full, out of the log: its event as it is now and as it was, every attempt and
// every action. Thread: the worker's.
#pragma once

#include "domains/projectors/domain.h"

#include <cstddef>

namespace daybook::projectors {

// Of one answer; the newest are shown, and how many are not.
constexpr std::size_t attempts_shown_max = 1000;
constexpr std::size_t actions_shown_max = 1000;

// GET /projectors/{name}/dead-letters/{position}
Result<Response> get_dead_letter(ReadContext<Domain>& context, const Request& request);

}  // namespace daybook::projectors
