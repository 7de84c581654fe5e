// State + event -> state. Never rejects: what is in the log has happened.
#include "domains/projectors/domain.h"

namespace daybook::projectors {

void Domain::apply(State& state, const Event& event) noexcept { state.apply(event); }

}  // namespace daybook::projectors
