// The clean-up rules and what becomes of the texts of an HTML form.
#include "domains/forms/clean.h"
#include "domains/forms/definition_samples.h"

using namespace daybook;
using namespace daybook::forms;

namespace {

// The value of "f" after the clean-up `rules`, or the error.
std::string cleaned(std::string_view rules, std::string_view value,
                    std::string_view schema = "true") {
  const auto form = definition_of("{\"schema\":{\"properties\":{\"f\":" + std::string(schema) +
                                  "}},\"clean\":{\"f\":" + std::string(rules) + "}}");
  return check_text(*form, "{\"f\":" + std::string(value) + "}");
}

std::string from_form(std::string_view schema, std::string_view value) {
  const auto form = schema_form("{\"properties\":{\"f\":" + std::string(schema) + "}}");
  return check_text(*form, "{\"f\":" + std::string(value) + "}", true);
}

}  // namespace

TEST_CASE("each clean-up rule does its one thing") {
  CHECK(cleaned(R"(["trim"])", R"("  a b\t\n")") == R"({"f":"a b"})");
  CHECK(cleaned(R"(["trim"])", R"("\u00a0\u3000x\ufeff\u2028")") == R"({"f":"x"})");
  CHECK(cleaned(R"(["trim"])", R"(" é ")") == "{\"f\":\"é\"}");
  CHECK(cleaned(R"(["trim"])", R"(" \u00a0 ")") == R"({"f":""})");
  CHECK(cleaned(R"(["trim"])", "7") == R"({"f":7})");
  CHECK(cleaned(R"(["lowercase"])", R"("AbC ÄÖ [")") == "{\"f\":\"abc ÄÖ [\"}");
  CHECK(cleaned(R"(["text"])", "8.5") == R"({"f":"8.5"})");
  CHECK(cleaned(R"(["text"])", "18446744073709551615") == R"({"f":"18446744073709551615"})");
  CHECK(cleaned(R"(["text"])", "-3") == R"({"f":"-3"})");
  CHECK(cleaned(R"(["text"])", "true") == R"({"f":true})");
  CHECK(cleaned(R"(["drop_empty"])", R"("")") == "{}");
  CHECK(cleaned(R"(["drop_empty"])", R"(" ")") == R"({"f":" "})");
  CHECK(cleaned(R"(["trim","drop_empty"])", R"(" ")") == "{}");
  CHECK(cleaned("[]", R"("")") == R"({"f":""})");
}

TEST_CASE("an e-mail address gets its normal form, anything else is left alone") {
  const std::pair<const char*, const char*> rows[] = {
      {"Ann.Bee@Example.ORG", "ann.bee@example.org"},
      {"Ann.Bee+news@Gmail.com", "annbee@gmail.com"},
      {"a.n.n@googlemail.com", "ann@gmail.com"},
      {"ann+tag@example.org", "ann+tag@example.org"},
      {"ann@mail.gmail.com", "ann@mail.gmail.com"},
      {"+tag@gmail.com", "+tag@gmail.com"},
      {"Not An Address@gmail.com", "Not An Address@gmail.com"},
      {"a..b@gmail.com", "a..b@gmail.com"},
  };
  for (const auto& [given, normal] : rows)
    CHECK(cleaned(R"(["normalize_email"])", "\"" + std::string(given) + "\"") ==
          "{\"f\":\"" + std::string(normal) + "\"}");
}

TEST_CASE("a default stands for a field that is missing, null or empty") {
  const auto form = definition_of(
      R"({"schema":{"properties":{"a":{},"b":{"type":"string"},"c":{"type":"array"}}},)"
      R"("clean":{"b":["trim",{"default":"N.A."}],"c":[{"default":[1,{"x":2}]}]}})");
  CHECK(check_text(*form, "{}") == R"({"b":"N.A.","c":[1,{"x":2}]})");
  CHECK(check_text(*form, R"({"b":null,"z":1})") == R"({"z":1,"b":"N.A.","c":[1,{"x":2}]})");
  CHECK(check_text(*form, R"({"b":" ","c":[]})") == R"({"c":[],"b":"N.A."})");
  CHECK(check_text(*form, R"({"b":"x"})") == R"({"b":"x","c":[1,{"x":2}]})");
}

TEST_CASE("an empty text is no value for a required field") {
  const auto form =
      definition_of(R"({"schema":{"properties":{"a":{"type":"string"},"b":{}},"required":["a"]},)"
                    R"("clean":{"a":["trim"]}})");
  CHECK(check_text(*form, R"({"a":"  ","b":""})") == "a: required field missing");
  CHECK(check_text(*form, R"({"a":"x","b":""})") == R"({"a":"x","b":""})");
}

TEST_CASE("unknown members are kept as they came, the honeypot is not") {
  const auto form = definition_of(R"({"schema":{"properties":{"a":{}}},"honeypot":"website"})");
  CHECK(check_text(*form, R"({"x":[1, 2.50,{"y":null}],"a":1,"website":"","w":1e300})") ==
        R"({"x":[1,2.5,{"y":null}],"a":1,"w":1e+300})");
  const auto closed = definition_of(
      R"({"schema":{"properties":{"a":{}},"additionalProperties":false},"honeypot":"website"})");
  CHECK(check_text(*closed, R"({"a":1,"website":""})") == R"({"a":1})");
}

TEST_CASE("the texts of an HTML form become what the schema asks for") {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {R"({"type":"number"})", R"("38")", R"({"f":38})"},
      {R"({"type":"integer"})", R"(" +038 ")", R"({"f":38})"},
      {R"({"type":"number"})", R"("-1.5e3")", R"({"f":-1500})"},
      {R"({"type":"number"})", R"("18446744073709551615")", R"({"f":18446744073709551615})"},
      {R"({"type":"integer"})", R"("3.5")", "f: must be a whole number"},
      {R"({"type":"number"})", R"("0x10")", "f: must be a number"},
      {R"({"type":"number"})", R"("inf")", "f: must be a number"},
      {R"({"type":"number"})", R"("1e999")", "f: must be a number"},
      {R"({"type":"number"})", R"("+-1")", "f: must be a number"},
      {R"({"type":"number"})", R"("38")", R"({"f":38})"},
      {R"({"type":["number","string"]})", R"("38")", R"({"f":"38"})"},
      {R"({"enum":[1,2]})", R"("2")", R"({"f":2})"},
      {R"({"type":"boolean"})", R"("on")", R"({"f":true})"},
      {R"({"type":"boolean"})", R"("false")", R"({"f":false})"},
      {R"({"type":"boolean"})", R"("yes")", "f: must be true or false"},
      {R"({"type":"string"})", R"("on")", R"({"f":"on"})"},
      {R"({"type":"array"})", R"("a")", R"({"f":["a"]})"},
      {R"({"type":"array","items":{"type":"integer"}})", R"(["1","2"])", R"({"f":[1,2]})"},
      {R"({"type":"array","items":{"type":"integer"}})", R"("7")", R"({"f":[7]})"},
      {R"({"type":"string"})", R"(["a","b"])", "f: must be a text"},
      {R"({"type":"number"})", R"("")", "{}"},
      {R"({"type":"string","minLength":3})", R"("")", "{}"},
      {R"({})", R"("12")", R"({"f":"12"})"},
  };
  for (const auto& [schema, value, answer] : rows) {
    CAPTURE(schema, value);
    CHECK(from_form(schema, value) == answer);
  }
}

TEST_CASE("the texts of JSON stay texts") {
  const auto form = schema_form(R"({"properties":{"f":{"type":"number"}}})");
  CHECK(check_text(*form, R"({"f":"38"})") == "f: must be a number");
}
