// The parts of the front that need no socket.
#include "http/cors.h"
#include "http/gunzip.h"
#include "http/percent.h"
#include "http/problem.h"
#include "http/request_plan.h"
#include "http/response_writer.h"
#include "http/router.h"
#include "support/gzip.h"

#include "base/hex.h"
#include "base/random.h"
#include "base/timer_wheel.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <set>

namespace daybook::http {
namespace {

Route route(Method method, std::string pattern) {
  Route made;
  made.method = method;
  made.pattern = std::move(pattern);
  return made;
}

std::string found(const Router& router, Method method, std::string_view path) {
  const Match match = router.find(method, path);
  if (match.entry == nullptr) return "404";
  if (match.route == nullptr) return "405 " + match.entry->allow;
  std::string text = match.route->pattern;
  for (std::size_t i = 0; i < match.params; ++i) text += " [" + std::string(match.param[i]) + "]";
  return text;
}

TEST_CASE("the router finds the most literal pattern and says 404 and 405") {
  Router router;
  for (const auto& [method, pattern] :
       std::vector<std::pair<Method, std::string>>{{Method::get, "/schools"},
                                                   {Method::get, "/schools/{id}"},
                                                   {Method::put, "/schools/{name}"},
                                                   {Method::get, "/schools/all"},
                                                   {Method::get, "/users/{id}/attendance"},
                                                   {Method::get, "/users/me/{what}"},
                                                   {Method::post, "/demo-form/"},
                                                   {Method::post, "/forms/{name}/"},
                                                   {Method::get, "/"}})
    REQUIRE(router.add(route(method, pattern)).ok());
  struct Row {
    Method method;
    const char* path;
    const char* expected;
  };
  const Row rows[] = {
      {Method::get, "/schools", "/schools"},
      {Method::head, "/schools", "/schools"},
      {Method::get, "/schools/1", "/schools/{id} [1]"},
      {Method::put, "/schools/1", "/schools/{name} [1]"},
      {Method::get, "/schools/all", "/schools/all"},
      {Method::get, "/schools/a%2Fb", "/schools/{id} [a%2Fb]"},
      {Method::get, "/schools/", "404"},
      {Method::get, "/schools/1/", "404"},
      {Method::get, "/users/7/attendance", "/users/{id}/attendance [7]"},
      {Method::get, "/users/me/attendance", "/users/me/{what} [attendance]"},
      {Method::get, "/users//attendance", "404"},
      {Method::post, "/demo-form/", "/demo-form/"},
      {Method::post, "/demo-form", "404"},
      {Method::post, "/forms/a%2Fb/", "/forms/{name}/ [a%2Fb]"},
      {Method::post, "/forms//", "404"},
      {Method::post, "/forms/a", "404"},
      {Method::get, "/", "/"},
      {Method::get, "//", "404"},
      {Method::get, "", "404"},
      {Method::del, "/schools/1", "405 GET, HEAD, PUT, OPTIONS"},
      {Method::other, "/schools", "405 GET, HEAD, OPTIONS"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(found(router, row.method, row.path) == row.expected);
  }
}

TEST_CASE("a route registered twice is refused, also under another parameter name") {
  Router router;
  REQUIRE(router.add(route(Method::get, "/a/{x}")).ok());
  REQUIRE(router.add(route(Method::get, "/a")).ok());
  CHECK(router.add(route(Method::get, "/a")).error().code == Errc::invalid);
  CHECK(router.add(route(Method::get, "/a/{y}")).error().code == Errc::invalid);
  CHECK(router.add(route(Method::get, "a")).error().code == Errc::invalid);
  CHECK(router.add(route(Method::put, "/a/{y}")).ok());
}

TEST_CASE("percent escapes are decoded once, and refused when broken, NUL or not UTF-8") {
  const auto decoded = [](std::string_view text, bool plus) {
    const auto result = percent_decode(text, plus);
    return result.ok() ? *result : "error " + std::to_string(status_of(result.error().code));
  };
  CHECK(decoded("a%20b", false) == "a b");
  CHECK(decoded("a+b", false) == "a+b");
  CHECK(decoded("a+b", true) == "a b");
  CHECK(decoded("%C3%A9", false) == "é");
  CHECK(decoded("%2541", false) == "%41");
  CHECK(decoded("a%2fb", false) == "a/b");
  for (const char* wrong :
       {"%", "%4", "%zz", "a%", "%00", "a%00b", "%C3", "%FF", "%C0%80", "%ED%A0%80"}) {
    INFO(wrong);
    CHECK(decoded(wrong, false) == "error 400");
  }
}

TEST_CASE("a query is split into decoded pairs in order") {
  const auto pairs = parse_query("a=1&&b=x%26y&c&a=2+3&=v");
  REQUIRE(pairs.ok());
  const QueryPairs expected{{"a", "1"}, {"b", "x&y"}, {"c", ""}, {"a", "2 3"}, {"", "v"}};
  CHECK(*pairs == expected);
  CHECK_FALSE(parse_query("a=%00").ok());
  std::string many;
  for (std::size_t i = 0; i <= query_pairs_max; ++i) many += "a=1&";
  CHECK_FALSE(parse_query(many).ok());
}

TEST_CASE("targets come in origin, absolute and asterisk form") {
  const auto split = [](std::string_view text) {
    const auto target = split_target(text);
    return target.ok() ? std::string(target->path) + "|" + std::string(target->query)
                       : std::string("400");
  };
  CHECK(split("/a?b") == "/a|b");
  CHECK(split("/a??b") == "/a|?b");
  CHECK(split("*") == "*|");
  CHECK(split("http://h:80/a?b") == "/a|b");
  CHECK(split("HTTP://h") == "/|");
  CHECK(split("https://h?q") == "/|q");
  for (const char* wrong :
       {"", "a", "h:80", "http://", "http:///a", "http://u@h/", "/a#b", "/\xC3\xA9", "ftp://h/"}) {
    INFO(wrong);
    CHECK(split(wrong) == "400");
  }
}

TEST_CASE("an error becomes problem+json with the message and every broken rule") {
  Error error{Errc::invalid, "two \"rules\"", {{"a", "too_long", "at most 3"}, {"", "odd", "x"}}};
  std::string body;
  append_problem(body, 422, error);
  CHECK(body == R"({"type":"about:blank","title":"Unprocessable Content","status":422,)"
                R"("detail":"two \"rules\"","message":"two \"rules\"","errors":[)"
                R"({"field":"a","code":"too_long","message":"at most 3"},)"
                R"({"field":"","code":"odd","message":"x"}]})");
  body.clear();
  append_problem(body, 409, Error{Errc::conflict, "User already checked in"});
  CHECK(
      body ==
      R"({"type":"about:blank","title":"Conflict","status":409,"detail":"User already checked in",)"
      R"("message":"User already checked in"})");
}

TEST_CASE("an error's own members stand last, behind the broken rules, and in a line of events") {
  Error error{Errc::conflict, "no", {{"a", "b", "c"}}};
  error.members = R"("booking":{"id":1},"position":2)";
  std::string body, line;
  append_problem(body, 409, error);
  CHECK(body.ends_with(R"("errors":[{"field":"a","code":"b","message":"c"}],)"
                       R"("booking":{"id":1},"position":2})"));
  append_error_members(line, error);
  CHECK(line == R"(,"message":"no","errors":[{"field":"a","code":"b","message":"c"}],)"
                R"("booking":{"id":1},"position":2)");
}

TEST_CASE("every kind of error has a status with a title") {
  std::set<int> statuses;
  for (int code = 0; code <= static_cast<int>(Errc::corrupt); ++code) {
    const int status = status_of(static_cast<Errc>(code));
    CHECK(status_title(status) != "Unknown");
    statuses.insert(status);
  }
  CHECK(statuses ==
        std::set<int>{400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503});
}

std::string cors_lines(const Cors& cors, std::string_view origin) {
  std::string out;
  cors.append_headers(out, cors.match(origin));
  return out;
}

TEST_CASE("cross-origin answers: anyone without credentials, or the listed origins with Vary") {
  const Cors any({"*"}), listed({"https://a.example", "https://b.example"}), off({});
  CHECK(cors_lines(any, "https://x").find("Access-Control-Allow-Origin: *\r\n") == 0);
  CHECK(cors_lines(any, "https://x").find("Allow-Credentials") == std::string::npos);
  CHECK(cors_lines(any, "https://x").find("Daybook-Receipt") != std::string::npos);
  CHECK(cors_lines(any, "").empty());
  CHECK(cors_lines(listed, "https://b.example").find("Allow-Origin: https://b.example\r\n") !=
        std::string::npos);
  CHECK(cors_lines(listed, "https://b.example").find("Vary: Origin\r\n") == 0);
  CHECK(cors_lines(listed, "https://evil.example") == "Vary: Origin\r\n");
  CHECK(cors_lines(listed, "") == "Vary: Origin\r\n");
  CHECK(cors_lines(off, "https://x").empty());
  std::string preflight;
  listed.append_preflight(preflight, listed.match("https://evil.example"), "GET");
  CHECK(preflight.empty());
}

TEST_CASE("gzip comes out whole up to the cap and a bomb is refused without being inflated") {
  const std::string text(300'000, 'x');
  CHECK(*gunzip(test::gzip(text), 300'000) == text);
  CHECK(gunzip(test::gzip(text), 299'999).error().code == Errc::too_large);
  CHECK(*gunzip(test::gzip(""), 10) == "");
  CHECK(*gunzip(test::gzip("ab") + test::gzip("cd"), 10) == "abcd");
  CHECK(gunzip(test::gzip("ab") + test::gzip("cd"), 3).error().code == Errc::too_large);
  const std::string bomb = test::gzip(std::string(64u << 20, '\0'));
  CHECK(bomb.size() < 100'000);
  CHECK(gunzip(bomb, 1u << 20).error().code == Errc::too_large);
}

TEST_CASE("what is not whole gzip is malformed at every cut") {
  const std::string packed = test::gzip("a line of text, not too short");
  for (std::size_t size = 0; size < packed.size(); ++size)
    REQUIRE(gunzip(packed.substr(0, size), 1000).error().code == Errc::malformed);
  CHECK(gunzip("plain text", 1000).error().code == Errc::malformed);
  CHECK(gunzip(packed + "x", 1000).error().code == Errc::malformed);
  std::string broken = packed;
  broken[packed.size() - 6] = static_cast<char>(broken[packed.size() - 6] ^ 1);  // the checksum
  CHECK(gunzip(broken, 1000).error().code == Errc::malformed);
}

TEST_CASE("an idempotency key is a quoted string or bare visible ASCII of at most 255 characters") {
  const auto key = [](std::string_view header) {
    const auto parsed = parse_idempotency_key(header);
    return parsed.ok() ? *parsed : "error " + std::to_string(status_of(parsed.error().code));
  };
  CHECK(key("abc-1") == "abc-1");
  CHECK(key("\"abc-1\"") == "abc-1");
  CHECK(key(R"("a\"b\\c")") == R"(a"b\c)");
  CHECK(key(std::string(255, 'k')).size() == 255);
  for (const std::string& wrong :
       {std::string{}, std::string("\"\""), std::string("\""), std::string("\"a"),
        std::string("\"a\"b\""), std::string("a b"), std::string("\"a\\n\""),
        std::string("\"a\\\""), std::string("k\xC3\xA9"), std::string(256, 'k')}) {
    INFO(wrong);
    CHECK(key(wrong) == "error 400");
  }
}

TEST_CASE("a trace id is taken from a valid traceparent only") {
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  const auto trace = [](const std::string& header) {
    return to_hex(parse_traceparent(header).bytes);
  };
  const std::string none(32, '0');
  CHECK(trace("00-" + id + "-b7ad6b7169203331-01") == id);
  CHECK(trace("cc-" + id + "-b7ad6b7169203331-01-later") == id);
  CHECK(trace("00-" + id + "-b7ad6b7169203331-01-x") == none);
  CHECK(trace("ff-" + id + "-b7ad6b7169203331-01") == none);
  CHECK(trace("00-" + id + "-0000000000000000-01") == none);
  CHECK(trace("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") == none);
  CHECK(trace("00-" + id + "-b7ad6b7169203331") == none);
  CHECK(trace("") == none);
}

TEST_CASE("the date line is RFC 9110's and an answer's header says what the body is") {
  DateLine date;
  CHECK(date.at(784111777) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  CHECK(date.at(784111778) == "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
  const Cors cors({});
  const auto answer = [&](const AnswerForm& form, const AnswerHead& head, std::string_view body) {
    std::string out;
    append_answer(out, form, head, body, "", cors);
    return out;
  };
  AnswerHead head;
  head.content_type = "text/plain";
  CHECK(answer({}, head, "hi") ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(answer({.head_only = true}, head, "hi") ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n");
  CHECK(answer({.close = true}, head, "") ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CHECK(answer({.old_client = true}, head, "") ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  head.status = 204;
  CHECK(answer({}, head, "") == "HTTP/1.1 204 No Content\r\n\r\n");
  const std::vector<std::pair<std::string, std::string>> split{{"X-Good", "1"},
                                                               {"X-Bad", "a\r\nSet-Cookie: b"}};
  head.headers = &split;
  CHECK(answer({}, head, "") == "HTTP/1.1 204 No Content\r\nX-Good: 1\r\n\r\n");
}

TEST_CASE("the timer wheel fires each deadline once, never early and at most one tick late") {
  constexpr std::int64_t tick = 10, start = 1'000'003;
  struct Timer : TimerNode {
    std::int64_t wanted = never;
    int fired = 0;
  };
  Rng rng(test::test_seed());
  std::vector<Timer> timers(200);
  TimerWheel wheel(tick, start);
  for (Timer& timer : timers)
    wheel.set(timer, timer.wanted = start + static_cast<std::int64_t>(rng.below(12'000)));
  for (std::int64_t now = start; now < start + 15'000 + 2 * tick;
       now += 1 + static_cast<std::int64_t>(rng.below(tick))) {
    Timer& moved = timers[rng.below(timers.size())];
    if (moved.fired == 0 && now < start + 12'000 && rng.below(4) == 0)
      wheel.set(moved, moved.wanted = now + static_cast<std::int64_t>(rng.below(3'000)));
    wheel.advance(now, [&](TimerNode& node) {
      auto& timer = static_cast<Timer&>(node);
      CHECK(timer.wanted <= now);
      ++timer.fired;
    });
    for (const Timer& timer : timers)
      if (timer.fired == 0) REQUIRE(timer.wanted > now - 2 * tick);
  }
  for (const Timer& timer : timers) CHECK(timer.fired == 1);
  Timer removed;
  wheel.set(removed, start + 20'000);
  wheel.remove(removed);
  wheel.advance(start + 40'000, [&](TimerNode&) { FAIL("a removed timer fired"); });
}

}  // namespace
}  // namespace daybook::http
