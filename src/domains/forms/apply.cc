// State + event -> state. Never rejects: what is in the log has happened.
#include "domains/forms/domain.h"

namespace daybook::forms {

void Domain::apply(State& state, const Event& event) noexcept {
  switch (event.kind) {
    case Kind::form_defined:
      state.define(event.form, event.version, event.definition);
      return;
    case Kind::submitted:
      state.note_submission(event.form, event.at, event.spam != Spam::none);
      return;
    case Kind::flagged:
    case Kind::cleared:
      return;
  }
}

}  // namespace daybook::forms
