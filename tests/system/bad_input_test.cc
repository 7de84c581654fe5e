// Bad input over the wire: a clear answer with the field and the rule, and nothing half done.
#include <catch2/catch.hpp>

#include "support/http_client.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

struct Row {
  std::string name;
  std::string body;
  int status;
  std::string field;  // of errors[0]; "-": no errors member expected
  std::string code;
};

// A right report with one member's text replaced.
std::string report_with(const std::string& member, const std::string& json_text) {
  std::string text = "{";
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"type", R"("checkin")"},
                                                        {"userId", R"("u")"},
                                                        {"schoolId", R"("s")"},
                                                        {"temperature", "36.5"},
                                                        {"timestamp", ""},
                                                        {"image", R"("")"}}) {
    const std::string& shown = name == member ? json_text : value;
    if (shown.empty()) continue;
    if (text.size() > 1) text += ",";
    text += "\"" + name + "\":" + shown;
  }
  return text + "}";
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::vector<Row> json_rows() {
  return {
      {"an empty body", "", 400, "-", ""},
      {"no JSON", "check me in", 400, "", "json"},
      {"JSON cut short", R"({"type":"checkin","userId":"u")", 400, "", "json"},
      {"text after the object", report_with("", "") + "x", 400, "", "json"},
      {"a duplicate key",
       R"({"type":"checkin","userId":"u","userId":"v","schoolId":"s","temperature":36})", 400,
       "userId", "duplicate_key"},
      {"a duplicate key inside an unknown member",
       R"({"type":"checkin","userId":"u","schoolId":"s","temperature":36,"more":{"a":1,"a":2}})",
       400, "a", "duplicate_key"},
      {"an array", "[1,2]", 422, "", "type"},
      {"a bare number", "7", 422, "", "type"},
      {"a missing field", report_with("userId", ""), 422, "userId", "missing"},
      {"an unknown type", report_with("type", R"("arrive")"), 422, "type", "not_one_of"},
      {"a user id that is a number", report_with("userId", "7"), 422, "userId", "type"},
      {"a school id that is null", report_with("schoolId", "null"), 422, "schoolId", "type"},
      {"an empty user id", report_with("userId", R"("")"), 422, "userId", "empty"},
      {"a user id of 65 characters", report_with("userId", quoted(std::string(65, 'x'))), 422,
       "userId", "too_long"},
      {"a school id of 65 characters", report_with("schoolId", quoted(std::string(65, 'x'))), 422,
       "schoolId", "too_long"},
      {"NUL in an id", report_with("userId", R"("a\u0000b")"), 422, "userId", "nul"},
      {"a control character in an id", report_with("schoolId", R"("a\nb")"), 422, "schoolId",
       "control_character"},
      {"a raw NUL byte", report_with("userId", quoted(std::string("a\0b", 3))), 400, "", "json"},
      {"invalid UTF-8", report_with("userId", "\"a\xC3(\""), 400, "", "json"},
      {"a lone surrogate", report_with("userId", R"("\ud800")"), 400, "", "json"},
      {"a timestamp of 0", report_with("timestamp", "0"), 422, "timestamp", "range"},
      {"a negative timestamp", report_with("timestamp", "-5"), 422, "timestamp", "range"},
      {"half a millisecond", report_with("timestamp", "1700000000000.5"), 422, "timestamp",
       "not_whole"},
      {"a timestamp beyond 64 bits", report_with("timestamp", "99999999999999999999"), 400, "",
       "json"},
      {"a timestamp far in the future", report_with("timestamp", "9223372036854775807"), 422,
       "timestamp", "too_far_ahead"},
      {"a timestamp long gone", report_with("timestamp", "1"), 422, "timestamp", "too_old"},
      {"a temperature that is a word", report_with("temperature", R"("hot")"), 422, "temperature",
       "type"},
      {"a temperature beyond range", report_with("temperature", "1000"), 422, "temperature",
       "range"},
      {"a temperature beyond double", report_with("temperature", "1e999"), 400, "", "json"},
      {"an image that is a number", report_with("image", "5"), 422, "image", "type"},
      {"a depth bomb", std::string(100'000, '['), 400, "", "json"},
      {"a deep unknown member",
       report_with("image", "\"\",\"deep\":" + std::string(64, '[') + std::string(64, ']')), 400,
       "", "json"},
  };
}

// Every error answer has this form.
void check_problem(const HttpResponse& answer, int status) {
  CHECK(answer.status == status);
  CHECK(answer.header("content-type").starts_with("application/problem+json"));
  CHECK_FALSE(answer.has_header("daybook-receipt"));
  const JsonDoc problem(answer.body);
  CHECK(problem.number("status") == status);
  CHECK(problem.text("type") != "<none>");
  CHECK(problem.text("title") != "<none>");
  CHECK(problem.text("detail") != "<none>");
  CHECK(problem.text("message").size() > 3);
}

// The head of the log after the server has stopped, so that nothing is still under way.
std::int64_t stopped_head(Server& server, const std::string& data_dir) {
  server.stop();
  const Finished stat = run_tool({"log", "stat", "--json"}, data_dir);
  INFO(stat.err);
  REQUIRE(stat.exit.code == 0);
  return JsonDoc(stat.out).number("head");
}

TEST_CASE(
    "a body that breaks a rule is answered with the field and the rule, and nothing is written") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  for (const Row& row : json_rows()) {
    INFO(row.name);
    const auto answer = client.post_json("/attendances", row.body);
    INFO(client.error());
    REQUIRE(answer.has_value());
    INFO(answer->body);
    check_problem(*answer, row.status);
    if (row.field == "-") continue;
    const JsonDoc problem(answer->body);
    const auto errors = problem.elements("errors");
    REQUIRE_FALSE(errors.empty());
    CHECK(text_of(errors[0], "field") == row.field);
    CHECK(text_of(errors[0], "code") == row.code);
    CHECK(text_of(errors[0], "message").size() > 3);
  }
  // The same bodies as NDJSON lines: each is refused on its own, the right one between them is
  // taken.
  std::string lines;
  std::vector<int> expected;
  for (const Row& row : json_rows()) {
    if (row.body.empty() || row.body.find('\n') != std::string::npos) continue;
    lines += R"({"topic":"attendance","data":)" + row.body + "}\n";
    expected.push_back(row.status);
  }
  lines += R"({"topic":"attendance","data":)" + report_with("", "") + "}\n";
  expected.push_back(200);
  const auto answer =
      client.call("POST", "/events", lines, {{"Content-Type", "application/x-ndjson"}});
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  const auto answers = lines_of(answer->body);
  REQUIRE(answers.size() == expected.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    INFO(answers[i]);
    const JsonDoc line(answers[i]);
    CHECK(line.number("line") == static_cast<std::int64_t>(i + 1));
    // Inside a line a wrong form may be the line's (400) or the data's (422); it is never accepted.
    if (expected[i] == 200) {
      CHECK(line.number("status") == 200);
    } else {
      CHECK((line.number("status") == 400 || line.number("status") == 422));
    }
  }
  client.close();
  CHECK(stopped_head(*server, options.data_dir) == 1);
}

TEST_CASE("all broken rules of a body are listed at once") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  const auto answer = client.post_json(
      "/attendances", R"({"type":"x","userId":"","schoolId":5,"temperature":"hot","timestamp":0})");
  REQUIRE(answer.has_value());
  check_problem(*answer, 422);
  const JsonDoc problem(answer->body);
  std::vector<std::string> fields;
  for (const auto& error : problem.elements("errors")) fields.push_back(text_of(error, "field"));
  CHECK(fields ==
        std::vector<std::string>{"type", "userId", "schoolId", "timestamp", "temperature"});
  client.close();
  CHECK(stopped_head(*server, options.data_dir) == 0);
}

TEST_CASE("a body of 1 MiB is read, one of 1 MiB and a byte is too large") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  std::string body = report_with("", "");
  body.append(mebibyte - body.size(), ' ');
  const auto largest = client.post_json("/attendances", body);
  REQUIRE(largest.has_value());
  CHECK(largest->status == 200);
  body.push_back(' ');
  const auto too_large = client.post_json("/attendances", body);
  INFO(client.error());
  REQUIRE(too_large.has_value());
  check_problem(*too_large, 413);
  client.close();
  CHECK(stopped_head(*server, options.data_dir) == 1);
}

TEST_CASE("media types and encodings that are not meant are refused as such") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  const std::string body = report_with("", "");
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/xml"}) {
    INFO(type);
    const auto answer = client.call("POST", "/attendances", body, {{"Content-Type", type}});
    REQUIRE(answer.has_value());
    check_problem(*answer, 415);
  }
  const auto packed =
      client.call("POST", "/attendances", body,
                  {{"Content-Type", "application/json"}, {"Content-Encoding", "br"}});
  REQUIRE(packed.has_value());
  check_problem(*packed, 415);
  const auto no_gzip =
      client.call("POST", "/events", "not gzip at all",
                  {{"Content-Type", "application/x-ndjson"}, {"Content-Encoding", "gzip"}});
  REQUIRE(no_gzip.has_value());
  check_problem(*no_gzip, 400);
  const auto upload =
      client.call("POST", "/upload/image", "picture", {{"Content-Type", "image/png"}});
  REQUIRE(upload.has_value());
  check_problem(*upload, 415);
  client.close();
  CHECK(stopped_head(*server, options.data_dir) == 0);
}

TEST_CASE("a body cut short by the client leaves no trace") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  const std::string whole = json_request_bytes("POST", "/attendances", report_with("", ""));
  for (const std::size_t cut :
       {std::size_t{1}, std::size_t{20}, whole.size() / 2, whole.size() - 1}) {
    INFO("cut after " << cut << " bytes");
    HttpClient client(server->url());
    REQUIRE(client.connect());
    REQUIRE(client.send(std::string_view(whole).substr(0, cut)));
    client.shutdown_send();
    const auto answer = client.receive();
    if (answer) CHECK(answer->status == 400);
  }
  CHECK(stopped_head(*server, options.data_dir) == 0);
}

struct UploadRow {
  std::string name, content_type, body;
  int status;
};

TEST_CASE("uploads that are cut, misframed, too large or no picture are refused") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  const std::string part =
      "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: "
      "image/png\r\n\r\n";
  const std::string end = "\r\n--b--\r\n";
  const std::string form = "multipart/form-data; boundary=b";
  const std::string png_start("\x89PNG\r\n\x1a\n", 8);
  const std::vector<UploadRow> rows{
      {"a text that calls itself a picture", form, part + "hello" + end, 422},
      {"a program that calls itself a picture", form,
       part + std::string("MZ\x90\0\3\0\0\0", 8) + end, 422},
      {"a picture that is cut off", form, part + png_start + "\0\0\0\rIHDR" + end, 422},
      {"an empty file", form, part + end, 422},
      {"a form without its end", form, part + png_start, 400},
      {"a form without a boundary", "multipart/form-data", part + png_start + end, 415},
      {"a form without a file", form,
       "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1" + end, 422},
      {"an empty body", form, "", 400},
      {"more than a million bytes", form, part + png_start + std::string(1'000'001, 'x') + end,
       413},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto answer =
        client.call("POST", "/upload/image", row.body, {{"Content-Type", row.content_type}});
    INFO(client.error());
    REQUIRE(answer.has_value());
    INFO(answer->body);
    check_problem(*answer, row.status);
  }
  client.close();
  server->stop();
}

TEST_CASE("requests that could be framed in two ways are refused and the connection closed") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  const std::string body = report_with("", "");
  const std::string head =
      "POST /attendances HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"both lengths", head + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"two lengths", head + length + "Content-Length: 1\r\n\r\n" + body},
      {"a signed length",
       head + "Content-Length: +" + std::to_string(body.size()) + "\r\n\r\n" + body},
      {"an unknown encoding", head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {"a space before the colon",
       head + "Content-Length : " + std::to_string(body.size()) + "\r\n\r\n" + body},
      {"no host", "POST /attendances HTTP/1.1\r\n" + length + "\r\n" + body},
      {"a folded header", head + "X: a\r\n b\r\n" + length + "\r\n" + body},
      {"a bare line feed", "POST /attendances HTTP/1.1\nHost: x\n" + length + "\r\n" + body},
  };
  for (const auto& [name, bytes] : rows) {
    INFO(name);
    HttpClient client(server->url());
    REQUIRE(client.connect());
    REQUIRE(client.send(bytes));
    const auto answer = client.receive();
    INFO(client.error());
    REQUIRE(answer.has_value());
    check_problem(*answer, 400);
    CHECK(client.wait_for_close());
  }
  CHECK(stopped_head(*server, options.data_dir) == 0);
}

}  // namespace
}  // namespace daybook::test
