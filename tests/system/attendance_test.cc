// Attendance from end to end over HTTP: what the contract says, as a client sees it.

#include <ctime>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "support/gzip.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/load_model.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

std::string report(const std::string& type, const std::string& user, const std::string& school,
                   std::int64_t at_ms, const std::string& temperature = "36.5") {
  return R"({"type":")" + type + R"(","userId":")" + user + R"(","schoolId":")" + school +
         R"(","timestamp":)" + std::to_string(at_ms) + R"(,"temperature":)" + temperature +
         R"(,"image":""})";
}

struct Fixture {
  TempDir dir;
  std::unique_ptr<Server> server = Server::start({dir / "data"});
  HttpClient client{server->url()};

  HttpResponse call(const std::string& method, const std::string& target,
                    const std::string& body = {}, const Headers& headers = {}) {
    INFO(method << " " << target);
    auto response = client.call(method, target, body, headers);
    INFO(client.error());
    REQUIRE(response.has_value());
    return *response;
  }
  HttpResponse post(const std::string& body, const Headers& headers = {}) {
    auto response = client.post_json("/attendances", body, headers);
    INFO(client.error());
    REQUIRE(response.has_value());
    return *response;
  }
  // Answered with this status and this message, exactly.
  void refused(const std::string& body, int status, const std::string& message) {
    const auto response = post(body);
    CHECK(response.status == status);
    CHECK(JsonDoc(response.body).text("message") == message);
    CHECK_FALSE(response.has_header("daybook-receipt"));
  }
  void accepted(const std::string& body) {
    const auto response = post(body);
    INFO(response.body);
    CHECK(response.status == 200);
    CHECK(response.header("daybook-receipt").find('-') != std::string::npos);
  }
};

TEST_CASE_METHOD(Fixture,
                 "a person checks in once and out once a day, with the reference's own texts") {
  const std::int64_t noon = load_noon_ms();
  refused(report("checkout", "ada", "1", noon), 409, "User haven't checked in");
  accepted(report("checkin", "ada", "1", noon));
  refused(report("checkin", "ada", "1", noon + 5), 409, "User already checked in");
  accepted(report("checkout", "ada", "1", noon + 1000));
  refused(report("checkout", "ada", "1", noon + 2000), 409, "User already checked out");
  refused(report("checkin", "ada", "1", noon + 2000), 409, "User already checked in");
  // The day before is another day; so is another person.
  accepted(report("checkin", "ada", "1", noon - day_ms));
  accepted(report("checkin", "bob", "1", noon, "38"));

  const auto school = call("GET", "/schools/1?from=" + load_day() + "&to=" + load_day());
  CHECK(school.status == 200);
  const JsonDoc json(school.body);
  CHECK(json.text("_id") == "1");
  const auto reports = json.elements("reports");
  REQUIRE(reports.size() == 1);
  CHECK(text_of(reports[0], "date") == load_day());
  CHECK(text_of(reports[0], "school") == "1");
  CHECK(number_of(reports[0], "totalCheckIns") == 2);
  CHECK(number_of(reports[0], "totalCheckOuts") == 1);
  CHECK(number_of(reports[0], "totalFeversDetect") == 1);
}

TEST_CASE_METHOD(
    Fixture,
    "numbers as texts, unknown fields and absent options are taken as the reference takes them") {
  accepted(
      R"({"temperature":"36.5","schoolId":"s","userId":"texts","type":"checkin","timestamp":")" +
      std::to_string(load_noon_ms()) + R"(","more":{"x":[1]}})");
  accepted(R"({"type":"checkin","userId":"plain","schoolId":"s","temperature":36})");
  accepted(
      R"({"type":"checkin","userId":"𝒳 é 漢字","schoolId":"école","temperature":36.25,"image":""})");
  const auto school = call("GET", "/schools/%C3%A9cole");
  CHECK(school.status == 200);
  CHECK(JsonDoc(school.body).text("_id") == "école");
}

TEST_CASE_METHOD(
    Fixture,
    "events up to seven days late count for their own day; older and future ones are refused") {
  const std::int64_t now = static_cast<std::int64_t>(std::time(nullptr)) * 1000;
  accepted(report("checkin", "late", "s", now - 6 * day_ms));
  accepted(report("checkin", "soon", "s", now + 200'000));
  for (const std::int64_t at : {now - 8 * day_ms, now + 400'000}) {
    const auto response = post(report("checkin", "wrong", "s", at));
    CHECK(response.status == 422);
    const JsonDoc problem(response.body);
    const auto errors = problem.elements("errors");
    REQUIRE(errors.size() == 1);
    CHECK(text_of(errors[0], "field") == "timestamp");
  }
}

TEST_CASE_METHOD(Fixture, "a school's own time zone says when its day begins") {
  const auto defined =
      call("PUT", "/schools/jakarta", R"({"name":"SMA 1","timeZone":"Asia/Jakarta"})",
           {{"Content-Type", "application/json"}, server->authorization()});
  INFO(defined.body);
  REQUIRE(defined.status == 200);
  // 16:30 and 17:30 UTC: 23:30 of this day and 00:30 of the next in Jakarta (UTC+7).
  const std::int64_t evening = load_noon_ms() - day_ms + 16'200'000;
  accepted(report("checkin", "ada", "jakarta", evening));
  accepted(report("checkin", "ada", "jakarta", evening + 3'600'000));
  refused(report("checkin", "ada", "jakarta", evening + 3'700'000), 409, "User already checked in");
  const JsonDoc school(call("GET", "/schools/jakarta").body);
  CHECK(school.text("name") == "SMA 1");
  CHECK(school.elements("reports").size() == 2);
}

TEST_CASE_METHOD(Fixture,
                 "an Idempotency-Key gives the first answer again, and never for another body") {
  const std::string body = report("checkin", "ada", "s", load_noon_ms());
  const Headers key{{"Idempotency-Key", "\"first\""}};
  const auto first = post(body, key);
  REQUIRE(first.status == 200);
  const auto again = post(body, key);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(again.header("daybook-receipt") == first.header("daybook-receipt"));
  CHECK(post(report("checkin", "bob", "s", load_noon_ms()), key).status == 422);
  CHECK(post(body).status == 409);
  CHECK(post(body, {{"Idempotency-Key", "\"\""}}).status == 400);
  const JsonDoc school(call("GET", "/schools/s?from=" + load_day()).body);
  CHECK(school.elements("reports").size() == 1);
}

TEST_CASE_METHOD(Fixture,
                 "NDJSON lines are answered one by one, in order, and a bad one hurts no other") {
  const std::int64_t noon = load_noon_ms();
  const std::string lines =
      R"({"topic":"attendance","data":)" + report("checkin", "ada", "s", noon) + "}\n" +
      R"({"topic":"attendance","data":)" + report("checkout", "ada", "s", noon + 1) + "}\n" +
      "this is no JSON\n" + R"({"topic":"attendance","data":)" +
      report("checkin", "ada", "s", noon) + "}\n" + R"({"topic":"nothing","data":{}})" + "\n" +
      R"({"topic":"attendance","data":{"type":"checkin"}})" + "\n" +
      R"({"topic":"attendance","data":)" + report("checkin", "bob", "s", noon) +
      R"(,"idempotencyKey":"bob-1"})";
  const auto check = [&](const HttpResponse& response, const std::vector<int>& statuses) {
    REQUIRE(response.status == 200);
    CHECK(response.header("content-type").starts_with("application/x-ndjson"));
    const auto answers = lines_of(response.body);
    REQUIRE(answers.size() == statuses.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      INFO(answers[i]);
      const JsonDoc answer(answers[i]);
      CHECK(answer.number("line") == static_cast<std::int64_t>(i + 1));
      CHECK(answer.number("status") == statuses[i]);
      CHECK((answer.text("receipt") != "<none>") == (statuses[i] == 200));
      CHECK((answer.text("message") != "<none>") == (statuses[i] != 200));
    }
  };
  const Headers plain{{"Content-Type", "application/x-ndjson"}};
  check(call("POST", "/events", lines, plain), {200, 200, 400, 409, 422, 422, 200});
  const Headers packed{{"Content-Type", "application/x-ndjson"}, {"Content-Encoding", "gzip"}};
  check(call("POST", "/events", gzip(lines), packed), {409, 409, 400, 409, 422, 422, 200});
  // A check-out before its check-in, in the order of the body, is judged as such.
  const std::string turned =
      R"({"topic":"attendance","data":)" + report("checkout", "eve", "s", noon + 1) + "}\n" +
      R"({"topic":"attendance","data":)" + report("checkin", "eve", "s", noon) + "}\n";
  check(call("POST", "/events", turned, plain), {409, 200});
  CHECK(call("POST", "/events", "", plain).status == 400);
}

TEST_CASE_METHOD(Fixture, "an uploaded picture comes back as it was, and two of one name are two") {
  const unsigned char bytes[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
      0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00,
      0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78,
      0x9c, 0x63, 0x00, 0x01, 0x00, 0x00, 0x05, 0x00, 0x01, 0x0d, 0x0a, 0x2d, 0xb4, 0x00,
      0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  const std::string png(reinterpret_cast<const char*>(bytes), sizeof bytes);
  const std::string form =
      "--xyz\r\nContent-Disposition: form-data; name=\"image\"; "
      "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" +
      png + "\r\n--xyz--\r\n";
  const Headers type{{"Content-Type", "multipart/form-data; boundary=xyz"}};
  const auto first = call("POST", "/upload/image", form, type);
  INFO(first.body);
  REQUIRE(first.status == 200);
  const std::string reference = JsonDoc(first.body).text("image");
  REQUIRE(reference.starts_with("/"));
  const auto picture = call("GET", reference);
  CHECK(picture.status == 200);
  CHECK(picture.header("content-type") == "image/png");
  CHECK(picture.body == png);
  CHECK(JsonDoc(call("POST", "/upload/image", form, type).body).text("image") != reference);
  CHECK(call("GET", reference + "x").status == 404);
  CHECK(call("GET", "/images/..%2fadmin-key").status == 404);

  // It is still there after a crash: it was synced before its reference was answered.
  server->process().kill_hard();
  auto again = Server::start({dir / "data"});
  HttpClient client_again(again->url());
  const auto after = client_again.get(reference);
  REQUIRE(after.has_value());
  CHECK(after->body == png);
}

TEST_CASE_METHOD(Fixture, "definitions and personal records need the admin key") {
  const Headers json{{"Content-Type", "application/json"}};
  const auto no_key = call("PUT", "/schools/1", R"({"name":"One"})", json);
  CHECK(no_key.status == 401);
  CHECK(no_key.has_header("www-authenticate"));
  CHECK(call("PUT", "/schools/1", R"({"name":"One"})", {json[0], {"Authorization", "Bearer wrong"}})
            .status == 401);
  CHECK(call("PUT", "/schools/1", R"({"name":"One"})", {json[0], server->authorization()}).status ==
        200);
  CHECK(JsonDoc(call("GET", "/schools/1").body).text("name") == "One");
  CHECK(call("PUT", "/schools/1", R"({"timeZone":"Mars/Base"})", {json[0], server->authorization()})
            .status == 422);

  accepted(report("checkin", "ada", "1", load_noon_ms(), "37.2"));
  CHECK(call("GET", "/users/ada/attendance").status == 401);
  const auto history =
      call("GET", "/users/ada/attendance?from=" + load_day(), {}, {server->authorization()});
  REQUIRE(history.status == 200);
  const JsonDoc record(history.body);
  const auto days = record.elements("days");
  REQUIRE(days.size() == 1);
  CHECK(text_of(days[0], "date") == load_day());
  const auto check_in = days[0].find("checkIn");
  REQUIRE(check_in.has_value());
  CHECK(text_of(*check_in, "schoolId") == "1");
  CHECK(number_of(*check_in, "timestamp") == load_noon_ms());

  const Finished rotated = run_tool({"key", "rotate"}, dir / "data");
  CHECK(rotated.exit.code == 0);
  // The server looks at the key file again now and then.
  const auto until = std::chrono::steady_clock::now() + start_deadline;
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < until)
    status = call("GET", "/users/ada/attendance", {}, {server->authorization()}).status;
  CHECK(status == 401);
}

TEST_CASE_METHOD(Fixture, "the list of schools shows today's reports, most fevers first") {
  const std::int64_t now = static_cast<std::int64_t>(std::time(nullptr)) * 1000;
  for (int school = 0; school < 3; ++school)
    for (int user = 0; user <= school; ++user)
      accepted(report("checkin", "u" + std::to_string(school) + "-" + std::to_string(user),
                      std::to_string(school), now, "39.5"));
  const JsonDoc json(call("GET", "/schools").body);
  const auto rows = json.elements();
  REQUIRE(rows.size() == 3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(number_of(rows[i], "totalFeversDetect") == static_cast<std::int64_t>(3 - i));
    CHECK(number_of(rows[i], "totalCheckIns") == static_cast<std::int64_t>(3 - i));
    const auto school = rows[i].find("school");
    REQUIRE(school.has_value());
    CHECK(text_of(*school, "_id") == std::to_string(2 - i));
  }
  const auto bad_date = call("GET", "/schools/0?from=yesterday");
  CHECK(bad_date.status == 422);
  CHECK(call("GET", "/schools/none").status == 404);
}

TEST_CASE_METHOD(Fixture, "methods, HEAD, preflights and unknown paths are answered as HTTP says") {
  const auto get = call("GET", "/schools");
  const auto head = call("HEAD", "/schools");
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == get.header("content-length"));
  CHECK(head.body.empty());

  const auto not_allowed = call("DELETE", "/attendances");
  CHECK(not_allowed.status == 405);
  CHECK(not_allowed.header("allow").find("POST") != std::string::npos);
  CHECK(not_allowed.header("content-type").starts_with("application/problem+json"));
  const auto nowhere = call("GET", "/no/such/path");
  CHECK(nowhere.status == 404);
  CHECK(nowhere.header("content-type").starts_with("application/problem+json"));

  const auto preflight = call("OPTIONS", "/attendances", {},
                              {{"Origin", "https://school.example"},
                               {"Access-Control-Request-Method", "POST"},
                               {"Access-Control-Request-Headers", "content-type"}});
  CHECK((preflight.status == 200 || preflight.status == 204));
  CHECK(preflight.header("access-control-allow-origin") == "*");
  CHECK(preflight.header("access-control-allow-methods").find("POST") != std::string::npos);
  CHECK_FALSE(preflight.has_header("access-control-allow-credentials"));
  const auto options = call("OPTIONS", "/schools");
  CHECK(options.header("allow").find("GET") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "/metrics counts what happened, in the form that Prometheus reads") {
  accepted(report("checkin", "ada", "s", load_noon_ms()));
  refused(report("checkin", "ada", "s", load_noon_ms()), 409, "User already checked in");
  const auto metrics = call("GET", "/metrics", {}, {server->authorization()});
  REQUIRE(metrics.status == 200);
  CHECK(metrics.body.find("daybook_log_events_total{topic=\"attendance\"} 1\n") !=
        std::string::npos);
  for (const char* name :
       {"daybook_http_requests_total", "daybook_http_request_duration_seconds_bucket",
        "daybook_log_commit_seconds_bucket", "daybook_sequencer_group_events_bucket"}) {
    INFO(name);
    CHECK(metrics.body.find(name) != std::string::npos);
  }
  if (!std::filesystem::exists("/usr/bin/promtool")) {
    WARN("promtool is not installed; the form is not checked");
    return;
  }
  const std::string file = dir / "metrics";
  std::ofstream(file) << metrics.body;
  const Finished checked = run_program("/bin/sh", {"-c", "promtool check metrics < " + file});
  INFO(checked.out << checked.err);
  CHECK(checked.exit.code == 0);
}

}  // namespace
}  // namespace daybook::test
