// How the events look outside (docs/domains/hits.md, "Events outside"). Salts stay inside, and so
// do the visitors' hashes: together they would let a visitor be guessed.
#include "domains/hits/domain.h"

#include <daybook/texts.h>

#include <array>

namespace daybook::hits {
namespace {

constexpr std::array<std::string_view, 3> types{"hit", "day_closed", "rolled_up"};

void render_entries(const Event& event, json::Writer& out) {
  out.key("ids").begin_array();
  EntryReader reader(event.entries);
  for (Entry entry; reader.next(entry);) {
    out.begin_object().member("id", entry.id).member("count", entry.count());
    out.member("visitors", std::uint64_t{entry.visitors}).key("hours").begin_array();
    for (std::uint32_t hour = 0; hour < day_hours; ++hour) {
      if (entry.hours[hour] == 0) continue;
      out.begin_object().member("hour", std::uint64_t{hour});
      out.member("count", std::uint64_t{entry.hours[hour]}).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

std::optional<Outline> Domain::outline(const Event& event) {
  switch (event.kind) {
    case Kind::hit:
      return Outline{.type = types[0], .key = event.id};
    case Kind::salt_drawn:
      return std::nullopt;
    case Kind::day_closed:
      return Outline{.type = types[1]};
    case Kind::rolled_up:
      return Outline{.type = types[2]};
  }
  return std::nullopt;
}

void Domain::render(const Event& event, const EventMeta&, json::Writer& out) {
  out.begin_object();
  if (event.kind == Kind::hit) {
    out.member("id", event.id).member("timestamp", time_text(UnixUs{event.at.value * 1000}));
    out.member("hasVisitor", event.visitor != 0).end_object();
    return;
  }
  out.member("date", to_string(event.day));
  if (event.kind == Kind::rolled_up) {
    out.member("fromPart", std::uint64_t{event.from_part});
    out.member("untilPart", std::uint64_t{event.until_part});
    render_entries(event, out);
  }
  out.end_object();
}

}  // namespace daybook::hits
