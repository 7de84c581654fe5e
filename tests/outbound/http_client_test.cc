#include "outbound/http_client.h"
#include "support/fake_http_server.h"
#include "support/wait.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <ctime>
#include <thread>

namespace daybook::outbound {
namespace {

using test::FakeAnswer;
using test::FakeHttpServer;
using test::FakeRequest;

HttpOptions local() {
  HttpOptions options;
  options.allow_private = true;
  options.timeout_ms = 5'000;
  return options;
}

HttpAnswer post(HttpClient& client, const std::string& url, std::string_view body = "{}") {
  HttpRequest request;
  request.url = url;
  request.headers = {"Content-Type: application/json"};
  request.body = body;
  return client.send(request);
}

}  // namespace

TEST_CASE("an HTTP request arrives whole and its answer comes back whole") {
  FakeRequest seen;
  FakeHttpServer server([&](const FakeRequest& request) {
    seen = request;
    FakeAnswer answer;
    answer.status = 201;
    answer.headers = {{"X-Word", "yes"}};
    answer.body = "hello";
    return answer;
  });
  HttpClient client(local());
  const std::string body(300'000, 'x');
  const HttpAnswer answer = post(client, server.url() + "/hook?a=b", body);
  CHECK(answer.status == 201);
  CHECK(answer.body == "hello");
  CHECK(answer.header("x-word") == "yes");
  CHECK(seen.method == "POST");
  CHECK(seen.target == "/hook?a=b");
  CHECK(seen.header("content-type") == "application/json");
  CHECK(seen.header("expect").empty());
  CHECK(seen.body == body);
}

TEST_CASE("other methods are sent as named, GET without a body") {
  std::string method;
  FakeHttpServer server([&](const FakeRequest& request) {
    method = request.method;
    return FakeAnswer{};
  });
  HttpClient client(local());
  for (const char* name : {"GET", "PUT", "POST"}) {
    HttpRequest request;
    request.method = name;
    request.url = server.url() + "/";
    CHECK(client.send(request).status == 200);
    CHECK(method == name);
  }
}

TEST_CASE("a loopback receiver is refused unless private addresses are allowed") {
  std::atomic<int> requests{0};
  FakeHttpServer server([&](const FakeRequest&) {
    ++requests;
    return FakeAnswer{};
  });
  HttpOptions options = local();
  options.allow_private = false;
  HttpClient client(options);
  for (const std::string& url : {server.url(), "http://localhost:" + std::to_string(server.port()),
                                 "http://[::ffff:127.0.0.1]:" + std::to_string(server.port())}) {
    const HttpAnswer answer = post(client, url);
    INFO(url);
    CHECK(answer.status == 0);
    CHECK(answer.refused_address);
    CHECK_FALSE(answer.failure.empty());
  }
  CHECK(requests == 0);
}

TEST_CASE("a redirect is an answer, not a way to go") {
  std::atomic<int> requests{0};
  FakeHttpServer server([&](const FakeRequest&) {
    ++requests;
    FakeAnswer answer;
    answer.status = 302;
    answer.headers = {{"Location", "/elsewhere"}};
    return answer;
  });
  HttpClient client(local());
  CHECK(post(client, server.url()).status == 302);
  CHECK(requests == 1);
}

TEST_CASE("only http and https are spoken") {
  HttpClient client(local());
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "nonsense:"}) {
    INFO(url);
    const HttpAnswer answer = post(client, url);
    CHECK(answer.status == 0);
    CHECK_FALSE(answer.failure.empty());
  }
}

TEST_CASE("an answer that is cut, half or never comes is told as none") {
  FakeAnswer next;
  FakeHttpServer server([&](const FakeRequest&) { return next; });
  HttpOptions options = local();
  options.timeout_ms = 300;
  HttpClient client(options);
  next.fault = FakeAnswer::Fault::cut;
  CHECK(post(client, server.url()).status == 0);
  next.fault = FakeAnswer::Fault::half;
  next.body = std::string(1000, 'x');
  CHECK(post(client, server.url()).status == 0);
  next.fault = FakeAnswer::Fault::none;
  next.delay_ms = 60'000;
  const HttpAnswer late = post(client, server.url());
  CHECK(late.status == 0);
  CHECK_FALSE(late.failure.empty());
  next.delay_ms = 0;
  CHECK(post(client, server.url()).status == 200);
}

TEST_CASE("nobody at the address is told in words") {
  std::uint16_t port = 0;
  {
    FakeHttpServer gone([](const FakeRequest&) { return FakeAnswer{}; });
    port = gone.port();
  }
  HttpClient client(local());
  const HttpAnswer answer = post(client, "http://127.0.0.1:" + std::to_string(port));
  CHECK(answer.status == 0);
  CHECK_FALSE(answer.refused_address);
  CHECK_FALSE(answer.failure.empty());
}

TEST_CASE("a huge answer is cut off and its status counts") {
  FakeHttpServer server([](const FakeRequest&) {
    FakeAnswer answer;
    answer.body = std::string(1'000'000, 'x');
    return answer;
  });
  HttpOptions options = local();
  options.answer_bytes_max = 1000;
  HttpClient client(options);
  const HttpAnswer answer = post(client, server.url());
  CHECK(answer.status == 200);
  CHECK(answer.body.size() == 1000);
}

TEST_CASE("Retry-After is read in both forms") {
  std::string value;
  FakeHttpServer server([&](const FakeRequest&) {
    FakeAnswer answer;
    answer.status = 429;
    answer.headers = {{"Retry-After", value}};
    return answer;
  });
  HttpClient client(local());
  value = "7";
  CHECK(post(client, server.url()).retry_after_ms == 7'000);
  char date[64];
  const std::time_t later = std::time(nullptr) + 90;
  std::tm parts{};
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", ::gmtime_r(&later, &parts));
  value = date;
  const auto ms = post(client, server.url()).retry_after_ms;
  CHECK(ms > 80'000);
  CHECK(ms <= 90'000);
  for (const char* none : {"", "soon", "-5", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
    value = none;
    INFO(none);
    CHECK(post(client, server.url()).retry_after_ms == 0);
  }
}

TEST_CASE("an interrupted transfer ends long before its time is over") {
  std::atomic<bool> asked{false};
  FakeHttpServer server([&](const FakeRequest&) {
    asked = true;
    FakeAnswer answer;
    answer.delay_ms = 120'000;
    return answer;
  });
  std::atomic<bool> interrupt{false};
  HttpOptions options = local();
  options.timeout_ms = 100'000;
  options.interrupted = [&] { return interrupt.load(); };
  HttpClient client(options);
  HttpAnswer answer;
  std::atomic<bool> ended{false};
  std::thread sender([&] {
    answer = post(client, server.url());
    ended = true;
  });
  CHECK(test::wait_until([&] { return asked.load(); }, std::chrono::seconds(10)));
  interrupt = true;
  CHECK(test::wait_until([&] { return ended.load(); }, std::chrono::seconds(10)));
  sender.join();
  CHECK(answer.status == 0);
  CHECK(answer.failure == "interrupted");
}

}  // namespace daybook::outbound
