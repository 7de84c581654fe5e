// What a domain's answer may say besides a body: status, place, tag, members, when to come again.
#include "running_server.h"

namespace daybook::test {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::optional<HttpResponse> put(HttpClient& client, const std::string& name) {
  return client.call("PUT", "/front/" + name, "{}", {{"Content-Type", "application/json"}});
}

TEST_CASE("a write may be answered with any success, a place and no body") {
  RunningServer s;
  auto client = s.client();
  const auto created = put(client, "created");
  REQUIRE(created);
  CHECK(created->status == 201);
  CHECK(created->header("location") == "/front/things/1");
  CHECK(created->header("content-type") == "application/json");
  CHECK(created->body == R"({"id":1})");
  CHECK(created->header("daybook-receipt").substr(0, 2) == "1-");
  const auto other = put(client, "see-other");
  REQUIRE(other);
  CHECK(other->status == 303);
  CHECK(other->header("location") == "https://app.example/thanks?a=1");
  CHECK(other->header("content-length") == "0");
  CHECK_FALSE(other->has_header("content-type"));
  const auto gone = put(client, "gone");
  REQUIRE(gone);
  CHECK(gone->status == 204);
  CHECK_FALSE(gone->has_header("content-length"));
  CHECK_FALSE(gone->has_header("content-type"));
  CHECK(gone->has_header("daybook-receipt"));
  const auto split = put(client, "split");  // a place that would be two header lines
  REQUIRE(split);
  CHECK_FALSE(split->has_header("location"));
  CHECK_FALSE(split->has_header("set-cookie"));
  CHECK(put(client, "accepted")->status == 202);
}

TEST_CASE("PUT and DELETE of a domain work, with a body or without, and 405 lists them") {
  RunningServer s;
  auto client = s.client();
  CHECK(client.call("DELETE", "/front/body")->status == 401);
  const auto bare = client.call("DELETE", "/front/body", {}, s.admin());
  REQUIRE(bare);
  CHECK(bare->status == 200);
  CHECK(bare->body == "\"no body\"");
  CHECK(client.call("DELETE", "/front/body", "{}", s.admin())->body == "\"a body\"");
  CHECK(client.call("DELETE", "/front/body", "[1]", s.admin())->status == 422);
  CHECK(put(client, "body")->body == "\"a body\"");
  CHECK(put(client, "")->status == 404);
  const auto wrong = client.call("PATCH", "/front/body", "{}");
  REQUIRE(wrong);
  CHECK(wrong->status == 405);
  CHECK(wrong->header("allow") == "PUT, DELETE, OPTIONS");
  const auto preflight =
      client.call("OPTIONS", "/front/body", {},
                  {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "DELETE"}});
  REQUIRE(preflight);
  CHECK(preflight->status == 204);
  CHECK(preflight->header("access-control-allow-methods") == "PUT, DELETE, OPTIONS");
  CHECK(contains(preflight->header("access-control-allow-headers"), "If-None-Match"));
  for (const char* name : {"Daybook-Receipt", "Location", "ETag", "Retry-After"})
    CHECK(contains(preflight->header("access-control-expose-headers"), name));
  CHECK(contains(client.call("OPTIONS", "*")->header("allow"), "DELETE"));
}

TEST_CASE("a path that ends in a slash is its own route") {
  RunningServer s;
  auto client = s.client();
  CHECK(client.post_json("/front/form/", "{}")->status == 200);
  CHECK(client.post_json("/front/form", "{}")->status == 405);  // it is PUT's /front/{name}
  CHECK(client.post_json("/guestbook/", RunningServer::entry("a"))->status == 404);
}

TEST_CASE("a refusal carries the domain's own members, also as a line of POST /events") {
  RunningServer s;
  auto client = s.client();
  const auto taken = put(client, "taken");
  REQUIRE(taken);
  CHECK(taken->status == 409);
  CHECK(taken->body ==
        R"({"type":"about:blank","title":"Conflict","status":409,"detail":"already taken",)"
        R"("message":"already taken","booking":{"id":7},"position":null})");
  const auto lines =
      client.call("POST", "/events", R"({"topic":"front","data":{"name":"taken","text":"x"}})",
                  {{"Content-Type", "application/x-ndjson"}});
  REQUIRE(lines);
  CHECK(lines->body ==
        R"({"line":1,"status":409,"message":"already taken","booking":{"id":7},"position":null})"
        "\n");
}

TEST_CASE("429 and 503 say when to come again, as long as the domain says, or one second") {
  RunningServer s;
  auto client = s.client();
  const auto limited = put(client, "limited");
  REQUIRE(limited);
  CHECK(limited->status == 429);
  CHECK(limited->header("retry-after") == "30");
  const auto busy = put(client, "busy");
  REQUIRE(busy);
  CHECK(busy->status == 503);
  CHECK(busy->header("retry-after") == "1");
  CHECK_FALSE(put(client, "taken")->has_header("retry-after"));
}

TEST_CASE("a receipt says when it stands before the fsync") {
  RunningServer s;
  auto client = s.client();
  const auto early = put(client, "body");
  REQUIRE(early);
  const std::string receipt = early->header("daybook-receipt");
  CHECK(receipt.ends_with("; durability=interval"));
  CHECK(log::parse_receipt(receipt)->position.value == 1);
  const auto synced = client.post_json("/guestbook", RunningServer::entry("a"));
  REQUIRE(synced);
  CHECK_FALSE(contains(synced->header("daybook-receipt"), ";"));
  const auto lines = [&](const std::string& topic) {
    const auto answer = client.call(
        "POST", "/events", R"({"topic":")" + topic + R"(","data":{"name":"b","text":"x"}})",
        {{"Content-Type", "application/x-ndjson"}});
    REQUIRE(answer);
    CHECK(contains(answer->body, R"("receipt":")"));
    return answer->body;
  };
  CHECK(contains(lines("front"), R"(","durability":"interval")"));
  CHECK_FALSE(contains(lines("guestbook"), "durability"));
}

void check_tagged(HttpClient& client, const std::string& path) {
  INFO(path);
  const auto first = client.get(path);
  REQUIRE(first);
  CHECK(first->status == 200);
  CHECK(first->body == front::page_text);
  CHECK(first->header("etag") == front::page_etag);
  CHECK(first->header("content-length") == std::to_string(front::page_text.size()));
  CHECK(client.get(path + "?weak=1")->header("etag") == "W/" + std::string(front::page_etag));
  for (const char* names : {"\"v1\"", "W/\"v1\"", "*", "\"v0\", \"v1\""}) {
    INFO(names);
    for (const char* query : {"", "?weak=1"}) {
      const auto same = client.get(path + query, {{"If-None-Match", names}});
      REQUIRE(same);
      CHECK(same->status == 304);
      CHECK(same->body.empty());
      CHECK(contains(same->header("etag"), front::page_etag));
      CHECK(same->header("cache-control") == "public, max-age=1");
      CHECK(same->has_header("date"));
      CHECK_FALSE(same->has_header("content-length"));
      CHECK_FALSE(same->has_header("content-type"));
    }
    const auto head = client.call("HEAD", path, {}, {{"If-None-Match", names}});
    REQUIRE(head);
    CHECK(head->status == 304);
  }
  CHECK(client.get(path, {{"If-None-Match", "\"v0\""}})->body == front::page_text);
  CHECK(client.get(path, {{"If-None-Match", "v1"}})->status == 200);
  // A list over two lines is legal; the whole answer is right in any case.
  CHECK(client.get(path, {{"If-None-Match", "\"v0\""}, {"If-None-Match", "\"v1\""}})->status ==
        200);
  CHECK(client.get(path + "?gone=1", {{"If-None-Match", "*"}})->status == 404);
  CHECK(client.call("HEAD", path)->header("etag") == front::page_etag);
}

TEST_CASE("a read and a scan with an entity tag are answered 304 to who has it") {
  RunningServer s;
  auto client = s.client();
  check_tagged(client, "/front/page");
  check_tagged(client, "/front/scanned");
}

TEST_CASE("each status a domain gives is counted under its own label") {
  RunningServer s;
  auto client = s.client();
  for (const char* name :
       {"created", "accepted", "gone", "see-other", "forbidden", "limited", "taken"})
    REQUIRE(put(client, name));
  REQUIRE(client.get("/front/page", {{"If-None-Match", "*"}})->status == 304);
  const std::string text = client.get("/metrics")->body;
  for (const char* code : {"201", "202", "204", "303", "403", "409", "429"}) {
    INFO(code);
    CHECK(contains(text, R"(_requests_total{method="PUT",route="/front/{name}",code=")" +
                             std::string(code) + "\"} 1\n"));
  }
  CHECK(contains(text, R"(_requests_total{method="GET",route="/front/page",code="304"} 1)"));
  CHECK(contains(text, R"(_requests_total{method="PUT",route="/front/{name}",code="other"} 0)"));
}

}  // namespace
}  // namespace daybook::test
