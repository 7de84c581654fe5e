// Booking from end to end over HTTP: what the contract says, as a client sees it.
#include <optional>

#include <catch2/catch.hpp>

#include "support/http_client.h"
#include "support/temp_dir.h"
#include "support/wait.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr Millis event_deadline{10'000};  // for what must happen by itself

std::string body_of(const std::string& person, const std::string& station, const std::string& date,
                    const std::string& more = "") {
  return R"({"mysejahteraId":")" + person +
         R"(","firstName":"Ada","lastName":"L","address":"1 Road","location":")" + station +
         R"(","phoneNumber":"+60 1","date":")" + date + "\"" + more + "}";
}

std::string dates(const std::string& date, int capacity) {
  return R"("dates":[{"date":")" + date + R"(","capacity":)" + std::to_string(capacity) + "}]";
}

struct Fixture {
  TempDir dir;
  std::unique_ptr<Server> server = Server::start({dir / "data"});
  std::optional<HttpClient> http{std::in_place, server->url()};

  HttpResponse call(const std::string& method, const std::string& target,
                    const std::string& body = {}, Headers headers = {}) {
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    auto response = http->call(method, target, body, headers);
    INFO(method << " " << target << " " << http->error());
    REQUIRE(response.has_value());
    return *response;
  }
  HttpResponse put(const std::string& station, const std::string& members) {
    return call("PUT", "/stations/" + station, "{" + members + "}", {server->authorization()});
  }
  // The id of a booking that must be accepted.
  std::string book(const std::string& person, const std::string& station, const std::string& date,
                   const std::string& more = "") {
    const auto response = call("POST", "/booking", body_of(person, station, date, more));
    INFO(response.body);
    REQUIRE((response.status == 200 || response.status == 202));
    REQUIRE(response.header("daybook-receipt").find('-') != std::string::npos);
    return JsonDoc(response.body).text("id");
  }
  std::string hold(const std::string& person, const std::string& station, const std::string& date) {
    const auto response = call("POST", "/stations/" + station + "/holds",
                               R"({"mysejahteraId":")" + person + R"(","date":")" + date + "\"}");
    INFO(response.body);
    REQUIRE(response.status == 201);
    const std::string id = JsonDoc(response.body).text("id");
    REQUIRE(response.header("location") == "/bookings/" + id);
    return id;
  }
  void refused(const std::string& body, int status, const std::string& message) {
    const auto response = call("POST", "/booking", body);
    INFO(response.body);
    CHECK(response.status == status);
    CHECK(JsonDoc(response.body).text("message") == message);
    CHECK_FALSE(response.has_header("daybook-receipt"));
  }
  std::string status(const std::string& id) {
    return JsonDoc(call("GET", "/bookings/" + id).body).text("status");
  }
  void restart() {
    http.reset();
    server->stop();
    server.reset();
    server = Server::start({dir / "data"});
    http.emplace(server->url());
  }
};

TEST_CASE_METHOD(Fixture,
                 "places are booked until there are none, with the reference's own texts") {
  CHECK(call("PUT", "/stations/PWTC", "{" + dates("20210516", 2) + "}").status == 401);
  CHECK(call("GET", "/stations/PWTC").status == 404);
  REQUIRE(put("PWTC", dates("20210516", 2)).status == 201);
  REQUIRE(put("PWTC", dates("20210517", 1)).status == 200);

  refused(body_of("", "PWTC", "20210516"), 422, "MySejahteraID cannot be empty");
  refused(body_of("a", "PWTC", "20210601"), 422,
          "station location:PWTC:20210601 location & date combination is invalid");
  refused(body_of("a", "UM", "20210516"), 422,
          "station location:UM:20210516 location & date combination is invalid");
  const auto first = call("POST", "/booking", body_of("a", "PWTC", "20210516"));
  REQUIRE(first.status == 200);
  const std::string id = JsonDoc(first.body).text("id");
  CHECK(first.body ==
        body_of("a", "PWTC", "20210516", R"(,"id":")" + id + R"(","status":"booked")"));
  book("b", "PWTC", "20210516");
  refused(body_of("c", "PWTC", "20210516"), 409, "Sorry, station is fully booked");

  const auto station = call("GET", "/stations/PWTC");
  CHECK(station.status == 200);
  CHECK(station.body == R"([{"location":"PWTC","date":"20210516","availability":0},)"
                        R"({"location":"PWTC","date":"20210517","availability":1}])");
  CHECK(station.header("cache-control") == "public, max-age=1");
  const JsonDoc list(call("GET", "/stations?limit=1").body);
  REQUIRE(list.elements("stations").size() == 1);
  CHECK(number_of(list.elements("stations")[0], "booked") == 2);
}

TEST_CASE_METHOD(Fixture, "a person on five devices has one booking, and every device shows it") {
  REQUIRE(put("PWTC", dates("20210516", 9)).status == 201);
  book("a", "PWTC", "20210516");
  for (int device = 0; device < 4; ++device) {
    const auto again = call("POST", "/booking", body_of("a", "PWTC", "20210516"));
    CHECK(again.status == 409);
    const JsonDoc problem(again.body);
    const auto booking = problem.root().find("booking");
    REQUIRE(booking.has_value());
    CHECK_FALSE(booking->find("id").has_value());
    CHECK(text_of(*booking, "date") == "20210516");
    CHECK(text_of(*booking, "status") == "booked");
  }
  const Headers key{{"Idempotency-Key", "\"mine\""}};
  const auto first = call("POST", "/booking", body_of("b", "PWTC", "20210516"), key);
  const auto repeated = call("POST", "/booking", body_of("b", "PWTC", "20210516"), key);
  CHECK(first.status == 200);
  CHECK(repeated.status == 200);
  CHECK(repeated.body == first.body);
  CHECK(repeated.header("daybook-receipt") == first.header("daybook-receipt"));
}

TEST_CASE_METHOD(Fixture, "who waits gets the place that is given up") {
  REQUIRE(put("PWTC", dates("20210516", 1)).status == 201);
  const std::string a = book("a", "PWTC", "20210516");
  const std::string b = book("b", "PWTC", "20210516", R"(,"waitingList":true)");
  const std::string c = book("c", "PWTC", "20210516", R"(,"waitingList":true)");
  CHECK(JsonDoc(call("GET", "/bookings/" + c).body).number("position") == 2);
  const auto cancelled = call("DELETE", "/bookings/" + a);
  CHECK(cancelled.status == 200);
  CHECK(cancelled.body == R"({"id":")" + a + R"(","status":"cancelled"})");
  const auto again = call("DELETE", "/bookings/" + a);
  CHECK(again.status == 200);
  CHECK(again.body == cancelled.body);
  CHECK(status(a) == "cancelled");
  CHECK(status(b) == "booked");
  CHECK(JsonDoc(call("GET", "/bookings/" + c).body).number("position") == 1);
  CHECK(put("PWTC", dates("20210516", 0)).status == 409);
  REQUIRE(put("PWTC", dates("20210516", 2)).status == 200);
  CHECK(status(c) == "booked");
  CHECK(call("DELETE", "/bookings/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").status == 404);
  CHECK(call("GET", "/bookings/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").status == 404);
}

TEST_CASE_METHOD(Fixture,
                 "a hold runs out by itself, and who waits gets its place, without traffic") {
  REQUIRE(put("PWTC", dates("20210516", 2) + R"(,"hold_seconds":1)").status == 201);
  const std::string kept = hold("a", "PWTC", "20210516");
  CHECK(book("a", "PWTC", "20210516", R"(,"hold":")" + kept + "\"") == kept);
  const std::string lost = hold("b", "PWTC", "20210516");
  const std::string waiting = book("c", "PWTC", "20210516", R"(,"waitingList":true)");
  CHECK(wait_until([&] { return status(waiting) == "booked"; }, event_deadline));
  CHECK(status(lost) == "expired");
  CHECK(status(kept) == "booked");
  refused(body_of("b", "PWTC", "20210516", R"(,"hold":")" + lost + "\""), 409,
          "the hold has ended");
}

TEST_CASE_METHOD(Fixture, "a restart keeps stations, bookings, the line, holds and their expiry") {
  REQUIRE(put("PWTC", dates("20210516", 2) + R"(,"hold_seconds":2)").status == 201);
  const std::string a = book("a", "PWTC", "20210516");
  const std::string b = hold("b", "PWTC", "20210516");
  const std::string c = book("c", "PWTC", "20210516", R"(,"waitingList":true)");
  const std::string d = book("d", "PWTC", "20210516", R"(,"waitingList":true)");
  const auto station = call("GET", "/stations/PWTC");
  restart();
  CHECK(call("GET", "/stations/PWTC").body == station.body);
  CHECK(status(a) == "booked");
  refused(body_of("a", "PWTC", "20210516"), 409,
          "this person already has a booking at this station");
  CHECK(wait_until([&] { return status(b) == "expired"; }, event_deadline));
  CHECK(status(c) == "booked");
  CHECK(JsonDoc(call("GET", "/bookings/" + d).body).number("position") == 1);
  http.reset();
  server->stop();
  const Finished replayed = run_tool({"replay", "--audit", "--json"}, dir / "data");
  INFO(replayed.out << replayed.err);
  CHECK(replayed.exit.code == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a page asks for a station again and again and gets 304 until it changes") {
  REQUIRE(put("PWTC", dates("20210516", 2)).status == 201);
  const auto first = call("GET", "/stations/PWTC");
  const std::string tag = first.header("etag");
  REQUIRE(tag.size() > 2);
  const auto same = call("GET", "/stations/PWTC", {}, {{"If-None-Match", tag}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.header("etag") == tag);
  book("a", "PWTC", "20210516");
  const auto changed = call("GET", "/stations/PWTC", {}, {{"If-None-Match", tag}});
  CHECK(changed.status == 200);
  CHECK(changed.header("etag") != tag);
  CHECK(changed.body.find("\"availability\":1}") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "booking commands come as NDJSON lines too, each answered by itself") {
  const auto line = [](const std::string& data) {
    return R"({"topic":"booking","data":)" + data + "}\n";
  };
  const std::string lines =
      line(R"({"type":"station","name":"UM",)" + dates("20210516", 1) + "}") +
      line(body_of("a", "UM", "20210516")) + line(body_of("b", "UM", "20210516")) +
      line(body_of("b", "UM", "20210516", R"(,"waitingList":true)")) +
      line(R"({"type":"hold","location":"UM","date":"20210516","mysejahteraId":"c"})") +
      line(R"({"type":"station","name":"UM","dates":[]})") + line("{}");
  const auto send = [&](Headers headers) {
    headers.emplace_back("Content-Type", "application/x-ndjson");
    auto response = http->call("POST", "/events", lines, headers);
    REQUIRE(response.has_value());
    REQUIRE(response->status == 200);
    std::vector<std::int64_t> statuses;
    for (const auto& answer : lines_of(response->body))
      statuses.push_back(JsonDoc(answer).number("status"));
    return statuses;
  };
  // Without the admin key the lines that define stations are refused, and they alone.
  CHECK(send({}) == std::vector<std::int64_t>{401, 422, 422, 422, 422, 401, 422});
  CHECK(send({server->authorization()}) ==
        std::vector<std::int64_t>{201, 200, 409, 202, 409, 200, 422});
  const JsonDoc station(call("GET", "/stations/UM").body);
  CHECK(number_of(station.elements().at(0), "availability") == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a capacity raised for thousands who wait gives all of them their place") {
  constexpr int people = 2500;  // more than one commit promotes
  REQUIRE(put("UM", dates("20210516", 0)).status == 201);
  std::string lines;
  for (int i = 0; i < people; ++i)
    lines += R"({"topic":"booking","data":)" +
             body_of("p" + std::to_string(i), "UM", "20210516", R"(,"waitingList":true)") + "}\n";
  const auto queued =
      http->call("POST", "/events", lines, {{"Content-Type", "application/x-ndjson"}});
  REQUIRE(queued.has_value());
  REQUIRE(put("UM", dates("20210516", people - 1)).status == 200);
  const auto sum = [&](const char* member) {
    const JsonDoc list(call("GET", "/stations").body);
    return number_of(list.elements("stations").at(0), member);
  };
  CHECK(wait_until([&] { return sum("booked") == people - 1; }, event_deadline));
  CHECK(sum("waiting") == 1);
  const auto answers = lines_of(queued->body);
  REQUIRE(answers.size() == people);
  const JsonDoc last(answers.back());
  const auto body = last.root().find("body");
  REQUIRE(body.has_value());
  CHECK(status(text_of(*body, "id")) == "waiting");
}

}  // namespace
}  // namespace daybook::test
