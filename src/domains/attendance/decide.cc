// State + command -> events, or a rejection. Guards in the documented order
// (docs/domains/attendance.md), the happy path last. Look-ups only: nothing is interned here.
#include "domains/attendance/domain.h"

#include <string>

namespace daybook::attendance {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

Result<Events<Event>> decide_definition(const State& state, const Policy& policy,
                                        const Command& command) {
  if (state.school(command.school_id) == nullptr && state.school_count() >= policy.schools_max)
    return Error{Errc::unavailable, "too many schools"};

  Event event;
  event.kind = Kind::school_defined;
  event.school_id = command.school_id;
  event.school_name = command.school_name;
  event.time_zone = command.time_zone;
  return Events<Event>{event};
}

}  // namespace

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  if (command.kind == CommandKind::define_school) return decide_definition(state, policy, command);

  const bool check_in = command.kind == CommandKind::check_in;
  const UnixMs now = to_ms(context.now);
  const UnixMs at = command.at.value == 0 ? now : command.at;
  if (at.value > now.value + policy.future_ms_max)
    return Error::field("timestamp", "too_far_ahead",
                        "must be at most " + std::to_string(policy.future_ms_max) +
                            " ms ahead of the server's clock");
  if (at.value < now.value - policy.late_days_max * day_ms)
    return Error::field("timestamp", "too_old",
                        "must be at most " + std::to_string(policy.late_days_max) + " days old");

  const KnownSchool* school = state.school(command.school_id);
  if (school == nullptr && state.school_count() >= policy.schools_max)
    return Error{Errc::unavailable, "too many schools"};

  const Day day = state.zone_of(school).day_of(at);
  if (day <
      state.marks
          .floor())  // only after many events under wrong clocks: it cannot be judged any more
    return Error::field("timestamp", "too_old", "is of a day that is closed");

  const std::uint32_t person = state.people.find(command.user_id);
  const bool is_known = person != PersonIndex::none;
  const bool has_in = is_known && state.marks.checked_in(day, person);
  if (check_in && has_in) return Error{Errc::conflict, "User already checked in"};
  if (!check_in && !has_in) return Error{Errc::conflict, "User haven't checked in"};
  if (!check_in && state.marks.checked_out(day, person))
    return Error{Errc::conflict, "User already checked out"};
  const bool has_room =
      state.people.size() < policy.people_max && state.people.has_room(command.user_id);
  if (!is_known && !has_room) return Error{Errc::unavailable, "too many people"};

  Event event;
  event.kind = check_in ? Kind::checked_in : Kind::checked_out;
  event.school_id = command.school_id;
  event.user_id = command.user_id;
  event.at = at;
  event.day = day;
  event.temperature_milli = command.temperature_milli;
  event.image = command.image;
  return Events<Event>{event};
}

}  // namespace daybook::attendance
