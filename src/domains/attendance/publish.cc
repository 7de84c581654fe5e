// How the events look outside (docs/domains/attendance.md, "Events outside").
#include "domains/attendance/domain.h"

#include <daybook/texts.h>

#include <algorithm>
#include <array>

namespace daybook::attendance {
namespace {

constexpr std::array<std::string_view, 3> types{"checked_in", "checked_out", "school_defined"};

// A record may hold any number; texts end with the year 9999.
std::string text_of(UnixMs at) {
  constexpr std::int64_t last_ms = 253'402'300'799'999;
  return time_text(UnixUs{std::clamp<std::int64_t>(at.value, 0, last_ms) * 1000});
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

std::optional<Outline> Domain::outline(const Event& event) {
  return Outline{.type = types[static_cast<std::size_t>(event.kind)], .key = event.school_id};
}

void Domain::render(const Event& event, const EventMeta&, json::Writer& out) {
  out.begin_object().member("schoolId", event.school_id);
  if (event.kind == Kind::school_defined) {
    if (!event.school_name.empty()) out.member("name", event.school_name);
    if (!event.time_zone.empty()) out.member("timeZone", event.time_zone);
    out.end_object();
    return;
  }
  out.member("userId", event.user_id).member("timestamp", text_of(event.at));
  out.member("date", to_string(event.day)).key("temperature");
  if (event.temperature_milli == no_temperature)
    out.null();
  else
    out.real(event.temperature_milli / 1000.0);
  out.member("fever", event.is_fever()).member("image", event.image).end_object();
}

}  // namespace daybook::attendance
