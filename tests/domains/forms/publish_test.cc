// How the events look outside, as the documents say it.
#include "domains/forms/domain.h"

#include <catch2/catch.hpp>

namespace daybook::forms {
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

TEST_CASE("a submission leaves as itself, spam under another name") {
  Event event;
  event.form = "f";
  event.version = 3;
  event.at = UnixUs{1'774'785'600'123'456};
  event.day = Day{20'541};
  event.body = R"({"name":"Ann"})";
  CHECK(outlined(event) == R"(submitted f 3 {"name":"Ann"})");
  const std::string head = R"({"id":"00000000-0000-0000-0000-000000000009","form":"f","version":3,)"
                           R"("at":"2026-03-29T12:00:00.123Z","day":"2026-03-29")";
  CHECK(rendered(event) == head + R"(,"body":{"name":"Ann"}})");
  event.spam = Spam::too_fast;
  CHECK(outlined(event) == R"(spam f 3 {"name":"Ann"})");
  CHECK(rendered(event) == head + R"(,"spam":"too_fast","body":{"name":"Ann"}})");
}

TEST_CASE("a definition and verdicts leave whole, with no row of their own") {
  Event event;
  event.kind = Kind::form_defined;
  event.form = "f";
  event.version = 1;
  event.definition = R"({"schema":{}})";
  CHECK(outlined(event) == "form_defined f 1 ");
  CHECK(rendered(event) ==
        R"({"form":"f","version":1,"at":"1970-01-01T00:00:00.000Z","definition":{"schema":{}}})");
  const Finding finding{"/name", "darn", "en"};
  Event verdict;
  verdict.kind = Kind::flagged;
  verdict.form = "f";
  verdict.submission.bytes[0] = 1;
  verdict.position = Position{7};
  verdict.by = "moderator";
  verdict.findings = {&finding, 1};
  const std::string head =
      R"({"form":"f","submission":"01000000-0000-0000-0000-000000000000","position":"7",)"
      R"("at":"1970-01-01T00:00:00.000Z","by":"moderator")";
  CHECK(outlined(verdict) == "flagged f 0 ");
  CHECK(rendered(verdict) ==
        head + R"(,"findings":[{"field":"/name","word":"darn","language":"en"}]})");
  verdict.kind = Kind::cleared;
  CHECK(outlined(verdict) == "cleared f 0 ");
  CHECK(rendered(verdict) == head + "}");
}

TEST_CASE("a form has the columns of its present version") {
  View view{Policy{}};
  CHECK_FALSE(Domain::columns(view, "f").has_value());
  Event event;
  event.kind = Kind::form_defined;
  event.form = "f";
  for (const std::string_view definition : {R"({"schema":{"properties":{"old":{},"name":{}}}})",
                                            R"({"schema":{"properties":{"name":{},"mail":{}}}})"}) {
    ++event.version;
    event.definition = definition;
    Domain::project(view, event, EventMeta{Position{event.version}, {}, {}});
  }
  const auto columns = Domain::columns(view, "f");
  REQUIRE(columns.has_value());
  CHECK(columns->version == 2);
  CHECK(columns->names == std::vector<std::string>{"name", "mail"});
}

}  // namespace
}  // namespace daybook::forms
