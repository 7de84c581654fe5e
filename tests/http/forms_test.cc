// Bodies of plain HTML forms over real sockets, and what a domain sees of the request.
#include "running_server.h"

namespace daybook::test {
namespace {

const Headers urlencoded{{"Content-Type", "application/x-www-form-urlencoded"}};
const Headers multipart{{"Content-Type", "multipart/form-data; boundary=\"a b\""}};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string echoed_body(HttpClient& client, const std::string& body, const Headers& headers) {
  const auto answer = client.call("POST", "/front/form/", body, headers);
  REQUIRE(answer);
  if (answer->status != 200) return std::to_string(answer->status);
  const std::string start = R"({"body":)";
  CHECK(answer->body.starts_with(start));
  return answer->body.substr(start.size(), answer->body.find(",\"origin\"") - start.size());
}

TEST_CASE("a route that takes forms gets JSON, urlencoded and multipart bodies as one object") {
  RunningServer s;
  auto client = s.client();
  const std::string expected = R"({"name":"Ada L","tags":["a","b"]})";
  CHECK(echoed_body(client, R"({"name":"Ada L","tags":["a","b"]})",
                    {{"Content-Type", "application/json"}}) == expected);
  CHECK(echoed_body(client, R"({"name":"Ada L","tags":["a","b"]})", {}) == expected);
  CHECK(echoed_body(client, "name=Ada+L&tags=a&tags=b", urlencoded) == expected);
  CHECK(echoed_body(client, "name=Ada+L&tags%5B%5D=a&tags%5B%5D=b",
                    {{"Content-Type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"}}) ==
        expected);
  const auto part = [](const std::string& name, const std::string& bytes) {
    return "--a b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + bytes +
           "\r\n";
  };
  CHECK(echoed_body(client,
                    part("name", "Ada L") + part("tags", "a") + part("tags", "b") + "--a b--\r\n",
                    multipart) == expected);
  CHECK(echoed_body(client, "", urlencoded) == "{}");
  CHECK(echoed_body(client, "", {}) == "400");
}

TEST_CASE("a form that comes in chunks and in many reads is one form") {
  RunningServer s;
  auto client = s.client();
  const std::string text(100'000, 'x');
  std::string bytes =
      "POST /front/form/ HTTP/1.1\r\nHost: a\r\nContent-Type: "
      "application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nt=\r\n186a0\r\n";
  bytes += text + "\r\n0\r\n\r\n";
  REQUIRE((client.connect() && client.send(bytes)));
  const auto answer = client.receive();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(contains(answer->body, "{\"t\":\"" + text + "\"}"));
}

TEST_CASE("a wrong form is refused with the field it is about") {
  RunningServer s;
  auto client = s.client();
  CHECK(echoed_body(client, "a=%zz", urlencoded) == "400");
  CHECK(echoed_body(client, "a=%FF", urlencoded) == "400");
  CHECK(echoed_body(client, "--c--", multipart) == "400");
  CHECK(echoed_body(client, "--c--", {{"Content-Type", "multipart/form-data"}}) == "415");
  const auto file = client.call("POST", "/front/form/",
                                "--a b\r\nContent-Disposition: form-data; name=\"cv\"; "
                                "filename=\"cv.pdf\"\r\n\r\nx\r\n--a b--\r\n",
                                multipart);
  REQUIRE(file);
  CHECK(file->status == 422);
  CHECK(contains(file->body, R"("errors":[{"field":"cv","code":"file",)"));
  for (const char* type : {"text/plain", "", "application/xml", "application/json; charset=latin1",
                           "application/x-www-form-urlencoded; charset=iso-8859-1"}) {
    INFO(type);
    const auto answer = client.call("POST", "/front/form/", "a=1", {{"Content-Type", type}});
    REQUIRE(answer);
    CHECK(answer->status == 415);
    CHECK(contains(answer->body,
                   "application/json, application/x-www-form-urlencoded or multipart/form-data"));
  }
  // Where only JSON is taken, a form still is not.
  CHECK(client.call("POST", "/guestbook", "name=a&text=b", urlencoded)->status == 415);
  CHECK(s.sequencer->stats().events == 0);
}

TEST_CASE("a form with an Idempotency-Key is the same request only when its bytes are the same") {
  RunningServer s;
  auto client = s.client();
  Headers keyed = urlencoded;
  keyed.emplace_back("Idempotency-Key", "k");
  CHECK(client.call("POST", "/front/form/", "a=1&b=2", keyed)->status == 200);
  const auto again = client.call("POST", "/front/form/", "a=1&b=2", keyed);
  REQUIRE(again);
  CHECK(again->status == 200);
  CHECK(again->header("idempotent-replayed") == "true");
  CHECK(client.call("POST", "/front/form/", "b=2&a=1", keyed)->status == 422);
  CHECK(s.sequencer->stats().events == 1);
}

TEST_CASE("a domain sees where a request came from") {
  RunningServer s;
  auto client = s.client();
  Headers headers = urlencoded;
  CHECK(contains(client.call("POST", "/front/form/", "a=1", headers)->body, R"("origin":"",)"));
  headers.emplace_back("Origin", "https://school.example");
  const auto answer = client.call("POST", "/front/form/", "a=1", headers);
  REQUIRE(answer);
  CHECK(contains(answer->body, R"("origin":"https://school.example")"));
  CHECK(contains(answer->body, R"("contentType":"application/x-www-form-urlencoded")"));
}

}  // namespace
}  // namespace daybook::test
