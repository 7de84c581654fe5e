// State + event -> state. Never rejects: what is in the log has happened.
#include "domains/attendance/domain.h"

namespace daybook::attendance {

void Domain::apply(State& state, const Event& event) noexcept {
  KnownSchool& school = state.open_school(event.school_id);
  switch (event.kind) {
    case Kind::school_defined:
      if (!event.time_zone.empty()) state.set_time_zone(school, event.time_zone);
      return;
    case Kind::checked_in:
      state.marks.mark_in(event.day, state.people.add(event.user_id));
      return;
    case Kind::checked_out:
      state.marks.mark_out(event.day, state.people.add(event.user_id));
      return;
  }
}

}  // namespace daybook::attendance
