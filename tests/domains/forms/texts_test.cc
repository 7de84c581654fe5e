// Times and ids as texts, CSV cells, the rate bucket: tables.
#include "domains/forms/csv.h"
#include "domains/forms/rate_bucket.h"
#include "domains/forms/times.h"

#include <catch2/catch.hpp>

namespace daybook::forms {
namespace {

TEST_CASE("times are read in every form a query may have and written in one") {
  struct Case {
    const char* text;
    const char* same;
  };
  const Case good[] = {
      {"2026-03-10", "2026-03-10T00:00:00.000Z"},
      {"2026-03-10T12:34:56Z", "2026-03-10T12:34:56.000Z"},
      {"2026-03-10t12:34:56.789z", "2026-03-10T12:34:56.789Z"},
      {"2026-03-10T12:34:56.7891239Z", "2026-03-10T12:34:56.789Z"},
      {"2026-03-10T12:34:56+07:00", "2026-03-10T05:34:56.000Z"},
      {"2026-03-10T12:34:56 07:00", "2026-03-10T05:34:56.000Z"},
      {"2026-03-10T20:34:56-05:30", "2026-03-11T02:04:56.000Z"},
      {"0", "1970-01-01T00:00:00.000Z"},
      {"1773146096789", "2026-03-10T12:34:56.789Z"},
  };
  for (const Case& c : good) {
    INFO(c.text);
    const auto at = parse_time(c.text);
    REQUIRE(at.has_value());
    CHECK(time_text(*at) == c.same);
  }
  CHECK(parse_time("2026-03-10T12:34:56.000001Z")->value % 1000 == 1);
  for (const char* bad :
       {"", "x", "-1", "2026-02-30", "2026-03-10T", "2026-03-10T12:34Z", "2026-03-10T12:34:56",
        "2026-03-10T24:00:00Z", "2026-03-10T12:60:00Z", "2026-03-10T12:34:56+7:00",
        "2026-03-10T12:34:56+0700", "2026-03-10T12:34:56Zx", "2026-03-10T12-34-56Z", "1.5",
        "999999999999999", "99999999999999999999"}) {
    INFO(bad);
    CHECK_FALSE(parse_time(bad).has_value());
  }
  CHECK(time_text({-1}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("an id is a text of 36 characters and back") {
  Id128 id;
  for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 17);
  const std::string text = id_text(id);
  CHECK(text == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(parse_id(text) == id);
  CHECK(parse_id("00112233-4455-6677-8899-AABBCCDDEEFF") == id);
  for (const char* bad :
       {"", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeefg",
        "001122334-455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef-"}) {
    INFO(bad);
    CHECK_FALSE(parse_id(bad).has_value());
  }
}

TEST_CASE("cells are quoted when they must be and can never be a formula") {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"Jörg, Ü.", "\"Jörg, Ü.\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
      {"+60123456789", "'+60123456789"},
      {"-5", "-5"},
      {"-5.25e-3", "-5.25e-3"},
      {"-", "'-"},
      {"-5+cmd", "'-5+cmd"},
      {"-5.", "'-5."},
      {"-1e", "'-1e"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"\r=1", "\"'\r=1\""},
      {"\n=1", "\"'\n=1\""},
      {" =1", " =1"},
      {"a=1", "a=1"},
  };
  for (const auto& [text, cell] : rows) {
    std::string out;
    append_cell(out, text);
    INFO(text);
    CHECK(out == cell);
  }
}

TEST_CASE("a table has the fixed columns, the form's own, and the rest as one") {
  CsvTable table({"id", "at"}, {"name", "id", "tags", "=x", "other"});
  std::string out;
  table.append_header(out);
  table.append_row(out, {"1", "noon"},
                   R"({"extra":{"a":[1,2]},"name":"Ann, B.","id":-7,"tags":["x","y"],"z":null})");
  table.append_row(out, {"2", "one"}, R"({"name":null,"=x":"=x","other":true})");
  table.append_row(out, {"3", "two"}, "not json");
  CHECK(out ==
        "id,at,name,body.id,tags,'=x,body.other,other\r\n"
        "1,noon,\"Ann, B.\",-7,\"[\"\"x\"\",\"\"y\"\"]\",,,"
        "\"{\"\"extra\"\":{\"\"a\"\":[1,2]},\"\"z\"\":null}\"\r\n"
        "2,one,,,,'=x,true,\r\n"
        "3,two,,,,,,not json\r\n");
}

TEST_CASE("a bucket gives its burst at once, then one token at a time") {
  constexpr std::int64_t second = 1'000'000;
  const Rate rate{60, 3};  // one a second, three at once
  RateBucket bucket;
  UnixUs now{1'800'000'000 * second};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(bucket.wait_s(rate, now) == 0);
    bucket.take(rate, now);
  }
  CHECK(bucket.wait_s(rate, now) == 1);
  CHECK(bucket.wait_s(rate, {now.value + second - 1}) == 1);
  CHECK(bucket.wait_s(rate, {now.value + second}) == 0);
  bucket.take(rate, {now.value + second});
  CHECK(bucket.wait_s(rate, {now.value + second}) == 1);
  // A long rest fills it to its burst, not beyond.
  now.value += 1000 * second;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(bucket.wait_s(rate, now) == 0);
    bucket.take(rate, now);
  }
  CHECK(bucket.wait_s(rate, now) == 1);
}

TEST_CASE("a bucket has no limit without a rate, says longer waits, and outlives a wrong clock") {
  constexpr std::int64_t second = 1'000'000;
  RateBucket bucket;
  for (int i = 0; i < 1000; ++i) bucket.take({0, 0}, {5});
  CHECK(bucket.wait_s({0, 0}, {5}) == 0);
  const Rate slow{2, 1};
  bucket.take(slow, {100 * second});
  CHECK(bucket.wait_s(slow, {100 * second}) == 30);
  CHECK(bucket.wait_s(slow, {101 * second}) == 29);
  CHECK(bucket.wait_s(slow, {130 * second}) == 0);
  // The clock was an hour ahead: the bucket is not closed for that hour.
  bucket.take(slow, {3700 * second});
  CHECK(bucket.wait_s(slow, {131 * second}) == 0);
  bucket.take(slow, {131 * second});
  CHECK(bucket.wait_s(slow, {131 * second}) == 30);
}

}  // namespace
}  // namespace daybook::forms
