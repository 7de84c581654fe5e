// How the events look outside, as the documents say it.
#include "domains/attendance/domain.h"

#include <catch2/catch.hpp>

namespace daybook::attendance {
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

TEST_CASE("a report and a school leave with all that was said") {
  Event event;
  event.school_id = "s1";
  event.user_id = "u1";
  event.at = UnixMs{1'774'785'600'500};
  event.day = Day{20'541};
  event.temperature_milli = 38'200;
  event.image = "i.png";
  CHECK(outlined(event) == "checked_in s1 0 ");
  CHECK(rendered(event) ==
        R"({"schoolId":"s1","userId":"u1","timestamp":"2026-03-29T12:00:00.500Z",)"
        R"("date":"2026-03-29","temperature":38.2,"fever":true,"image":"i.png"})");
  event.kind = Kind::checked_out;
  event.temperature_milli = no_temperature;
  event.image = {};
  CHECK(outlined(event) == "checked_out s1 0 ");
  CHECK(rendered(event).ends_with(R"("temperature":null,"fever":false,"image":""})"));
  Event school;
  school.kind = Kind::school_defined;
  school.school_id = "s1";
  school.school_name = "One";
  CHECK(outlined(school) == "school_defined s1 0 ");
  CHECK(rendered(school) == R"({"schoolId":"s1","name":"One"})");
  school.time_zone = "Asia/Jakarta";
  CHECK(rendered(school) == R"({"schoolId":"s1","name":"One","timeZone":"Asia/Jakarta"})");
}

TEST_CASE("a time that no text has is the nearest one") {
  Event event;
  event.school_id = "s1";
  event.user_id = "u1";
  for (const std::int64_t at : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}}) {
    event.at = UnixMs{at};
    CHECK(rendered(event).find("1970-01-01T00:00:00.000Z") != std::string::npos);
  }
  event.at = UnixMs{std::numeric_limits<std::int64_t>::max()};
  CHECK(rendered(event).find("9999-12-31T23:59:59.999Z") != std::string::npos);
}

}  // namespace
}  // namespace daybook::attendance
