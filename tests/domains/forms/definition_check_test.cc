// What a check says: per keyword, per field, in which words, and that it stays quick on bad input.
#include "domains/forms/definition_samples.h"
#include "domains/forms/numbers.h"
#include "domains/forms/schema.h"

#include <algorithm>
#include <chrono>
#include <compare>

using namespace daybook;
using namespace daybook::forms;

namespace {

struct Row {
  const char* schema;  // of the field "f"
  const char* value;
  const char* message;  // empty: passes
};

std::string check_field(const Row& row) {
  const auto form = schema_form("{\"properties\":{\"f\":" + std::string(row.schema) + "}}");
  const auto answer = check_text(*form, "{\"f\":" + std::string(row.value) + "}");
  return answer.starts_with("f: ") ? answer.substr(3) : "";
}

Node number(std::string_view text) {
  json::Parser parser;
  Arena arena;
  return *copy_node(*parser.parse(text, false), arena);
}

}  // namespace

TEST_CASE("each keyword has its rule and its words") {
  const Row rows[] = {
      {R"({"type":"string"})", "7", "must be a text"},
      {R"({"type":["integer","null"]})", "7.5", "must be null or a whole number"},
      {R"({"type":"integer"})", "30.0", ""},
      {R"({"type":"integer"})", "1e3", ""},
      {R"({"type":"number"})", "18446744073709551615", ""},
      {R"({"type":["number","integer"]})", "true", "must be a number"},
      {R"({"type":"boolean"})", "0", "must be true or false"},
      {R"({"type":"array"})", "{}", "must be a list"},
      {R"({"type":"object"})", "[]", "must be an object"},
      {R"({"enum":["M","F",1]})", R"("X")", "must be one of M, F, 1"},
      {R"({"enum":[1.0]})", "1", ""},
      {R"({"enum":[[1,{"a":1,"b":2}]]})", R"([1.0,{"b":2,"a":1}])", ""},
      {R"({"const":"yes"})", R"("no")", "must be yes"},
      {R"({"const":0})", "false", "must be 0"},
      {R"({"const":9007199254740992})", "9007199254740993", "must be 9007199254740992"},
      {R"({"minimum":1.5})", "1", "must be at least 1.5"},
      {R"({"minimum":9223372036854775807})", "9223372036854775806",
       "must be at least 9223372036854775807"},
      {R"({"maximum":18446744073709551614})", "18446744073709551615",
       "must be at most 18446744073709551614"},
      {R"({"exclusiveMinimum":0})", "0.0", "must be more than 0"},
      {R"({"exclusiveMaximum":10})", "10", "must be less than 10"},
      {R"({"exclusiveMaximum":10})", R"("ten")", ""},
      {R"({"multipleOf":0.01})", "4.35", ""},
      {R"({"multipleOf":0.01})", "4.355", "must be a multiple of 0.01"},
      {R"({"multipleOf":0.0001})", "0.0075", ""},
      {R"({"multipleOf":0.123456789})", "1e308", "must be a multiple of 0.123456789"},
      {R"({"multipleOf":1e-8})", "12391239123", ""},
      {R"({"multipleOf":3})", "1e22", "must be a multiple of 3"},
      {R"({"multipleOf":7})", "-21", ""},
      {R"({"minLength":2})", R"("é")", "must have at least 2 characters"},
      {R"({"minLength":1})", R"("")", "must have at least 1 character"},
      {R"({"maxLength":2})", R"("日本")", ""},
      {R"({"maxLength":1})", R"("ab")", "must have at most 1 character"},
      {R"({"format":"email"})", R"("a@b")", "must be an e-mail address"},
      {R"({"format":"phone"})", R"("12")", "must be a phone number"},
      {R"({"pattern":"^[a-z]+$"})", R"("a1")", "must match the pattern asked for"},
      {R"({"minItems":1})", "[]", "must have at least 1 item"},
      {R"({"maxItems":1})", "[1,2]", "must have at most 1 item"},
      {R"({"uniqueItems":true})", R"([1,{"a":1},1.0])", "must not have the same item twice"},
      {R"({"uniqueItems":true})", R"([1,true,"1",null,[1],{"a":1},{"a":2}])", ""},
      {R"({"anyOf":[{"type":"string"},{"minimum":5}]})", "4", "must fit one of the alternatives"},
      {R"({"oneOf":[{"minimum":1},{"maximum":5}]})", "3",
       "must fit exactly one of the alternatives"},
      {R"({"allOf":[{"minimum":1},{"maximum":5}]})", "7", "must be at most 5"},
      {R"({"not":{"const":1}})", "1", "is not allowed"},
      {R"(false)", "1", "is not allowed"},
      {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":3}})", R"("a")",
       "must have at least 2 characters"},
      {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":3}})", "1",
       "must be at least 3"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.schema, row.value);
    CHECK(check_field(row) == row.message);
  }
}

TEST_CASE("errors name the field as a path, each field once, in the order of the definition") {
  const auto form =
      schema_form(R"({"properties":{"name":{"minLength":5,"pattern":"^[A-Z]"},)"
                  R"("address":{"type":"object","properties":{"street":{"type":"string"}},)"
                  R"("required":["city"],"additionalProperties":false},)"
                  R"("tags":{"items":{"type":"string","maxLength":3}}},"required":["gone","name"],)"
                  R"("dependentRequired":{"tags":["owner"]}})");
  CHECK(check_text(*form, R"({"tags":["ab",5,"long"],"address":{"street":1,"zip":"x"},)"
                          R"("name":"ab"})") ==
        "name: must have at least 5 characters\n"
        "address.street: must be a text\n"
        "address.city: required field missing\n"
        "address.zip: is not a field of this form\n"
        "tags[1]: must be a text\n"
        "tags[2]: must have at most 3 characters\n"
        "gone: required field missing\n"
        "owner: required field missing");
}

TEST_CASE("an error carries a stable code and the first one is the message") {
  const auto form = schema_form(
      R"({"properties":{"a":{"minLength":2}},"additionalProperties":false,"required":["b"]})");
  json::Parser parser;
  Arena arena;
  const auto body = parser.parse(R"({"a":"x","c":1})", false);
  const auto refused = form->check(*copy_node(*body, arena), false, arena);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message == "a must have at least 2 characters");
  std::string codes;
  for (const auto& error : refused.error().fields) codes += error.field + "=" + error.code + " ";
  CHECK(codes == "a=min_length b=required c=unknown_field ");
}

TEST_CASE("a body that is no object, or breaks a rule of the whole, is an error without a field") {
  const auto form = schema_form(R"({"anyOf":[{"required":["phone"]},{"required":["email"]}]})");
  CHECK(check_text(*form, "[1]") == ": the body must be an object");
  CHECK(check_text(*form, "{\"x\":1}") == ": must fit one of the alternatives");
  CHECK(check_text(*form, "{\"email\":1}") == "{\"email\":1}");
}

TEST_CASE("a rule on one field may follow from another") {
  const auto form =
      schema_form(R"({"properties":{"kind":{"enum":["person","firm"]},"vat":{"type":"string"}},)"
                  R"("if":{"properties":{"kind":{"const":"firm"}},"required":["kind"]},)"
                  R"("then":{"required":["vat"]}})");
  CHECK(check_text(*form, R"({"kind":"firm"})") == "vat: required field missing");
  CHECK(check_text(*form, R"({"kind":"person"})") == R"({"kind":"person"})");
}

TEST_CASE("own messages stand before the default ones, by keyword and by field") {
  const auto form = definition_of(
      R"({"schema":{"properties":{"a":{"type":"string","minLength":3,"maxLength":5},)"
      R"("b":{"items":{"type":"string"}}},"required":["a"]},)"
      R"("messages":{"a":{"required":"give an a","minLength":"too short","*":"a is wrong"},)"
      R"("b":"b is wrong"}})");
  CHECK(check_text(*form, "{}") == "a: give an a");
  CHECK(check_text(*form, R"({"a":"x"})") == "a: too short");
  CHECK(check_text(*form, R"({"a":"123456"})") == "a: a is wrong");
  CHECK(check_text(*form, R"({"a":1,"b":["x",2]})") == "a: a is wrong\nb[1]: b is wrong");
}

TEST_CASE("numbers compare by value across integers and reals") {
  const std::pair<const char*, const char*> ascending[] = {
      {"-1e300", "-9223372036854775808"},
      {"-9223372036854775808", "-9223372036854775807"},
      {"-0.5", "0"},
      {"0", "0.5"},
      {"9007199254740992.0", "9007199254740993"},
      {"9223372036854775807", "9223372036854775808"},
      {"9223372036854775807", "9223372036854775808.0"},
      {"18446744073709551615", "18446744073709551616.0"},
      {"18446744073709551615", "1e300"}};
  for (const auto& [low, high] : ascending) {
    CAPTURE(low, high);
    CHECK(std::is_lt(compare_numbers(number(low), number(high))));
    CHECK(std::is_gt(compare_numbers(number(high), number(low))));
    CHECK(std::is_eq(compare_numbers(number(low), number(low))));
  }
  CHECK(std::is_eq(compare_numbers(number("-0.0"), number("0"))));
  CHECK(
      std::is_eq(compare_numbers(number("9223372036854775808"), number("9223372036854775808.0"))));
}

TEST_CASE("a body of many errors is answered with the first hundred") {
  const auto form = schema_form(R"({"properties":{"a":{"items":{"type":"string"}}}})");
  std::string body = "{\"a\":[0";
  for (int i = 0; i < 100'000; ++i) body += ",0";
  const auto answer = check_text(*form, body + "]}");
  CHECK(std::count(answer.begin(), answer.end(), '\n') == 99);
}

TEST_CASE("uniqueItems and a hostile pattern take time in line with the body") {
  const auto form = schema_form(
      R"({"properties":{"a":{"uniqueItems":true},"b":{"pattern":"^(a|aa)*(a|b|ab)*c$"}}})");
  std::string body = "{\"a\":[[0]";
  for (int i = 1; i < 50'000; ++i) body += ",[" + std::to_string(i) + "]";
  body += "],\"b\":\"" + std::string(60'000, 'a') + "\"}";
  const auto before = std::chrono::steady_clock::now();
  CHECK(check_text(*form, body) == "b: must match the pattern asked for");
  // Quadratic or exponential would be hours; generous for a sanitizer on a busy machine.
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(20));
}

TEST_CASE("a body that would take long to check is refused, whatever the form asks") {
  std::string numbers = "[100000";
  for (int i = 1; i < 150'000; ++i) numbers += "," + std::to_string(100'000 + i);
  numbers += "]";
  const auto all_of = [](const std::string& schema) {
    std::string text = R"({"allOf":[)" + schema;
    for (int i = 1; i < 50; ++i) text += "," + schema;
    return text + "]}";
  };
  const std::string letters = "\"" + std::string(64'000, 'a') + "\"";
  const std::pair<std::string, std::string> rows[] = {
      {all_of(R"({"uniqueItems":true})"), numbers},
      {"{\"items\":" + all_of(R"({"minimum":0})") + "}", numbers},
      {"{\"items\":" + all_of(R"({"oneOf":[{"enum":[1]},{"not":{"enum":["x"]}}]})") + "}", numbers},
      {R"({"not":{"items":)" + all_of(R"({"minimum":0})") + "}}", numbers},
      {R"({"pattern":"(?:a?){900}c"})", letters},
      {R"({"pattern":"a[ab]{900}c"})", letters},
  };
  for (const auto& [schema, value] : rows) {
    const auto form = schema_form("{\"properties\":{\"a\":" + schema + "}}");
    INFO(schema);
    json::Parser parser;
    Arena arena;
    const auto body = parser.parse("{\"a\":" + value + "}", false);
    REQUIRE(body.ok());
    const auto answer = form->check(*copy_node(*body, arena), false, arena);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == Errc::too_large);
  }
}

TEST_CASE("large bodies and long texts of ordinary forms are checked to the end") {
  std::string list = "[0";
  for (int i = 1; i < 300'000; ++i) list += ",0";
  list += "]";
  const auto form = schema_form(
      R"({"properties":{"list":{"items":{"type":"integer"}},"note":{"pattern":"^[\\p{L} .]*$"},)"
      R"("short":{"pattern":"^.{1,150}$"},"name":{"pattern":"^[A-Z][a-z]{0,49}$"}}})");
  const std::string body = R"({"list":)" + list + R"(,"note":")" + std::string(60'000, 'a') +
                           R"(","short":")" + std::string(140, 'a') + R"(","name":"Ann"})";
  CHECK(check_text(*form, body) == body);
}

TEST_CASE("values too long to be told are not told") {
  const std::string text = "\"" + std::string(600, 'x') + "\"";
  const auto form = schema_form("{\"properties\":{\"f\":{\"const\":" + text + "}}}");
  CHECK(check_text(*form, R"({"f":1})") == "f: is not one of the allowed values");
}

TEST_CASE("the name of a field in an error is cut at a limit, between two letters") {
  const auto form =
      schema_form(R"({"additionalProperties":{"additionalProperties":{"type":"string"}}})");
  std::string name;
  for (int i = 0; i < 100'000; ++i) name += "\u00fc";
  const auto answer = check_text(*form, "{\"x" + name + "\":{\"a\":1,\"b\":2}}");
  CHECK(answer == "x" + name.substr(0, field_bytes_max - 2) + ".: must be a text");
}
