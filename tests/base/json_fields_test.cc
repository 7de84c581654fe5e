#include <daybook/fields.h>

#include <catch2/catch.hpp>

namespace daybook::json {
namespace {

struct Parsed {
  explicit Parsed(std::string_view text) : value(*parser.parse(text, false)) {}
  Parser parser;
  Value value;
};

std::string code_of(const Fields& fields) {
  const auto error = fields.error();
  return error ? error->fields.at(0).code : "";
}

TEST_CASE("text rules: one row per case") {
  struct Row {
    const char* json;
    const char* code;  // "": accepted
  };
  const std::string at_limit(64, 'x');
  const std::string over = R"({"id":")" + at_limit + R"(x"})";
  const std::string exact = R"({"id":")" + at_limit + R"("})";
  std::string wide = R"({"id":")";
  for (int i = 0; i < 64; ++i) wide += "é";
  wide += R"("})";
  const Row rows[] = {{exact.c_str(), ""},
                      {wide.c_str(), ""},
                      {over.c_str(), "too_long"},
                      {R"({"id":""})", "empty"},
                      {R"({})", "missing"},
                      {R"({"id":5})", "type"},
                      {R"({"id":null})", "type"},
                      {R"({"id":["a"]})", "type"},
                      {R"({"id":"a\u0000b"})", "nul"},
                      {R"({"id":"a\u0007b"})", "control_character"},
                      {R"({"id":"a\u007fb"})", "control_character"}};
  for (const Row& row : rows) {
    const Parsed parsed(row.json);
    Fields fields(parsed.value);
    const auto text = fields.text("id", {.chars_min = 1, .chars_max = 64});
    INFO(row.json);
    CHECK(code_of(fields) == row.code);
    CHECK(text.has_value() == (*row.code == '\0'));
  }
}

TEST_CASE("integer rules: numeric strings count, fractions and overflow do not") {
  struct Row {
    const char* json;
    const char* code;
    std::int64_t value;
  };
  const Row rows[] = {
      {R"({"n":1})", "", 1},          {R"({"n":"38"})", "", 38},
      {R"({"n":38.0})", "", 38},      {R"({"n":38.5})", "not_whole", 0},
      {R"({"n":"38.5"})", "type", 0}, {R"({"n":""})", "type", 0},
      {R"({"n":" 1"})", "type", 0},   {R"({"n":0})", "range", 0},
      {R"({"n":101})", "range", 0},   {R"({"n":18446744073709551615})", "range", 0},
      {R"({"n":true})", "type", 0},   {R"({"n":"99999999999999999999"})", "type", 0},
      {R"({})", "missing", 0}};
  for (const Row& row : rows) {
    const Parsed parsed(row.json);
    Fields fields(parsed.value);
    const auto number = fields.integer("n", {.min = 1, .max = 100});
    INFO(row.json);
    CHECK(code_of(fields) == row.code);
    if (*row.code == '\0') CHECK(number == row.value);
  }
}

TEST_CASE("number rules: decimals and numeric strings count, words and infinities do not") {
  for (const auto* good : {R"({"t":36.5})", R"({"t":"36.5"})", R"({"t":36})", R"({"t":-1e1})"}) {
    const Parsed parsed(good);
    Fields fields(parsed.value);
    INFO(good);
    CHECK(fields.number("t", {.min = -100, .max = 100}).has_value());
  }
  for (const auto* bad :
       {R"({"t":"inf"})", R"({"t":"nan"})", R"({"t":"36,5"})", R"({"t":100.1})", R"({"t":{}})"}) {
    const Parsed parsed(bad);
    Fields fields(parsed.value);
    INFO(bad);
    CHECK_FALSE(fields.number("t", {.min = -100, .max = 100}).has_value());
    CHECK(fields.error().has_value());
  }
}

TEST_CASE("of very many broken fields the first field_errors_max are listed") {
  const Parsed parsed("{}");
  Fields fields(parsed.value);
  for (std::size_t i = 0; i < 10 * field_errors_max; ++i)
    fields.fail("f" + std::to_string(i), "invalid", "is wrong");
  const auto error = fields.error();
  REQUIRE(error);
  REQUIRE(error->fields.size() == field_errors_max);
  CHECK(error->fields.back().field == "f" + std::to_string(field_errors_max - 1));
}

TEST_CASE("every broken field is listed, in the order asked") {
  const Parsed parsed(R"({"type":"sleep","userId":5})");
  Fields fields(parsed.value);
  constexpr std::string_view words[] = {"checkin", "checkout"};
  CHECK_FALSE(fields.word("type", words));
  CHECK_FALSE(fields.text("userId", {.chars_min = 1}));
  CHECK_FALSE(fields.number("temperature", {}));
  const auto error = fields.error();
  REQUIRE(error);
  REQUIRE(error->fields.size() == 3);
  CHECK(error->code == Errc::invalid);
  CHECK(error->fields[0].message == "must be `checkin` or `checkout`");
  CHECK(error->fields[1].field == "userId");
  CHECK(error->fields[2].code == "missing");
}

TEST_CASE("a body that is no object is one error") {
  for (const auto* text : {"[]", "5", "null", R"("x")"}) {
    const Parsed parsed(text);
    Fields fields(parsed.value);
    CHECK_FALSE(fields.text("a", {}));
    CHECK_FALSE(fields.integer("b", {}));
    REQUIRE(fields.error());
    CHECK(fields.error()->fields.size() == 1);
  }
}

TEST_CASE("optional fields may be absent but not wrong") {
  const Parsed parsed(R"({"image":5})");
  Fields fields(parsed.value);
  CHECK_FALSE(fields.integer("timestamp", {.required = false}));
  CHECK_FALSE(fields.error());
  CHECK_FALSE(fields.text("image", {.required = false}));
  CHECK(fields.error());
}

TEST_CASE("check_text refuses bytes that are not UTF-8") {
  CHECK(check_text("id", "\xC3\x28", {})->fields.at(0).code == "utf8");
  CHECK_FALSE(check_text("id", "\xC3\xA9", {}));
}

}  // namespace
}  // namespace daybook::json
