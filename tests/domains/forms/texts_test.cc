// CSV cells, the rate bucket: tables.
#include "domains/forms/csv.h"
#include "domains/forms/rate_bucket.h"

#include <catch2/catch.hpp>

namespace daybook::forms {
namespace {

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
  std::string out;
  append_cell(out, std::string_view("a\0,=", 4));
  CHECK(out == "\"a\xEF\xBF\xBD,=\"");
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
