// How the events look from outside (include/daybook/publish.h). Those about a projector that reads
// this very topic are hidden: else its dead letter would be an event it reads, without an end.
#include "domains/projectors/domain.h"
#include "domains/projectors/texts.h"

#include <daybook/texts.h>

#include <array>

namespace daybook::projectors {
namespace {

// In the order of Kind.
constexpr std::array<std::string_view, kinds> types{
    "added",  "paused",      "resumed", "disabled",  "reset",       "dead_letter",
    "edited", "retry_asked", "skipped", "delivered", "retry_failed"};

void render_letter(const Event& event, json::Writer& out) {
  if (event.kind == Kind::letter_made) {
    out.key("attempts").begin_array();
    for (std::size_t i = 0; i < event.attempts.size(); ++i) write_attempt(out, event.attempts[i]);
    out.end_array().key("event");
    write_copy(out, event.topic, event.position, event.copy);
  }
  if (event.kind == Kind::letter_edited) out.key("data").raw(event.copy.data);
  if (event.kind == Kind::letter_failed) out.member("at", time_text(event.at));
  if (event.next_try_at.value != 0) out.member("next_try_at", time_text(event.next_try_at));
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

std::optional<Outline> Domain::outline(const Event& event) {
  if (event.topic == name) return std::nullopt;
  Outline outline;
  outline.type = types[static_cast<std::size_t>(event.kind)];
  outline.key = event.projector;
  return outline;
}

void Domain::render(const Event& event, const EventMeta& meta, json::Writer& out) {
  out.begin_object().member("projector", event.projector).member("topic", event.topic);
  if (event.kind == Kind::added) out.member("sink", event.sink);
  if (event.kind == Kind::reset) {
    out.member("reset", event.reset_number).member("to", reset_text(event.reset_to));
    const Position next = event.reset_to == ResetTo::now ? meta.position + 1 : event.next;
    out.member("next", position_text(next));
  }
  if (event.position.value != 0) out.member("position", position_text(event.position));
  if (event.kind == Kind::retry_asked && event.position.value == 0)
    out.member("all", true).member("letters", std::uint64_t{event.letters});
  if (!event.reason.empty()) out.member("reason", event.reason);
  render_letter(event, out);
  out.end_object();
}

}  // namespace daybook::projectors
