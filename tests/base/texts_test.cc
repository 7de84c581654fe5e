#include <daybook/texts.h>

#include <catch2/catch.hpp>

namespace daybook {
namespace {

TEST_CASE("an instant is written and read back as RFC 3339") {
  struct Row {
    std::int64_t us;
    const char* text;
  };
  const Row rows[] = {{0, "1970-01-01T00:00:00.000Z"},
                      {1'773'144'000'123'456, "2026-03-10T12:00:00.123Z"},
                      {951'782'400'000'000, "2000-02-29T00:00:00.000Z"},
                      {253'402'300'799'999'000, "9999-12-31T23:59:59.999Z"}};
  for (const Row& row : rows) {
    CHECK(time_text(UnixUs{row.us}) == row.text);
    REQUIRE(parse_time(row.text).has_value());
    CHECK(parse_time(row.text)->value == row.us / 1000 * 1000);
  }
}

TEST_CASE("times are read with their offset, as dates and as epoch milliseconds") {
  const std::int64_t noon = 1'773'144'000'000'000;
  for (const char* text : {"2026-03-10T12:00:00Z", "2026-03-10T19:00:00+07:00",
                           "2026-03-10T19:00:00 07:00", "2026-03-10t05:30:00-06:30",
                           "2026-03-10 12:00:00z", "1773144000000", "2026-03-10T08:30:00-03:30"}) {
    INFO(text);
    REQUIRE(parse_time(text).has_value());
    CHECK(parse_time(text)->value == noon);
  }
  CHECK(parse_time("2026-03-10")->value == noon - 12 * 3'600'000'000);
  CHECK(parse_time("2026-03-10T12:00:00.5Z")->value == noon + 500'000);
  CHECK(parse_time("2026-03-10T12:00:00.123456789Z")->value == noon + 123'456);
  CHECK(parse_time("0")->value == 0);
}

TEST_CASE("what is no time is not read as one") {
  for (const char* text : {"",
                           "now",
                           "-1",
                           "2026-02-30",
                           "2026-03-10T12:00:00",
                           "2026-03-10T25:00:00Z",
                           "2026-03-10T12:60:00Z",
                           "2026-03-10T12:00:00+25:00",
                           "253402300800000",
                           "2026-03-10T12:00Z",
                           "2026-03-10T12:00:00.5",
                           "2026-3-10",
                           "1e12",
                           "2026-02-30T12:00:00Z",
                           "2026-03-10T12:00:61Z",
                           "2026-03-10T12:00:00.Z",
                           "2026-03-10T12:00:00+7",
                           "2026-03-10T12:00:00ZZ",
                           "1970-01-01T00:00:00+00:01",
                           "2026-03-10T12:00:00.",
                           "2026-03-10T1-:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("an id is written as a UUID and read back, in either case") {
  Id128 id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 17);
  CHECK(id_text(id) == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(parse_id("00112233-4455-6677-8899-AABBCCDDEEFF") == id);
  for (const char* text :
       {"", "00112233-4455-6677-8899-aabbccddeef", "00112233445566778899aabbccddeeff",
        "0011223g-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff0"})
    CHECK_FALSE(parse_id(text).has_value());
}

TEST_CASE("an origin is a scheme, a host and maybe a port, as browsers send it") {
  for (const char* text : {"http://localhost:3000", "https://example.org", "http://[::1]:8080"})
    CHECK(is_origin(text));
  for (const char* text : {"", "*", "null", "localhost:3000", "http://", "http://localhost:3000/",
                           "https://Example.org", "ftp://example.org", "https://a b",
                           "https://example.org/page", "https://me@example.org"})
    CHECK_FALSE(is_origin(text));
}

}  // namespace
}  // namespace daybook
