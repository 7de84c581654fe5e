// The two shipped forms answer as the reference's forms do.
#include "domains/forms/definition_samples.h"

using namespace daybook;
using namespace daybook::forms;

namespace {

const Definition& student() {
  static const auto form = definition_of(shipped_form("student-data-form.json"));
  return *form;
}

constexpr std::string_view full_body =
    R"({"name":"  Asha Rao ","email":" Asha.Rao+x@Gmail.com ","gender":"F",)"
    R"("mobile":"+91 98765 43210","age":21,"university":"PWTC","cgpa":8.5,"tech":"C++"})";

}  // namespace

TEST_CASE("a full student form comes back cleaned") {
  CHECK(check_text(student(), full_body) ==
        R"({"name":"Asha Rao","email":"asharao@gmail.com","gender":"F",)"
        R"("mobile":"+91 98765 43210","age":21,"university":"PWTC","cgpa":"8.5","tech":"C++"})");
}

TEST_CASE("the optional fields of a student get N.A., age may be missing, unknown keys are kept") {
  CHECK(check_text(student(), R"({"name":"Asha Rao","email":"a@b.in","gender":"M",)"
                              R"("mobile":9876543210,"university":2,"hobby":["x"]})") ==
        R"({"name":"Asha Rao","email":"a@b.in","gender":"M","mobile":"9876543210",)"
        R"("university":"2","hobby":["x"],"cgpa":"N.A.","tech":"N.A."})");
}

TEST_CASE("an empty student form lists every required field once, in order") {
  for (const char* body : {"{}", R"({"name":"  ","email":"","gender":"","mobile":" "})"})
    CHECK(check_text(student(), body) ==
          "name: required field missing\nemail: required field missing\n"
          "gender: required field missing\nmobile: required field missing");
}

TEST_CASE("each wrong field of a student has the reference's text") {
  CHECK(check_text(student(), R"({"name":"Al","email":"x@y","gender":"m","mobile":"call me",)"
                              R"("age":"old"})") ==
        "name: Field should have atleast 5 characters\n"
        "email: invalid email address\n"
        "gender: Gender should be either 'M' or 'F'\n"
        "mobile: Please provide valid mobile phone number\n"
        "age: Age should be numeric");
}

TEST_CASE(
    "the message of a refusal is the form's own text alone, or names the field and the rule") {
  const auto message = [](const Definition& form, std::string_view text) {
    json::Parser parser;
    Arena arena;
    const auto body = parser.parse(text, false);
    REQUIRE(body.ok());
    const auto checked = form.check(*copy_node(*body, arena), false, arena);
    REQUIRE_FALSE(checked.ok());
    return checked.error().message;
  };
  CHECK(message(student(), "{}") == "required field missing");
  CHECK(
      message(student(), R"({"name":"Al","email":"a@b.in","gender":"M","mobile":"9876543210"})") ==
      "Field should have atleast 5 characters");
  const auto plain = Definition::compile(R"({"schema":{"type":"object","properties":{"n":)"
                                         R"({"type":"integer","minimum":3}}}})");
  REQUIRE(plain.ok());
  CHECK(message(**plain, R"({"n":1})") == "n must be at least 3");
}

TEST_CASE("the age of a student may be a number or a numeric text") {
  const auto with_age = [](std::string_view age) {
    return check_text(student(), R"({"name":"Asha Rao","email":"a@b.in","gender":"M",)"
                                 R"("mobile":"9876543210","age":)" +
                                     std::string(age) + "}");
  };
  for (const char* age : {"21", "21.5", "-1", R"("21")", R"("21.5")", R"("+.5")"}) {
    CAPTURE(age);
    CHECK(with_age(age).find(std::string("\"age\":") + age) != std::string::npos);
  }
  CHECK(with_age(R"(" 21 ")").find(R"("age":"21")") != std::string::npos);
  CHECK(with_age(R"("")").find("age") == std::string::npos);
  for (const char* age : {R"("1e3")", R"("21 years")", "true", "[21]", "null", R"("1.")"}) {
    CAPTURE(age);
    CHECK(with_age(age) == "age: Age should be numeric");
  }
}

TEST_CASE("a student form sent by a plain HTML page is the same") {
  CHECK(check_text(student(),
                   R"({"name":"Asha Rao","email":"A@B.in","gender":"F","mobile":"9876543210",)"
                   R"("age":"","university":"","cgpa":"8.5","tech":""})",
                   true) ==
        R"({"name":"Asha Rao","email":"a@b.in","gender":"F","mobile":"9876543210",)"
        R"("cgpa":"8.5","university":"N.A.","tech":"N.A."})");
}

TEST_CASE("the demo form takes texts and numbers, and nothing is required") {
  const auto demo = definition_of(shipped_form("demo-form.json"));
  for (const char* body : {"{}", R"({"item1":"a","item2":2.5})", R"({"item1":"","x":null})"})
    CHECK(check_text(*demo, body) == body);
  CHECK(check_text(*demo, R"({"item1":[1]})") == "item1: must be a number or a text");
}
