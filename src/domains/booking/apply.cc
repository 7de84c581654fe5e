// State + event -> state, view + event -> view. Never rejects: what is in the log has happened.
#include "domains/booking/domain.h"

namespace daybook::booking {

static_assert(TimedDomain<Domain> && AuditedDomain<Domain>);

void Domain::apply(State& state, const Event& event) noexcept { state.apply(event); }

void Domain::project(View& view, const Event& event, const EventMeta& meta) noexcept {
  view.project(event, meta.position);
}

}  // namespace daybook::booking
