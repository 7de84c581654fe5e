#include "load/attendance_load.h"
#include "load/report.h"
#include "load/runner.h"
#include "stub_server.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <signal.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

using namespace daybook;
using namespace daybook::load;
using daybook::load::testing::ok_answer;
using daybook::load::testing::StubServer;

namespace {

LoadPlan plan_for(const std::string& url) {
  auto target = resolve_target(url);
  REQUIRE(target.ok());
  LoadPlan plan;
  plan.target = *target;
  plan.connections = 8;
  plan.duration_ns = 60'000'000'000;  // a test that ends by it has failed
  return plan;
}

LoadReport run(const LoadPlan& plan, std::uint32_t batch = 0) {
  AttendanceLoad load;
  load.host = plan.target.authority;
  load.batch = batch;
  auto report = run_load(
      plan, [&](unsigned thread) { return attendance_source(load, thread); }, nullptr);
  REQUIRE(report.ok());
  return std::move(report).value();
}

}  // namespace

TEST_CASE("a load of so many requests sends exactly those and counts every answer") {
  std::mutex mutex;
  std::set<std::string> bodies;
  StubServer server([&](const std::string& body, std::uint64_t nth) {
    const std::lock_guard lock(mutex);
    bodies.insert(body);
    return nth % 10 == 9 ? std::string("HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno")
                         : ok_answer();
  });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 1003;
  plan.threads = GENERATE(1u, 3u);
  const LoadReport report = run(plan);
  CHECK(server.requests() == 1003);
  CHECK(bodies.size() == 1003);
  CHECK(report.tally.answers == 1003);
  CHECK(report.tally.codes[200] == 903);
  CHECK(report.tally.codes[409] == 100);
  CHECK(report.tally.accepted_total == 903);
  CHECK(report.tally.latency.count() == 1003);
  CHECK(report.tally.failed() == 0);
  CHECK(report.connected == 8);
  CHECK(server.connections() == 8);
}

TEST_CASE("pipelined requests are all answered, each counted once") {
  StubServer server([](const std::string&, std::uint64_t) { return ok_answer("{}"); });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 2000;
  plan.pipeline = 16;
  const LoadReport report = run(plan);
  CHECK(server.requests() == 2000);
  CHECK(report.tally.answers == 2000);
  CHECK(report.tally.failed() == 0);
}

TEST_CASE("a load ends when its time is over, and what came in the warm-up is not measured") {
  StubServer server([](const std::string&, std::uint64_t) { return ok_answer(); });
  LoadPlan plan = plan_for(server.url());
  plan.warmup_ns = 100'000'000;
  plan.duration_ns = 200'000'000;
  const LoadReport report = run(plan);
  CHECK(report.tally.answers > 0);
  CHECK(report.tally.answers < report.tally.answers_total);
  CHECK(report.tally.answers_total == server.requests());
  CHECK(report.tally.codes[200] == report.tally.answers);
  CHECK(report.tally.codes_total[200] == report.tally.answers_total);
  CHECK(report.seconds >= 0.1);
  CHECK(report.tally.failed() == 0);
}

TEST_CASE("the lines of batch answers are counted") {
  StubServer server([](const std::string& body, std::uint64_t) {
    std::string out;
    int number = 0;
    for (const char c : body) {
      if (c != '\n') continue;
      ++number;
      out += "{\"line\":" + std::to_string(number) +
             ",\"status\":" + (number % 5 == 0 ? "409" : "200") + "}\n";
    }
    return ok_answer(out);
  });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 40;
  plan.lines = true;
  const LoadReport report = run(plan, 50);
  CHECK(report.tally.lines.accepted == 1600);
  CHECK(report.tally.lines.conflicts == 400);
  CHECK(report.tally.lines.refused == 0);
  CHECK(report_text({server.url(), "/events", 50}, plan, report)
            .find("events       1,600 accepted, 400 conflicts, 0 refused\n") != std::string::npos);
}

TEST_CASE("in the open loop the time a request waited for a connection is part of its latency") {
  // One connection, 20 ms an answer, 200 requests a second: the k-th is sent 15 ms x k late.
  StubServer server([](const std::string&, std::uint64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return ok_answer();
  });
  LoadPlan plan = plan_for(server.url());
  plan.connections = 1;
  plan.requests = 30;
  plan.rate = 200;
  const LoadReport open = run(plan);
  CHECK(open.tally.answers == 30);
  CHECK(open.tally.latency.max_ns() > 400'000'000);
  plan.rate = 0;
  const LoadReport closed = run(plan);
  CHECK(closed.tally.answers == 30);
  CHECK(closed.tally.latency.quantile_ns(0.5) < 200'000'000);
}

TEST_CASE("the open loop keeps its rate when the server can") {
  StubServer server([](const std::string&, std::uint64_t) { return ok_answer(); });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 300;
  plan.rate = 1000;
  plan.threads = 2;
  const LoadReport report = run(plan);
  CHECK(report.tally.answers == 300);
  CHECK(report.seconds >= 0.29);  // never faster than asked for
  CHECK(report.tally.unsent == 0);
}

TEST_CASE("requests that were due and found no connection are told") {
  StubServer server([](const std::string&, std::uint64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return ok_answer();
  });
  LoadPlan plan = plan_for(server.url());
  plan.connections = 1;
  plan.rate = 1000;
  plan.duration_ns = 300'000'000;
  const LoadReport report = run(plan);
  CHECK(report.tally.unsent > 200);
  CHECK(report.tally.unsent + report.tally.answers <= 300);
}

TEST_CASE("a server that closes politely is connected to again without an error") {
  StubServer server([](const std::string&, std::uint64_t nth) {
    return ok_answer("", nth % 7 == 6 ? "Connection: close\r\n" : "");
  });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 700;
  const LoadReport report = run(plan);
  CHECK(report.tally.answers == 700);
  CHECK(report.tally.failed() == 0);
  CHECK(report.tally.reconnects == 100);
}

TEST_CASE("a connection that ends instead of an answer is an error, and the load goes on") {
  StubServer server([](const std::string&, std::uint64_t nth) {
    return nth % 50 == 49 ? std::string() : ok_answer();
  });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 500;
  LoadReport report = run(plan);
  CHECK(report.tally.answers == 490);
  CHECK(report.tally.failed() == 10);
  CHECK(report.tally.failure(Failure::malformed) == 0);
}

TEST_CASE("bytes that are no HTTP answer are errors of their own kind") {
  StubServer server(
      [](const std::string&, std::uint64_t) { return "220 mail.example ESMTP\r\n\r\n"; });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 20;
  LoadReport report = run(plan);
  CHECK(report.tally.answers == 0);
  CHECK(report.tally.failure(Failure::malformed) == 20);
}

TEST_CASE("the report says how many answers had each status, those of the warm-up besides") {
  StubServer server([](const std::string&, std::uint64_t nth) {
    return nth < 1000 ? ok_answer()
                      : std::string("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n");
  });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 1500;
  const LoadReport report = run(plan);
  const std::string text = report_text({server.url(), "/booking", 0}, plan, report);
  INFO(text);
  CHECK(text.find("status 200   1,000\n") != std::string::npos);
  CHECK(text.find("status 409   500\n") != std::string::npos);
  CHECK(text.find("with warm-up") == std::string::npos);
  LoadReport warmed = report;
  warmed.tally.codes[200] = 0;  // as if the warm-up had taken every place
  warmed.tally.answers = 500;
  CHECK(report_text({server.url(), "/booking", 0}, plan, warmed)
            .find("with warm-up 1,000 x 200, 500 x 409\n") != std::string::npos);
}

TEST_CASE("the first refusal's words are kept to be shown") {
  StubServer server([](const std::string&, std::uint64_t) {
    return "HTTP/1.1 422 Unprocessable\r\nContent-Length: 9\r\n\r\ntoo young";
  });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 20;
  const LoadReport report = run(plan);
  CHECK(report.tally.first_refusal == "too young");
  CHECK(report_text({"http://x", "/y", 0}, plan, report).find("too young") != std::string::npos);
}

TEST_CASE("nobody listening is said at once and in words") {
  std::string url;
  {
    const StubServer gone([](const std::string&, std::uint64_t) { return ok_answer(); });
    url = gone.url();
  }
  const LoadPlan plan = plan_for(url);
  const auto report = run_load(
      plan, [](unsigned thread) { return attendance_source(AttendanceLoad{}, thread); }, nullptr);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == Errc::unavailable);
  CHECK(report.error().message == "cannot connect to " + url + ": Connection refused");
}

TEST_CASE("a server that dies in the middle ends the load with errors") {
  auto server =
      std::make_unique<StubServer>([](const std::string&, std::uint64_t) { return ok_answer(); });
  LoadPlan plan = plan_for(server->url());
  std::thread killer([&] {
    while (server->requests() < 100) std::this_thread::yield();
    server.reset();
  });
  const LoadReport report = run(plan);
  killer.join();
  CHECK(report.tally.answers >= 92);
  CHECK(report.tally.failed() > 0);
  CHECK(report.seconds < 30);
}

TEST_CASE("SIGINT ends a load early with what it has") {
  StubServer server([](const std::string&, std::uint64_t) { return ok_answer(); });
  const LoadPlan plan = plan_for(server.url());
  std::thread interrupter([&] {
    while (server.requests() < 100) std::this_thread::yield();
    ::raise(SIGINT);
  });
  const LoadReport report = run(plan);
  interrupter.join();
  CHECK(report.interrupted);
  CHECK(report.tally.answers >= 92);
  CHECK(report.tally.failed() == 0);
  CHECK(report.seconds < 30);
}

TEST_CASE("the JSON report is one valid object whose figures are the tally's") {
  StubServer server([](const std::string&, std::uint64_t) { return ok_answer(); });
  LoadPlan plan = plan_for(server.url());
  plan.requests = 100;
  const LoadReport report = run(plan);
  const std::string text = report_json({server.url(), "/attendances", 0}, plan, report);
  json::Parser parser;
  const auto value = parser.parse(text, false);
  REQUIRE(value.ok());
  CHECK(value->find("requests")->as_int64() == 100);
  CHECK(value->find("accepted_total")->as_int64() == 100);
  CHECK(value->find("codes")->find("200")->as_int64() == 100);
  CHECK(value->find("codes_total")->find("200")->as_int64() == 100);
  CHECK(*value->find("latency_us")->find("mean")->as_double() > 0);
  CHECK(value->find("errors")->as_int64() == 0);
  CHECK(*value->find("latency_us")->find("p50")->as_double() > 0);
}
