// How the events look from outside (include/daybook/publish.h). Acknowledgements are hidden: a
// consumer of this very topic would read its own, and acknowledge it, without an end.
#include "domains/consumers/domain.h"

#include <array>

namespace daybook::consumers {
namespace {

constexpr std::array<std::string_view, 2> types{"defined", "deleted"};

void render_list(json::Writer& out, std::string_view name, const TextList& list) {
  out.key(name).begin_array();
  for (std::size_t i = 0; i < list.size(); ++i) out.string(list[i]);
  out.end_array();
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

std::optional<Outline> Domain::outline(const Event& event) {
  if (event.kind == Kind::acknowledged) return std::nullopt;
  Outline outline;
  outline.type = event.kind == Kind::defined ? types[0] : types[1];
  outline.key = event.name;
  return outline;
}

void Domain::render(const Event& event, const EventMeta& meta, json::Writer& out) {
  out.begin_object().member("name", event.name);
  if (event.kind == Kind::defined) {
    out.member("topic", event.topic);
    render_list(out, "types", event.types);
    render_list(out, "keys", event.keys);
    if (event.from != From::kept) {
      Position next{1};
      if (event.from == From::now) next = meta.position + 1;
      if (event.from == From::position) next = event.position;
      out.member("next", std::to_string(next.value));
    }
  }
  out.end_object();
}

}  // namespace daybook::consumers
