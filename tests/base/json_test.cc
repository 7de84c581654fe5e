#include "base/random.h"
#include "support/seed.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <cmath>

namespace daybook::json {
namespace {

Errc parse_error(std::string_view text) {
  Parser parser;
  const auto parsed = parser.parse(text, false);
  INFO(text.substr(0, 80));
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().code;
}

TEST_CASE("a value keeps its kind and content") {
  Parser parser;
  const auto parsed =
      parser.parse(R"({"a":"x\u00e9","b":-5,"c":18446744073709551615,"d":1.5,"e":true,"f":null,)"
                   R"("g":[1,"2"],"h":{}})",
                   false);
  REQUIRE(parsed.ok());
  const Value& v = *parsed;
  CHECK(v.find("a")->string() == "x\xC3\xA9");
  CHECK(v.find("b")->as_int64() == -5);
  CHECK_FALSE(v.find("c")->as_int64().has_value());
  CHECK(v.find("c")->as_double() == 18446744073709551615.0);
  CHECK(v.find("d")->as_double() == 1.5);
  CHECK(v.find("e")->boolean());
  CHECK(v.find("f")->is_null());
  CHECK(v.find("h")->is_object());
  CHECK_FALSE(v.find("z").has_value());
  std::size_t elements = 0;
  v.find("g")->each_element([&](const Value&) { ++elements; });
  CHECK(elements == 2);
  CHECK(v.find("g")->to_string() == R"([1,"2"])");
}

TEST_CASE("whole numbers written with a point are whole, others are not") {
  Parser parser;
  const auto parsed = parser.parse("[30.0, 30.5, 1e3, 1e300]", false);
  REQUIRE(parsed.ok());
  std::vector<std::optional<std::int64_t>> numbers;
  parsed->each_element([&](const Value& v) { numbers.push_back(v.as_int64()); });
  CHECK(numbers == std::vector<std::optional<std::int64_t>>{30, std::nullopt, 1000, std::nullopt});
}

TEST_CASE("what is not JSON is malformed") {
  CHECK(parse_error("") == Errc::malformed);
  CHECK(parse_error("   ") == Errc::malformed);
  CHECK(parse_error("{") == Errc::malformed);
  CHECK(parse_error(R"({"a":1,})") == Errc::malformed);
  CHECK(parse_error(R"({"a":1} x)") == Errc::malformed);
  CHECK(parse_error(R"({"a":1}{"a":1})") == Errc::malformed);
  CHECK(parse_error(R"({'a':1})") == Errc::malformed);
  CHECK(parse_error("{\"a\":\"\xFF\"}") == Errc::malformed);
  CHECK(parse_error("{\"a\":\"\xC3\"}") == Errc::malformed);
  CHECK(parse_error("{\"a\":\"b\nc\"}") == Errc::malformed);
  CHECK(parse_error(R"({"a":"\ud800"})") == Errc::malformed);
  CHECK(parse_error(R"({"a":1e999})") == Errc::malformed);
  CHECK(parse_error(R"({"a":123456789012345678901234567890})") == Errc::malformed);
  CHECK(parse_error(R"({"a":NaN})") == Errc::malformed);
  CHECK(parse_error(R"({"a":01})") == Errc::malformed);
  CHECK(parse_error("\xEF\xBB\xBF{}") == Errc::malformed);
}

TEST_CASE("a depth bomb is refused and the parser lives on") {
  Parser parser;
  for (const std::size_t depth : {33U, 1000U, 100'000U}) {
    const auto parsed = parser.parse(std::string(depth, '[') + std::string(depth, ']'), false);
    CHECK_FALSE(parsed.ok());
  }
  CHECK(parser.parse("[[[[]]]]", false).ok());
  const std::string large = "[\"" + std::string(1'000'000, 'x') + "\"]";
  REQUIRE(parser.parse(large, false).ok());
  CHECK_FALSE(parser.parse(std::string(40, '[') + std::string(40, ']'), false).ok());
}

TEST_CASE("duplicate keys are refused by name, at any depth, in small and large objects") {
  Parser parser;
  const auto top = parser.parse(R"({"userId":"a","x":1,"userId":"b"})", false);
  REQUIRE_FALSE(top.ok());
  CHECK(top.error().fields.at(0).field == "userId");
  CHECK(top.error().fields.at(0).code == "duplicate_key");
  CHECK_FALSE(parser.parse(R"({"a":[{"b":{"c":1,"c":2}}]})", false).ok());
  CHECK_FALSE(parser.parse(R"({"a":1,"\u0061":2})", false).ok());
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK(parser.parse(many + "\"last\":1}", false).ok());
  CHECK_FALSE(parser.parse(many + "\"k0\":1}", false).ok());
  CHECK_FALSE(parser.parse(many + "\"k99\":1}", false).ok());
}

TEST_CASE("an object with too many members is refused") {
  Parser parser;
  std::string text = "{";
  for (std::size_t i = 0; i <= members_max; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text.back() = '}';
  const auto parsed = parser.parse(text, false);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().fields.at(0).code == "too_many_members");
}

TEST_CASE("what the writer writes the parser reads back") {
  Rng rng(test::test_seed());
  Parser parser;
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::size_t i = rng.below(20); i > 0; --i)
      text.push_back(static_cast<char>(rng.below(128)));
    const auto number = static_cast<std::int64_t>(rng.next());
    const double real =
        std::ldexp(static_cast<double>(rng.next() >> 11), static_cast<int>(rng.below(80)) - 60);
    std::string out;
    Writer(out)
        .begin_object()
        .member("t", text)
        .member("n", number)
        .key("r")
        .real(real)
        .key("a")
        .begin_array()
        .null()
        .boolean(true)
        .raw("[]")
        .end_array()
        .end_object();
    const auto parsed = parser.parse(out, false);
    INFO(out);
    REQUIRE(parsed.ok());
    CHECK(parsed->find("t")->string() == text);
    CHECK(parsed->find("n")->as_int64() == number);
    CHECK(parsed->find("r")->as_double() == real);
  }
}

TEST_CASE("a number that is not finite is written as null") {
  std::string out;
  Writer(out).begin_array().real(std::nan("")).real(INFINITY).end_array();
  CHECK(out == "[null,null]");
}

}  // namespace
}  // namespace daybook::json
