// How the events look outside, as the documents say it.
#include "domains/hits/domain.h"

#include <catch2/catch.hpp>

namespace daybook::hits {
namespace {

std::string rendered(const Event& event) {
  EventMeta meta;
  meta.event_id.bytes[15] = 9;
  std::string text;
  json::Writer out(text);
  Domain::render(event, meta, out);
  return text;
}

std::string outlined(const Event& event) {
  const auto outline = Domain::outline(event);
  if (!outline) return "nothing";
  return std::string(outline->type) + " " + std::string(outline->key) + " " +
         std::to_string(outline->version) + " " + std::string(outline->row);
}

TEST_CASE("a hit leaves without its visitor, a salt not at all") {
  Event hit;
  hit.id = "/a";
  hit.at = UnixMs{1'774'785'600'500};
  hit.visitor = 1'234'567'890;
  CHECK(outlined(hit) == "hit /a 0 ");
  CHECK(rendered(hit) == R"({"id":"/a","timestamp":"2026-03-29T12:00:00.500Z","hasVisitor":true})");
  hit.visitor = 0;
  CHECK(rendered(hit).ends_with(R"("hasVisitor":false})"));
  Event salt;
  salt.kind = Kind::salt_drawn;
  CHECK(outlined(salt) == "nothing");
}

TEST_CASE("a roll-up leaves with the hours that have hits") {
  Event closed;
  closed.kind = Kind::day_closed;
  closed.day = Day{20'541};
  CHECK(outlined(closed) == "day_closed  0 ");
  CHECK(rendered(closed) == R"({"date":"2026-03-29"})");
  Entry entry;
  entry.id = "/a";
  entry.hours[3] = 5;
  entry.hours[23] = 2;
  entry.visitors = 4;
  std::string packed;
  append_entry(packed, entry);
  Event rolled = closed;
  rolled.kind = Kind::rolled_up;
  rolled.from_part = 2;
  rolled.until_part = 9;
  rolled.entries = {reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()};
  CHECK(outlined(rolled) == "rolled_up  0 ");
  CHECK(rendered(rolled) ==
        R"({"date":"2026-03-29","fromPart":2,"untilPart":9,"ids":[{"id":"/a","count":7,)"
        R"("visitors":4,"hours":[{"hour":3,"count":5},{"hour":23,"count":2}]}]})");
}

}  // namespace
}  // namespace daybook::hits
