#include "cli/event_lines.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include "cli/admin_data.h"

namespace daybook::cli {
namespace {

log::EventView sample(std::string_view key) {
  log::EventView event;
  event.position = {42};
  event.topic = {1};
  event.schema_version = 3;
  event.event_id.bytes = {0x01, 0x90, 0xc7, 0xa4, 0, 0x11, 0x72, 0x22,
                          0x83, 0x33, 0,    0,    0, 0,    0,    0xff};
  event.server_time = {1'769'846'400'000'123};
  event.idempotency_key = key;
  return event;
}

std::string line_of(const log::EventView& event, const LineFormat& format) {
  std::string out;
  append_event_line(out, event, "attendance", format);
  return out;
}

TEST_CASE("times are RFC 3339 with microseconds, before 1970 too") {
  CHECK(time_text({0}) == "1970-01-01T00:00:00.000000Z");
  CHECK(time_text({1'769'846'400'000'123}) == "2026-01-31T08:00:00.000123Z");
  CHECK(time_text({-1}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("an event is one line with all that its envelope says") {
  const std::string text = line_of(sample("key-1"), {});
  CHECK(text ==
        "42            attendance  2026-01-31T08:00:00.000123Z  "
        "0190c7a4-0011-7222-8333-0000000000ff  "
        "      3      0  key-1\n");
  const std::string json = line_of(sample("key-1"), {true, false});
  CHECK(json == R"({"position":42,"topic":"attendance",)"
                R"("time":"2026-01-31T08:00:00.000123Z",)"
                R"("eventId":"0190c7a4-0011-7222-8333-0000000000ff",)"
                R"("schemaVersion":3,"idempotencyKey":"key-1",)"
                R"("payloadBytes":0})"
                "\n");
}

TEST_CASE("the column heads stand over their columns") {
  const std::string head = event_line_head({});
  const std::string line = line_of(sample("k"), {});
  CHECK(head.find("topic") == line.find("attendance"));
  CHECK(head.find("time") == line.find("2026"));
  CHECK(head.find("event id") == line.find("0190c7a4"));
  CHECK(head.find("key") == line.find("k\n"));
  CHECK(event_line_head({true, true}).empty());
}

TEST_CASE("a payload is shown in hexadecimal only when asked for") {
  const std::array<std::uint8_t, 3> payload{0x00, 0xab, 0xff};
  log::EventView event = sample({});
  event.payload = payload;
  CHECK(line_of(event, {false, true}).ends_with("    3  -  00abff\n"));
  CHECK(line_of(event, {true, true})
            .ends_with(R"("payloadBytes":3,"payload":"00abff"})"
                       "\n"));
  CHECK(line_of(event, {true, false}).ends_with("\"payloadBytes\":3}\n"));
}

TEST_CASE("bytes of a client cannot break out of their line") {
  for (const std::string_view key : {"a\nb", "a\x1b[31mb", "a\xff\xfe", "a\\nb", "a\tb"}) {
    const std::string text = line_of(sample(key), {});
    CHECK(text.find('\n') == text.size() - 1);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
    const std::string json = line_of(sample(key), {true, false});
    CHECK(json.find('\n') == json.size() - 1);
    json::Parser parser;
    CHECK(parser.parse(json, false).ok());
  }
}

TEST_CASE("numbers and sizes read well") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(12345678) == "12,345,678");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(std::uint64_t{3} << 30) == "3.0 GiB");
}

}  // namespace
}  // namespace daybook::cli
