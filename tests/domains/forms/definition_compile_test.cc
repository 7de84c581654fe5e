// What a form definition may say, and what is refused when it is saved.
#include "domains/forms/definition_samples.h"

using namespace daybook;
using namespace daybook::forms;

namespace {

std::string schema_faults(std::string_view schema) {
  return faults_of("{\"schema\":" + std::string(schema) + "}");
}

std::string repeated(std::string_view before, std::string_view what, std::size_t times,
                     std::string_view after) {
  std::string text(before);
  for (std::size_t i = 0; i < times; ++i) text += what;
  return text.append(after);
}

}  // namespace

TEST_CASE("a keyword outside the subset is refused with its name and place") {
  for (const char* keyword :
       {"$ref", "$defs", "$anchor", "$dynamicRef", "contains", "prefixItems", "minContains",
        "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependentSchemas",
        "unevaluatedProperties", "unevaluatedItems", "contentEncoding", "definitions",
        "dependencies", "requierd", ""}) {
    CAPTURE(keyword);
    CHECK(schema_faults("{\"properties\":{\"a~b/c\":{\"" + std::string(keyword) + "\":1}}}") ==
          "/schema/properties/a~0b~1c/" + std::string(keyword) + " unknown_keyword");
  }
  const auto refused = Definition::compile(R"({"schema":{"contains":true}})");
  CHECK(refused.error().message ==
        "/schema/contains \"contains\" is not in the subset of JSON Schema for forms");
}

TEST_CASE("a keyword with a wrong value is refused at its place") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"properties":{"a":{"type":"text"}}})", "/schema/properties/a/type wrong_value"},
      {R"({"properties":{"a":{"type":["null","null"]}}})", "/schema/properties/a/type wrong_value"},
      {R"({"properties":{"a":{"type":[]}}})", "/schema/properties/a/type wrong_value"},
      {R"({"properties":{"a":7}})", "/schema/properties/a wrong_value"},
      {R"({"properties":[]})", "/schema/properties wrong_value"},
      {R"({"enum":[]})", "/schema/enum wrong_value"},
      {R"({"required":["a","a"]})", "/schema/required wrong_value"},
      {R"({"required":"a"})", "/schema/required wrong_value"},
      {R"({"properties":{"a":{"minLength":-1}}})", "/schema/properties/a/minLength wrong_value"},
      {R"({"properties":{"a":{"maxItems":1.5}}})", "/schema/properties/a/maxItems wrong_value"},
      {R"({"properties":{"a":{"minimum":"1"}}})", "/schema/properties/a/minimum wrong_value"},
      {R"({"properties":{"a":{"multipleOf":0}}})", "/schema/properties/a/multipleOf wrong_value"},
      {R"({"properties":{"a":{"format":"hostname"}}})", "/schema/properties/a/format wrong_value"},
      {R"({"properties":{"a":{"format":"phone","pattern":"a"}}})",
       "/schema/properties/a/format wrong_value"},
      {R"x({"properties":{"a":{"pattern":"(?=a)"}}})x", "/schema/properties/a/pattern bad_pattern"},
      {R"({"properties":{"a":{"uniqueItems":1}}})", "/schema/properties/a/uniqueItems wrong_value"},
      {R"({"properties":{"a":{"items":[{}]}}})", "/schema/properties/a/items wrong_value"},
      {R"({"anyOf":[]})", "/schema/anyOf wrong_value"},
      {R"({"allOf":[{},{"oneOf":[1]}]})", "/schema/allOf/1/oneOf/0 wrong_value"},
      {R"({"then":{}})", "/schema wrong_value"},
      {R"({"if":{}})", "/schema wrong_value"},
      {R"({"dependentRequired":{"a":"b"}})", "/schema/dependentRequired/a wrong_value"},
      {R"({"title":1})", "/schema/title wrong_value"},
      {R"({"deprecated":1})", "/schema/deprecated wrong_value"},
      {R"({"$schema":"http://json-schema.org/draft-07/schema#"})", "/schema/$schema wrong_value"},
      {R"({"type":"string"})", "/schema wrong_value"},
      {R"(true)", "/schema wrong_value"},
  };
  for (const auto& [schema, faults] : rows) {
    CAPTURE(schema);
    CHECK(schema_faults(schema) == faults);
  }
}

TEST_CASE("an unknown word of a definition is refused, wherever it stands") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"schema":{},"colour":"red"})", "/colour unknown_member"},
      {R"({"title":"no schema"})", "/schema required"},
      {R"({"schema":{},"clean":{"a":["trim"]}})", "/clean/a unknown_field"},
      {R"({"schema":{"properties":{"a":{}}},"clean":{"a":["trim","shout"]}})",
       "/clean/a/1 unknown_rule"},
      {R"({"schema":{"properties":{"a":{}}},"clean":{"a":[{"fallback":1}]}})",
       "/clean/a/0 wrong_value"},
      {R"({"schema":{"properties":{"a":{}}},"clean":{"a":"trim"}})", "/clean/a wrong_value"},
      {R"({"schema":{"properties":{"a":{"maxLength":2}}},"clean":{"a":[{"default":"N.A."}]}})",
       "/clean/a/0 wrong_value"},
      {R"({"schema":{"properties":{"a":{}}},"messages":{"b":"no"}})", "/messages/b unknown_field"},
      {R"({"schema":{"properties":{"a":{}}},"messages":{"a":{"minLenght":"no"}}})",
       "/messages/a/minLenght unknown_keyword"},
      {R"({"schema":{"properties":{"a":{}}},"messages":{"a":""}})", "/messages/a wrong_value"},
      {R"({"schema":{"properties":{"a":{}}},"honeypot":"a"})", "/honeypot wrong_value"},
      {R"({"schema":{},"min_fill_ms":-1})", "/min_fill_ms wrong_value"},
      {R"({"schema":{},"rate_per_minute":"60"})", "/rate_per_minute wrong_value"},
      {R"({"schema":{},"rate_burst":5})", "/rate_burst wrong_value"},
      {R"({"schema":{},"rate_per_minute":5,"rate_burst":0})", "/rate_burst wrong_value"},
      {R"({"schema":{},"closed":"no"})", "/closed wrong_value"},
      {R"({"schema":{},"time_zone":"../../etc/passwd"})", "/time_zone wrong_value"},
      {R"({"schema":{},"allowed_origins":["https://example.org/"]})",
       "/allowed_origins/0 wrong_value"},
      {R"({"schema":{},"allowed_origins":["example.org"]})", "/allowed_origins/0 wrong_value"},
      {R"x({"schema":{},"redirects":["/thanks","//evil.example","javascript:alert(1)"]})x",
       "/redirects/1 wrong_value\n/redirects/2 wrong_value"},
      {R"({"schema":{},"redirects":["https://a.example/\r\nSet-Cookie: x"]})",
       "/redirects/0 wrong_value"},
      {R"([])", " type"},
  };
  for (const auto& [definition, faults] : rows) {
    CAPTURE(definition);
    CHECK(faults_of(definition) == faults);
  }
}

TEST_CASE("all faults of a definition are told at once") {
  CHECK(faults_of(R"({"schema":{"$ref":"#","properties":{"a":{"type":"x"}}},"colour":1})") ==
        "/colour unknown_member\n/schema/$ref unknown_keyword\n"
        "/schema/properties/a/type wrong_value");
}

TEST_CASE("a definition has limits, and says so") {
  CHECK(schema_faults(repeated("{\"enum\":[0", ",0", 1000, "]}")) == "/schema/enum wrong_value");
  CHECK(schema_faults(repeated("", "{\"not\":", 17, "{}") + std::string(17, '}')) ==
        repeated("/schema", "/not", 16, " too_deep"));
  CHECK(schema_faults(repeated("{\"anyOf\":[true", ",true", 64, "]}")) ==
        "/schema/anyOf wrong_value");
  CHECK(schema_faults("{\"properties\":{\"a\":{\"pattern\":\"" + std::string(513, 'a') + "\"}}}") ==
        "/schema/properties/a/pattern bad_pattern");
  std::string many = "{\"properties\":{";
  for (int i = 0; i < 257; ++i) many += "\"p" + std::to_string(i) + "\":true,";
  many.back() = '}';
  CHECK(schema_faults(many + "}") == "/schema too_many");
  const auto large = Definition::compile("{\"schema\":{\"description\":\"" +
                                         std::string(definition_bytes_max, 'x') + "\"}}");
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().code == Errc::too_large);
  const auto broken = Definition::compile("{\"schema\":");
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code == Errc::malformed);
}

TEST_CASE("the patterns of a definition have one limit together, and bad ones stop at the faults") {
  // 900 instructions and some each
  const auto many = [](std::size_t count) {
    std::string all = "{\"schema\":{\"properties\":{";
    for (std::size_t i = 0; i < count; ++i)
      all += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"pattern":"^a[ab]{900}$"})";
    return all + "}}}";
  };
  CHECK(faults_of(many(50)) == "fine");
  CHECK(faults_of(many(200)).ends_with("/pattern too_many"));
  CHECK(schema_faults(R"({"pattern":"^[a-z]{0,1000}$"})") == "fine");
  CHECK(schema_faults(R"({"pattern":"^.{0,1000}$"})") == "/schema/pattern bad_pattern");
}

TEST_CASE("a form cannot ask for a member that is taken out of every body") {
  CHECK(schema_faults(R"({"required":["_started"]})") == "/schema wrong_value");
  CHECK(schema_faults(R"({"properties":{"_redirect":{}}})") == "/schema wrong_value");
  CHECK(faults_of(R"({"schema":{},"honeypot":"_started"})") == "/honeypot wrong_value");
}

TEST_CASE("the options of a form are read, with their defaults") {
  const auto plain = schema_form("{}");
  CHECK(plain->options().rate_per_minute == 0);
  CHECK(plain->options().time_zone == "UTC");
  CHECK_FALSE(plain->options().closed);
  const auto full = definition_of(
      R"({"title":"T","schema":{},"honeypot":"website","min_fill_ms":2000,"rate_per_minute":60,)"
      R"("allowed_origins":["https://example.org","http://localhost:3000"],)"
      R"("redirects":["/thanks"],"closed":true,"time_zone":"Europe/Berlin"})");
  CHECK(full->options().title == "T");
  CHECK(full->options().honeypot == "website");
  CHECK(full->options().min_fill_ms == 2000);
  CHECK(full->options().rate_per_minute == 60);
  CHECK(full->options().rate_burst == 60);
  CHECK(full->options().allowed_origins.size() == 2);
  CHECK(full->options().redirects == std::vector<std::string>{"/thanks"});
  CHECK(full->options().closed);
  CHECK(full->options().time_zone == "Europe/Berlin");
}

TEST_CASE("the columns are the properties in the order of the definition") {
  const auto form = schema_form(R"({"required":["z"],"properties":{"b":{},"a":{},"c":true}})");
  CHECK(form->columns() == std::vector<std::string>{"b", "a", "c"});
}

TEST_CASE("the schema is published as plain JSON Schema") {
  const auto form = definition_of(
      R"({"title":"T", "schema": {"type":"object","properties":{"p":{"format":"phone"},)"
      R"("q":{"items":{"not":false},"default": 1}},"additionalProperties":false}})");
  CHECK(form->schema_json() ==
        R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"T","type":"object",)"
        R"("properties":{"p":{"pattern":"^\\+?\\(?[0-9](?:[ ().-]*[0-9]){6,14}$"},)"
        R"("q":{"items":{"not":false},"default":1}},"additionalProperties":false})");
  CHECK(schema_form("{}")->schema_json() ==
        R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})");
  // it is within the subset itself
  CHECK(schema_form(form->schema_json())->schema_json() == form->schema_json());
}

TEST_CASE("a definition compiles from its own text to the same") {
  const auto text = shipped_form("student-data-form.json");
  const auto once = definition_of(text);
  const auto twice = definition_of(once->definition_json());
  CHECK(twice->definition_json() == once->definition_json());
  CHECK(twice->schema_json() == once->schema_json());
  CHECK(once->memory_bytes() > text.size() / 2);
}
