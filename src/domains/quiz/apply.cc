#include "domains/quiz/domain.h"

namespace daybook::quiz {

void Domain::apply(State& state, const Event& event) noexcept { state.apply(event); }

}  // namespace daybook::quiz
