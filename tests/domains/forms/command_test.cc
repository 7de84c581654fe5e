// JSON -> command: NDJSON lines, control members, what is listed in a 422.
#include "domains/forms/world.h"

namespace daybook::forms {
namespace {

TEST_CASE("a line submits unless it says that it defines") {
  World world;
  const std::string definition = simple_definition();
  CHECK(world.line(R"({"type":"define","form":"f","definition":)" + definition + "}") == "ok");
  CHECK(world.line(R"({"form":"f","body":{"name":"Ann"}})") == "ok");
  CHECK(world.line(R"({"type":"submit","form":"f","body":{"name":"Bob","age":3}})") == "ok");
  CHECK(world.log.size() == 3);
  CHECK(world.log[1].event.body == R"({"name":"Ann"})");
}

TEST_CASE("a broken line says every rule it breaks") {
  World world;
  const std::pair<const char*, const char*> rows[] = {
      {R"({})", "form: missing, body: missing"},
      {R"({"form":"f","body":[1]})", "body: wrong_type"},
      {R"({"form":"a b","body":{}})", "form: not_a_name"},
      {R"({"type":"define","form":"f"})", "definition: missing"},
      {R"({"type":"define","form":"f","definition":"x"})", "definition: wrong_type"},
  };
  for (const auto& [line, refusal] : rows) {
    INFO(line);
    CHECK(world.line(line) == refusal);
    CHECK(world.last_error.code == Errc::invalid);
  }
  CHECK(world.line(R"({"type":"delete","form":"f","body":{}})").starts_with("type: "));
  CHECK(world.line("[]") != "ok");
  CHECK(world.line("7") != "ok");
}

TEST_CASE("a line defines and changes forms as the admin's route does, and needs the admin too") {
  const auto line = [](const std::string& definition) {
    return R"({"type":"define","form":"f","definition":)" + definition + "}";
  };
  World world;
  CHECK(world.line(line(simple_definition())) == "ok");
  CHECK(world.last_answer.status == 201);
  CHECK(world.line(line(simple_definition())) == "ok");
  CHECK(world.last_answer.status == 200);
  CHECK(world.log.size() == 1);
  CHECK(world.line(line(simple_definition(R"("closed":true)"))) == "ok");
  CHECK(world.log.size() == 2);
  json::Parser parser;
  const auto needs_admin = [&](const std::string& text) {
    return Domain::needs_admin(*parser.parse(text, false));
  };
  CHECK(needs_admin(line("{}")));
  CHECK(needs_admin(R"({"type":"flag"})"));
  CHECK(needs_admin(R"({"type":"clear"})"));
  for (const char* other : {"{}", R"({"type":"submit"})", R"({"type":null})"})
    CHECK_FALSE(needs_admin(other));
}

TEST_CASE("a verdict's line says every rule it breaks") {
  World world;
  const std::string good = R"("form":"f","submission":"0190c9f1-5c7e-7abc-8def-0123456789ab",)"
                           R"("position":"7","by":"moderator")";
  const auto flag = [&](const std::string& findings) {
    return R"({"type":"flag",)" + good + R"(,"findings":)" + findings + "}";
  };
  std::string many = R"([{"field":"","word":"x"})";
  for (std::size_t i = 0; i < findings_max; ++i) many += R"(,{"field":"","word":"x"})";
  const std::pair<std::string, const char*> rows[] = {
      {R"({"type":"clear"})", "form: missing, by: missing, submission: missing, position: missing"},
      {R"({"type":"flag",)" + good + "}", "findings: missing"},
      {R"({"type":"clear","form":"a b","submission":"7","position":"0","by":""})",
       "form: not_a_name, by: empty, submission: not_an_id, position: not_a_position"},
      {flag("7"), "findings: wrong_type"},
      {flag("[]"), "findings: missing"},
      {flag(R"([{"field":"/a","word":"x"},{"word":""},7])"),
       "findings[1].field: missing, findings[1].word: empty, findings[2]: type"},
      {flag(many + "]"), "findings: too_many"},
      {flag(R"([{"field":"/a","word":"x"}])"), "form not found"},
  };
  for (const auto& [line, refusal] : rows) {
    INFO(line);
    CHECK(world.line(line) == refusal);
  }
}

TEST_CASE("a line has no page to go to, whatever it says") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("redirects":["/done"])")) == "ok");
  CHECK(world.line(R"({"form":"f","body":{"name":"Ann","_redirect":"/elsewhere"}})") == "ok");
  CHECK(world.last_answer.status == 200);
  CHECK(world.last_answer.body == R"({"success":{"name":"Ann"}})");
}

TEST_CASE("the reference's paths name the form") {
  json::Parser parser;
  Arena arena;
  const auto body = parser.parse(R"({"item1":"x","_started":12})", false);
  REQUIRE(body.ok());
  Request request;
  request.path = "/demo-form";
  CHECK(parse_submission(*body, request, arena)->form == "demo-form");
  request.path = "/demo-form/";
  request.origin = "https://a.org";
  const auto command = parse_submission(*body, request, arena);
  REQUIRE(command.ok());
  CHECK(command->form == "demo-form");
  CHECK(command->origin == "https://a.org");
  CHECK(command->started.value == 12);
  CHECK(command->body->members.size() == 1);
  CHECK_FALSE(command->from_form);
}

}  // namespace
}  // namespace daybook::forms
