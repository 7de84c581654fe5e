// State + event -> state. Never rejects: what is in the log has happened.
#include "domains/consumers/domain.h"

namespace daybook::consumers {

void Domain::apply(State& state, const Event& event) noexcept { state.apply(event); }

}  // namespace daybook::consumers
