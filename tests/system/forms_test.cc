// Forms from end to end over HTTP: the shipped forms with the reference's own texts, what an HTML
// page sends, pages, exports, a restart.

#include <algorithm>
#include <ctime>
#include <set>

#include <catch2/catch.hpp>

#include "base/files.h"
#include "support/http_client.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

const Headers urlencoded{{"Content-Type", "application/x-www-form-urlencoded"}};

struct FormsServer {
  TempDir dir;
  std::unique_ptr<Server> server = Server::start({dir / "data"});
  std::unique_ptr<HttpClient> client = std::make_unique<HttpClient>(server->url());
  std::pair<std::string, std::string> key = server->authorization();

  HttpResponse call(const std::string& method, const std::string& target,
                    const std::string& body = {}, const Headers& headers = {}) {
    INFO(method << " " << target);
    auto response = client->call(method, target, body, headers);
    INFO(client->error());
    REQUIRE(response.has_value());
    return *response;
  }
  HttpResponse get(const std::string& target) { return call("GET", target, {}, {key}); }
  HttpResponse post(const std::string& target, const std::string& body) {
    return call("POST", target, body, {{"Content-Type", "application/json"}});
  }
  HttpResponse put(const std::string& form, const std::string& definition) {
    return call("PUT", "/forms/" + form, definition, {{"Content-Type", "application/json"}, key});
  }
  void ship(const std::string& form) {
    const auto definition =
        read_file(std::string(DAYBOOK_SOURCE_DIR) + "/config/forms/" + form + ".json");
    REQUIRE(definition.ok());
    const auto response = put(form, *definition);
    INFO(response.body);
    REQUIRE(response.status == 201);
  }
  void restart() {
    client.reset();
    server->stop();
    server = Server::start({dir / "data"});
    client = std::make_unique<HttpClient>(server->url());
  }
  // "field: message" of each entry of a 422.
  std::vector<std::string> errors_of(const HttpResponse& response) {
    CHECK(response.status == 422);
    CHECK(response.header("content-type") == "application/problem+json");
    std::vector<std::string> all;
    const JsonDoc problem(response.body);
    for (const json::Value& error : problem.elements("errors"))
      all.push_back(text_of(error, "field") + ": " + text_of(error, "message"));
    return all;
  }
  std::int64_t submissions(const std::string& form) {
    return JsonDoc(get("/forms/" + form).body).number("submissions");
  }
};

// The ids of all pages, in order.
std::vector<std::string> all_pages(FormsServer& forms, const std::string& form,
                                   const std::string& query) {
  std::vector<std::string> ids;
  std::string after;
  while (true) {
    const auto page = forms.get("/forms/" + form + "/submissions?" + query + after);
    INFO(page.body.substr(0, 200));
    REQUIRE(page.status == 200);
    const JsonDoc json(page.body);
    for (const json::Value& row : json.elements("submissions")) ids.push_back(text_of(row, "id"));
    const std::string next = json.text("next");
    if (next == "<none>") return ids;
    after = "&after=" + next;
  }
}

std::string contact_definition(const std::string& more) {
  return R"({"title":"Contact","schema":{"type":"object","properties":{"name":{"type":"string",)"
         R"("minLength":2},"age":{"type":"integer"}},"required":["name"]})" +
         more + "}";
}

TEST_CASE_METHOD(FormsServer, "the reference's forms answer on their own paths, with its texts") {
  CHECK(post("/student-data-form/", "{}").status == 404);
  ship("student-data-form");
  ship("demo-form");
  const auto taken = post("/student-data-form/",
                          R"({"name":"  Ann Lee ","email":"Ann.Lee+x@Gmail.com","gender":"F",)"
                          R"("mobile":"+60123456789","cgpa":3.5,"extra":[1]})");
  INFO(taken.body);
  CHECK(taken.status == 200);
  CHECK(taken.has_header("daybook-receipt"));
  const JsonDoc answer(taken.body);
  const auto success = answer.root().find("success");
  REQUIRE(success.has_value());
  CHECK(text_of(*success, "name") == "Ann Lee");
  CHECK(text_of(*success, "email") == "annlee@gmail.com");
  CHECK(text_of(*success, "cgpa") == "3.5");
  CHECK(text_of(*success, "university") == "N.A.");
  CHECK(text_of(*success, "tech") == "N.A.");
  CHECK(success->find("extra")->to_string() == "[1]");

  CHECK(errors_of(post("/student-data-form/", "{}")) ==
        std::vector<std::string>{"name: required field missing", "email: required field missing",
                                 "gender: required field missing",
                                 "mobile: required field missing"});
  CHECK(errors_of(post("/student-data-form/",
                       R"({"name":"Ann","email":"ann","gender":"X","mobile":"12"})")) ==
        std::vector<std::string>{"name: Field should have atleast 5 characters",
                                 "email: invalid email address",
                                 "gender: Gender should be either 'M' or 'F'",
                                 "mobile: Please provide valid mobile phone number"});
  CHECK(post("/demo-form/", R"({"item1":"a","item2":"b"})").body ==
        R"({"success":{"item1":"a","item2":"b"}})");
  CHECK(post("/forms/demo-form", R"({"item1":"a"})").status == 200);
  CHECK(submissions("demo-form") == 2);
  CHECK(call("GET", "/student-data-form/").status == 405);
  CHECK(call("POST", "/other-form/", "{}").status == 404);
  CHECK(post("/demo-form/", "{").status == 400);
}

TEST_CASE_METHOD(FormsServer, "a plain HTML page can post a form and be sent on") {
  REQUIRE(put("contact",
              contact_definition(R"(,"honeypot":"website","redirects":["https://a.org/thanks"])"))
              .status == 201);
  const auto sent =
      call("POST", "/forms/contact",
           "name=Ann+Lee&age=38&website=&_redirect=https%3A%2F%2Fa.org%2Fthanks", urlencoded);
  INFO(sent.body);
  CHECK(sent.status == 303);
  CHECK(sent.header("location") == "https://a.org/thanks");
  CHECK(sent.body.empty());
  const auto elsewhere =
      call("POST", "/forms/contact", "name=Ann&_redirect=https%3A%2F%2Fevil.org%2F", urlencoded);
  CHECK(errors_of(elsewhere) == std::vector<std::string>{"_redirect: is not a page of this form"});

  const std::string multipart =
      "--xyz\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nZo\xC3\xAB\r\n"
      "--xyz\r\nContent-Disposition: form-data; name=\"age\"\r\n\r\n41\r\n--xyz--\r\n";
  const auto parts = call("POST", "/forms/contact", multipart,
                          {{"Content-Type", "multipart/form-data; boundary=xyz"}});
  INFO(parts.body);
  CHECK(parts.status == 200);
  CHECK(parts.body == "{\"success\":{\"name\":\"Zo\xC3\xAB\",\"age\":41}}");
  CHECK(call("POST", "/forms/contact", "name=Bot&website=x", urlencoded).status == 200);
  CHECK(call("POST", "/forms/contact", "<x/>", {{"Content-Type", "text/xml"}}).status == 415);
  CHECK(call("PUT", "/forms/contact", "name=x", urlencoded).status == 401);

  CHECK(all_pages(*this, "contact", "limit=1").size() == 2);
  CHECK(all_pages(*this, "contact", "limit=1&spam=true").size() == 3);
  const JsonDoc spam(get("/forms/contact/submissions?spam=only").body);
  REQUIRE(spam.elements("submissions").size() == 1);
  CHECK(text_of(spam.elements("submissions")[0], "spam") == "honeypot");
}

TEST_CASE_METHOD(FormsServer, "a form's own limits hold: rate, origins, closed, who may read") {
  REQUIRE(put("slow", contact_definition(R"(,"rate_per_minute":1,"rate_burst":2)")).status == 201);
  CHECK(post("/forms/slow", R"({"name":"Ann"})").status == 200);
  CHECK(post("/forms/slow", R"({"name":"Ann"})").status == 200);
  const auto late = post("/forms/slow", R"({"name":"Ann"})");
  CHECK(late.status == 429);
  const std::string wait = late.header("retry-after");
  CHECK((wait == "60" || wait == "59" || wait == "58"));

  REQUIRE(put("own", contact_definition(R"(,"allowed_origins":["https://a.org"])")).status == 201);
  const auto from = [&](const std::string& origin) {
    return call("POST", "/forms/own", R"({"name":"Ann"})",
                {{"Content-Type", "application/json"}, {"Origin", origin}})
        .status;
  };
  CHECK(from("https://a.org") == 200);
  CHECK(from("https://b.org") == 403);

  const auto again = put("own", contact_definition(R"(,"closed":true)"));
  CHECK(again.status == 200);
  CHECK(again.body == R"({"name":"own","version":2})");
  CHECK(put("own", contact_definition(R"(,"closed":true)")).body == again.body);
  CHECK(post("/forms/own", R"({"name":"Ann"})").status == 409);
  CHECK(put("bad", R"({"schema":{"type":"object","$dynamicRef":"#x"}})").status == 422);

  for (const char* path : {"/forms/own/submissions", "/forms/own/submissions.csv",
                           "/forms/own/submissions.jsonl", "/forms/own/definition"})
    CHECK(call("GET", path).status == 401);
  const JsonDoc list(call("GET", "/forms").body);
  REQUIRE(list.elements().size() == 2);
  CHECK(text_of(list.elements()[0], "name") == "own");
  CHECK(call("GET", "/forms/own").body.find("\"schema\":{") != std::string::npos);
}

TEST_CASE_METHOD(
    FormsServer,
    "thousands of submissions: pages, exports and counts, before and after a restart") {
  constexpr std::size_t count = 4000;
  REQUIRE(put("many", contact_definition("")).status == 201);
  REQUIRE(put("other", contact_definition("")).status == 201);
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    for (const char* form : {"many", "other"})
      lines += R"({"topic":"forms","data":{"form":")" + std::string(form) +
               R"(","body":{"name":"=n)" + std::to_string(i) + R"(","note":")" +
               std::string(200, 'x') + "\"}}}\n";
  }
  const auto sent = call("POST", "/events", lines, {{"Content-Type", "application/x-ndjson"}});
  REQUIRE(sent.status == 200);
  CHECK(submissions("many") == static_cast<std::int64_t>(count));

  const auto check = [&] {
    const auto ids = all_pages(*this, "many", "limit=333");
    CHECK(ids.size() == count);
    CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == count);
    auto newest = all_pages(*this, "many", "limit=1000&order=newest");
    std::reverse(newest.begin(), newest.end());
    CHECK(newest == ids);
    CHECK(all_pages(*this, "many", "from=2100-01-01").empty());
    const auto one = get("/forms/many/submissions/" + ids[1234]);
    CHECK(one.status == 200);
    CHECK(JsonDoc(one.body).text("id") == ids[1234]);
    CHECK(get("/forms/other/submissions/" + ids[1234]).status == 404);

    const auto csv = get("/forms/many/submissions.csv");
    CHECK(csv.status == 200);
    CHECK(csv.header("content-type") == "text/csv; charset=utf-8");
    CHECK(csv.header("content-disposition") == "attachment; filename=\"many-submissions.csv\"");
    const auto rows = lines_of(csv.body);
    REQUIRE(rows.size() == count + 1);
    CHECK(rows[0] == "id,at,version,name,age,other\r");
    CHECK(rows[7].starts_with(ids[6] + ","));
    CHECK(rows[7].find(",1,'=n6,,") != std::string::npos);

    const auto jsonl = lines_of(get("/forms/many/submissions.jsonl").body);
    REQUIRE(jsonl.size() == count);
    CHECK(JsonDoc(jsonl.back()).text("id") == ids.back());

    std::int64_t counted = 0;
    const JsonDoc days(get("/forms/many/counts?step=day").body);
    for (const json::Value& day : days.elements()) counted += number_of(day, "count");
    CHECK(counted == static_cast<std::int64_t>(count));
    return ids;
  };
  const auto before = check();
  restart();
  CHECK(check() == before);
  CHECK(put("many", contact_definition("")).body == R"({"name":"many","version":1})");
}

TEST_CASE_METHOD(FormsServer,
                 "a repeated Idempotency-Key gets the first answer and stores nothing") {
  REQUIRE(put("contact", contact_definition("")).status == 201);
  const Headers headers{{"Content-Type", "application/json"}, {"Idempotency-Key", "once"}};
  const auto first = call("POST", "/forms/contact", R"({"name":"Ann"})", headers);
  restart();
  const auto again = call("POST", "/forms/contact", R"({"name":"Ann"})", headers);
  CHECK(first.status == 200);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(again.header("daybook-receipt") == first.header("daybook-receipt"));
  CHECK(submissions("contact") == 1);
}

}  // namespace
}  // namespace daybook::test
