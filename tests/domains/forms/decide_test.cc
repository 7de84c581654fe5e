// What may happen to a form, as rows: given a form / a command / the event or the refusal.
#include "domains/forms/world.h"

namespace daybook::forms {
namespace {

constexpr std::string_view urlencoded = "application/x-www-form-urlencoded";

TEST_CASE("a form is defined once per change, and says its version") {
  World world;
  CHECK(world.define("f", simple_definition()) == "ok");
  CHECK(world.last_answer.status == 201);
  CHECK(world.last_answer.body == R"({"name":"f","version":1})");
  CHECK(world.define("f", simple_definition()) == "ok");
  CHECK(world.last_answer.status == 200);
  CHECK(world.last_answer.body == R"({"name":"f","version":1})");
  CHECK(world.log.size() == 1);
  CHECK(world.define("f", simple_definition(R"("closed":true)")) == "ok");
  CHECK(world.last_answer.status == 200);
  CHECK(world.last_answer.body == R"({"name":"f","version":2})");
  CHECK(world.log.size() == 2);
  CHECK(world.log.back().event.version == 2);
  CHECK(world.log.back().event.at == world.now);
}

TEST_CASE("a definition that cannot be used is refused when it is put") {
  World world;
  for (const char* name : {"", "a b", "ä", "a/b", "a.csv"}) {
    INFO(name);
    CHECK(world.define(name, simple_definition()) == "name: not_a_name");
  }
  CHECK(world.define(std::string(65, 'x'), simple_definition()) == "name: not_a_name");
  CHECK(world.define(std::string(64, 'x'), simple_definition()) == "ok");
  CHECK(world.define("f", simple_definition(R"("time_zone":"Mars/Olympus")")) ==
        "/time_zone: unknown_zone");
  CHECK(world.define("f", R"({"schema":{"type":"object","$ref":"#/x"}})") != "ok");
  CHECK(world.last_error.code == Errc::invalid);
  CHECK(world.post("f", R"({"name":"Ann"})") == "form not found");
  CHECK(world.last_error.code == Errc::not_found);
}

TEST_CASE("forms and versions have their limits") {
  World world(Policy{2, 3});
  REQUIRE(world.define("a", simple_definition()) == "ok");
  REQUIRE(world.define("b", simple_definition()) == "ok");
  CHECK(world.define("c", simple_definition()) == "too many forms");
  CHECK(world.last_error.code == Errc::unavailable);
  REQUIRE(world.define("a", simple_definition(R"("honeypot":"h2")")) == "ok");
  REQUIRE(world.define("a", simple_definition(R"("honeypot":"h3")")) == "ok");
  CHECK(world.define("a", simple_definition(R"("honeypot":"h4")")) ==
        "too many versions of this form");
  CHECK(world.define("a", simple_definition(R"("honeypot":"h3")")) == "ok");
}

TEST_CASE("a submission is checked, cleaned and answered with what is stored") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  CHECK(world.post("f", R"({"name":"Ann","more":{"x":[1,2.5,null]}})") == "ok");
  CHECK(world.last_answer.status == 200);
  CHECK(world.last_answer.body == R"({"success":{"name":"Ann","more":{"x":[1,2.5,null]}}})");
  const Event& event = world.log.back().event;
  CHECK(event.body == R"({"name":"Ann","more":{"x":[1,2.5,null]}})");
  CHECK(event.version == 1);
  CHECK(event.at == world.now);
  CHECK(event.spam == Spam::none);
  CHECK(world.post("f", R"({"name":"A","age":"x"})") != "ok");
  CHECK(world.last_error.code == Errc::invalid);
  CHECK(world.last_error.fields.size() == 2);
  CHECK(world.post("g", R"({"name":"Ann"})") == "form not found");
  CHECK(world.last_error.code == Errc::not_found);
  CHECK(world.post("f", R"([1])") == ": not_an_object");
  CHECK(world.log.size() == 2);
}

TEST_CASE("a submission is checked against the version in order, and names it") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  REQUIRE(world.define("f", R"({"schema":{"type":"object","required":["mail"]}})") == "ok");
  CHECK(world.post("f", R"({"name":"Ann"})") != "ok");
  CHECK(world.post("f", R"({"mail":"x"})") == "ok");
  CHECK(world.log.back().event.version == 2);
}

TEST_CASE("values of an HTML form are texts that the schema may want as something else") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  CHECK(world.post("f", R"({"name":"Ann","age":"38"})", urlencoded) == "ok");
  CHECK(world.log.back().event.body == R"({"name":"Ann","age":38})");
  CHECK(world.post("f", R"({"name":"Ann","age":"38"})", "Multipart/Form-Data; boundary=x") == "ok");
  CHECK(world.post("f", R"({"name":"Ann","age":"38"})") != "ok");
  CHECK(world.post("f", R"({"name":"Ann","age":"38"})", "application/json;x=multipart/form-data") !=
        "ok");
}

TEST_CASE("a closed form takes nothing until it is opened again") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("closed":true)")) == "ok");
  CHECK(world.post("f", R"({"name":"Ann"})") == "the form is closed");
  CHECK(world.last_error.code == Errc::conflict);
  REQUIRE(world.define("f", simple_definition()) == "ok");
  CHECK(world.post("f", R"({"name":"Ann"})") == "ok");
}

TEST_CASE(
    "a definition in the log that no longer compiles closes the form, and putting it again opens "
    "it") {
  World world;
  Event event;
  event.kind = Kind::form_defined;
  event.form = "old";
  event.version = 4;
  event.definition = R"({"schema":{"type":"object","unheard-of":1}})";
  Domain::apply(world.state, event);
  Domain::project(world.view, event, EventMeta{{9}, {}, {}});
  CHECK(world.post("old", R"({"name":"Ann"})") == "the form is closed");
  world.position = {9};
  CHECK(world.define("old", simple_definition()) == "ok");
  CHECK(world.last_answer.body == R"({"name":"old","version":5})");
  CHECK(world.post("old", R"({"name":"Ann"})") == "ok");
}

TEST_CASE("only the allowed origins may post; a request without one is no browser") {
  World world;
  REQUIRE(world.define(
              "f", simple_definition(
                       R"("allowed_origins":["https://a.org","http://localhost:8080"])")) == "ok");
  const std::string body = R"({"name":"Ann"})";
  CHECK(world.post("f", body, urlencoded, "https://a.org") == "ok");
  CHECK(world.post("f", body, urlencoded, "http://localhost:8080") == "ok");
  CHECK(world.post("f", body) == "ok");
  for (const char* origin : {"https://b.org", "https://a.org.evil.org", "http://a.org", "null"}) {
    INFO(origin);
    CHECK(world.post("f", body, urlencoded, origin) ==
          "the form takes no submissions from this origin");
    CHECK(world.last_error.code == Errc::forbidden);
  }
  REQUIRE(world.define("g", simple_definition()) == "ok");
  CHECK(world.post("g", body, urlencoded, "https://b.org") == "ok");
}

TEST_CASE("afterwards the person is sent to a page of the form's list, and nowhere else") {
  World world;
  REQUIRE(world.define(
              "f", simple_definition(
                       R"("redirects":["https://a.org/thanks","/done","https://b.org/x/*"])")) ==
          "ok");
  const auto go = [&](const std::string& target) {
    return world.post("f", R"({"name":"Ann","_redirect":")" + target + R"("})", urlencoded);
  };
  for (const char* target : {"https://a.org/thanks", "/done", "https://b.org/x/",
                             "https://b.org/x/y?z=1#t", "https://b.org/x/..y/...?a=/../"}) {
    INFO(target);
    CHECK(go(target) == "ok");
    CHECK(world.last_answer.status == 303);
    CHECK(world.last_answer.location == target);
    CHECK(world.last_answer.body.empty());
    CHECK(world.log.back().event.body == R"({"name":"Ann"})");
  }
  for (const char* target :
       {"https://a.org/thanks/", "https://a.org", "/done/x", "//done", "/", "https://b.org/x",
        "https://b.org/xy", "https://b.org/x/../y", "https://b.org/x/%2e%2E", "https://b.org/x/./y",
        "https://b.org/x/.", "https://b.org/x/ y", "https://b.org/x/\\ny", "javascript:alert(1)"}) {
    INFO(target);
    CHECK(go(target) == "_redirect: not_allowed");
  }
  CHECK(go("") == "ok");
  CHECK(world.last_answer.status == 200);
  CHECK(world.post("f", R"({"name":"Ann","_redirect":7})") == "_redirect: not_allowed");
  CHECK(go("/" + std::string(3000, 'x')) == "_redirect: not_allowed");
  // A page of every path of this site is no page of another site.
  REQUIRE(world.define("f", simple_definition(R"("redirects":["/*"])")) == "ok");
  CHECK(go("/any") == "ok");
  CHECK(go("//evil.org/") == "_redirect: not_allowed");
  // Nor is every host of a scheme a page of this form.
  CHECK(world.define("g", simple_definition(R"("redirects":["https://*"])")) ==
        "/redirects/0: wrong_value");
  CHECK(go("/\\\\evil.org/") == "_redirect: not_allowed");
}

TEST_CASE("a filled honeypot is answered like any other and kept apart") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("honeypot":"website")")) == "ok");
  const std::pair<const char*, Spam> rows[] = {
      {R"({"name":"Ann"})", Spam::none},
      {R"({"name":"Ann","website":""})", Spam::none},
      {R"({"name":"Ann","website":null})", Spam::none},
      {R"({"name":"Ann","website":false})", Spam::none},
      {R"({"name":"Ann","website":["",""]})", Spam::none},
      {R"({"name":"Ann","website":"http://x"})", Spam::honeypot},
      {R"({"name":"Ann","website":["","x"]})", Spam::honeypot},
      {R"({"name":"Ann","website":0})", Spam::honeypot},
      {R"({"name":"Ann","website":{}})", Spam::honeypot},
  };
  for (const auto& [body, spam] : rows) {
    INFO(body);
    CHECK(world.post("f", body) == "ok");
    CHECK(world.log.back().event.spam == spam);
    CHECK(world.last_answer.body == R"({"success":{"name":"Ann"}})");
    CHECK(world.last_answer.status == 200);
  }
  const auto totals = Domain::totals(world.view);
  CHECK(totals == std::vector<std::pair<std::string, std::uint64_t>>{
                      {"forms", 1}, {"submissions", 5}, {"spam", 4}, {"flagged", 0}});
  CHECK(world.post("f", R"({"name":"A","website":"x"})") != "ok");
}

TEST_CASE("a form filled faster than a person can is kept apart") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("min_fill_ms":3000)")) == "ok");
  const std::int64_t now_ms = to_ms(world.now).value;
  const auto post = [&](const std::string& started) {
    REQUIRE(world.post("f", R"({"name":"Ann")" + started + "}") == "ok");
    CHECK(world.log.back().event.body == R"({"name":"Ann"})");
    return world.log.back().event.spam;
  };
  const auto started = [](std::int64_t ms) { return R"(,"_started":)" + std::to_string(ms); };
  CHECK(post(started(now_ms - 3000)) == Spam::none);
  CHECK(post(started(now_ms - 2999)) == Spam::too_fast);
  CHECK(post(started(now_ms + 5)) == Spam::too_fast);
  CHECK(post(started(1)) == Spam::none);
  CHECK(post(R"(,"_started":")" + std::to_string(now_ms - 9000) + "\"") == Spam::none);
  CHECK(post("") == Spam::too_fast);
  CHECK(post(R"(,"_started":"soon")") == Spam::too_fast);
  CHECK(post(R"(,"_started":-5)") == Spam::too_fast);
  REQUIRE(world.define("g", simple_definition()) == "ok");
  REQUIRE(world.post("g", R"({"name":"Ann","_started":5})") == "ok");
  CHECK(world.log.back().event.spam == Spam::none);
}

TEST_CASE("a form's rate counts accepted submissions, spam apart from people") {
  World world;
  REQUIRE(world.define("f", simple_definition(
                                R"("rate_per_minute":60,"rate_burst":3,"honeypot":"h")")) == "ok");
  const std::string person = R"({"name":"Ann"})";
  const std::string bot = R"({"name":"Ann","h":"x"})";
  CHECK(world.post("f", R"({"name":"A"})") != "ok");  // a refused one costs nothing
  for (int i = 0; i < 3; ++i) CHECK(world.post("f", bot) == "ok");
  CHECK(world.post("f", bot) == "too many submissions of this form");
  for (int i = 0; i < 3; ++i) CHECK(world.post("f", person) == "ok");
  CHECK(world.post("f", person) == "too many submissions of this form");
  CHECK(world.last_error.code == Errc::rate_limited);
  CHECK(world.last_error.retry_after_s == 1);
  world.now.value += 1'000'000;
  CHECK(world.post("f", person) == "ok");
  CHECK(world.post("f", person) == "too many submissions of this form");
}

TEST_CASE("the rate is where it was after a replay of the events") {
  World world;
  REQUIRE(world.define("f", simple_definition(R"("rate_per_minute":6,"rate_burst":2)")) == "ok");
  for (int i = 0; i < 40; ++i) {
    world.now.value += 3'700'000;
    world.post("f", R"({"name":"Ann"})");
  }
  State again(world.policy);
  for (const Logged& logged : world.log) Domain::apply(again, logged.event);
  ByteWriter live;
  ByteWriter replayed;
  Domain::save(world.state, live);
  Domain::save(again, replayed);
  CHECK(live.data() == replayed.data());
  CHECK(again.form("f")->real_rate.full_at() > UnixUs{});
  CHECK(world.log.size() < 40);
  CHECK(world.log.size() > 12);
}

TEST_CASE("a submission is counted for the day it has in the form's time zone") {
  World world;
  world.now = at("2026-03-10T18:30:00Z");
  REQUIRE(world.define("utc", simple_definition()) == "ok");
  REQUIRE(world.define("kolkata", simple_definition(R"("time_zone":"Asia/Kolkata")")) == "ok");
  REQUIRE(world.post("utc", R"({"name":"Ann"})") == "ok");
  CHECK(to_string(world.log.back().event.day) == "2026-03-10");
  REQUIRE(world.post("kolkata", R"({"name":"Ann"})") == "ok");
  CHECK(to_string(world.log.back().event.day) == "2026-03-11");
}

TEST_CASE(
    "a verdict is written as it was given, on a closed form too, once more when it is repeated") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  const Logged submission = world.log.back();
  REQUIRE(world.define("f", simple_definition(R"("closed":true)")) == "ok");
  world.now.value += 1'000'000;
  CHECK(world.line(verdict_line("flag", submission)) == "ok");
  CHECK(world.last_answer.status == 200);
  const Event& event = world.log.back().event;
  CHECK(event.kind == Kind::flagged);
  CHECK(event.form == "f");
  CHECK(event.version == 0);
  CHECK(event.at == world.now);
  CHECK(event.submission == submission.meta.event_id);
  CHECK(event.position == submission.meta.position);
  CHECK(event.by == "moderator");
  REQUIRE(event.findings.size() == 1);
  CHECK(event.findings[0].field == "/name");
  CHECK(event.findings[0].word == "darn");
  CHECK(event.findings[0].language == "en");
  CHECK(world.line(verdict_line("flag", submission)) == "ok");
  CHECK(world.log.size() == 5);
  CHECK(world.view.flagged() == 1);
  CHECK(world.line(verdict_line("clear", submission)) == "ok");
  CHECK(world.log.back().event.kind == Kind::cleared);
  CHECK(world.log.back().event.findings.size() == 0);
  CHECK(world.view.flagged() == 0);
}

TEST_CASE(
    "a verdict on spam, or on what is no submission of the form, changes nothing to be seen") {
  World world;
  for (const char* form : {"f", "g"})
    REQUIRE(world.define(form, simple_definition(R"("honeypot":"h")")) == "ok");
  REQUIRE(world.post("f", R"({"name":"Bot","h":"x"})") == "ok");
  CHECK(world.line(verdict_line("flag", world.log.back())) == "ok");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  Logged other = world.log.back();
  other.event.form = "g";
  CHECK(world.line(verdict_line("flag", other)) == "ok");
  other.meta.position = Position{1'000'000};
  CHECK(world.line(verdict_line("flag", other)) == "ok");
  CHECK(world.view.flagged() == 0);
}

}  // namespace
}  // namespace daybook::forms
