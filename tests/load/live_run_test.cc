#include "load/live_run.h"
#include "live_stub.h"
#include "load/live_report.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <atomic>
#include <string>

using namespace daybook;
using namespace daybook::load;
using daybook::load::testing::LiveStub;
using daybook::load::testing::state_packet;

namespace {

constexpr const char* ok = R"({"ok":true})";

LivePlan plan_for(const std::string& url) {
  auto target = resolve_target(url);
  REQUIRE(target.ok());
  LivePlan plan;
  plan.target = *target;
  plan.quiz = {"q", 40, 200};
  plan.sockets = 12;
  plan.warmup_ns = 50'000'000;
  plan.duration_ns = 400'000'000;
  plan.drive_ns = 10'000'000;
  return plan;
}

LiveReport run(const LivePlan& plan) {
  auto report = run_live(plan, nullptr);
  INFO((report.ok() ? std::string() : report.error().message));
  REQUIRE(report.ok());
  return std::move(report).value();
}

// Every answer is broadcast at once, with a sum that grows.
class Quiz {
 public:
  std::string operator()(LiveStub& stub, const std::string& event, const std::string&,
                         std::uint64_t) {
    if (event == "submit-answer") stub.broadcast(state_packet(++sum_));
    return ok;
  }
  explicit Quiz(std::atomic<std::uint64_t>& sum) : sum_(sum) {}

 private:
  std::atomic<std::uint64_t>& sum_;
};

}  // namespace

TEST_CASE("all sockets join, and every broadcast is seen by all") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub{Quiz(sum)};
  const LivePlan plan = plan_for(stub.url());
  const LiveReport report = run(plan);
  CHECK(report.joined == 12);
  CHECK(stub.connections() == 12);
  CHECK(report.counts.join_latency.count() == 12);
  CHECK(report.join_seconds > 0);
  CHECK(report.broadcasts.broadcasts > 5);
  CHECK(report.broadcasts.broadcasts <= 41);  // never more often than it is driven
  CHECK(report.broadcasts.complete == report.broadcasts.broadcasts);
  CHECK(report.broadcasts.missed == 0);
  CHECK(report.broadcasts.out_of_order == 0);
  CHECK(report.counts.accepted_total == sum);
  CHECK(stub.answers().size() == sum);
  CHECK(report.counts.lost == 0);
  CHECK(report.counts.unanswered == 0);
}

TEST_CASE("answerers answer as fast as they are acknowledged, never the same twice") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub{Quiz(sum)};
  LivePlan plan = plan_for(stub.url());
  plan.drive_ns = 0;
  plan.answerers = 4;
  plan.quiz.users = 60;
  const LiveReport report = run(plan);
  CHECK(report.counts.accepted > 0);
  CHECK(report.counts.accepted_total == sum);
  CHECK(stub.answers().size() == sum);
  CHECK(report.counts.answer_latency.count() == report.counts.accepted);
}

TEST_CASE("answers in the open loop keep their rate") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub{Quiz(sum)};
  LivePlan plan = plan_for(stub.url());
  plan.drive_ns = 0;
  plan.answerers = 4;
  plan.answer_rate = 100;
  const LiveReport report = run(plan);
  CHECK(report.counts.accepted > 5);
  CHECK(report.counts.accepted_total <= 46);  // 450 ms of it, and the first at once
}

TEST_CASE("when all questions are answered the load goes on without") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub{Quiz(sum)};
  LivePlan plan = plan_for(stub.url());
  plan.drive_ns = 0;
  plan.answerers = 2;
  plan.quiz = {"q", 12, 3};  // two users are the answerers'
  const LiveReport report = run(plan);
  CHECK(report.counts.accepted_total == 6);
  CHECK(report.counts.out_of_questions);
  CHECK(live_report_text(plan, report).find("all questions were answered") != std::string::npos);
}

TEST_CASE("broadcasts that a socket does not get are missed") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub([&](LiveStub& self, const std::string& event, const std::string&, std::uint64_t) {
    if (event == "submit-answer") self.broadcast(state_packet(++sum), sum % 2);
    return std::string(ok);
  });
  const LiveReport report = run(plan_for(stub.url()));
  CHECK(report.broadcasts.missed > 0);
  CHECK(report.broadcasts.complete + report.broadcasts.missed == report.broadcasts.broadcasts);
}

TEST_CASE("Engine.IO's pings are answered") {
  std::atomic<std::uint64_t> pings{0};
  LiveStub stub([&](LiveStub& self, const std::string& event, const std::string&, std::uint64_t) {
    if (event == "submit-answer" && ++pings == 1) self.ping();
    return std::string(ok);
  });
  const LiveReport report = run(plan_for(stub.url()));
  CHECK(stub.pongs() == 12);
  CHECK(report.counts.lost == 0);
}

TEST_CASE("churners leave and join again while the others listen") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub{Quiz(sum)};
  LivePlan plan = plan_for(stub.url());
  plan.churn_rate = 200;
  plan.reconnects = GENERATE(false, true);
  const LiveReport report = run(plan);
  CHECK(report.counts.churned > 0);
  CHECK(report.counts.lost == 0);
  CHECK(report.joined == 12);
  CHECK(report.broadcasts.missed == 0);
  CHECK(plan.reconnects == (stub.connections() > 12));
}

TEST_CASE("a connection the server ends is lost, and made again") {
  std::atomic<std::uint64_t> answers{0};
  LiveStub stub([&](LiveStub&, const std::string& event, const std::string&, std::uint64_t) {
    return event == "submit-answer" && ++answers == 2 ? std::string() : std::string(ok);
  });
  const LiveReport report = run(plan_for(stub.url()));
  CHECK(report.counts.lost == 1);
  CHECK(report.counts.first_loss == "the server closed the connection");
  CHECK(stub.connections() == 13);
  CHECK(answers > 2);
}

TEST_CASE("who may not join is told, in the server's words") {
  LiveStub stub([](LiveStub&, const std::string&, const std::string&, std::uint64_t nth) {
    return nth == 0 ? std::string(R"({"ok":false,"detail":"no such quiz"})") : std::string();
  });
  const auto report = run_live(plan_for(stub.url()), nullptr);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == Errc::unavailable);
  CHECK(report.error().message.find("no such quiz") != std::string::npos);
}

TEST_CASE("a server that does not speak WebSocket is told apart at once") {
  LiveStub stub([](LiveStub&, const std::string&, const std::string&,
                   std::uint64_t) { return std::string(ok); },
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  const auto report = run_live(plan_for(stub.url()), nullptr);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message.find("the handshake was answered: HTTP/1.1 404 Not Found") !=
        std::string::npos);
}

TEST_CASE("plans that cannot be are refused") {
  LivePlan plan = plan_for("http://127.0.0.1:1");
  SECTION("more roles than sockets") { plan.answerers = 12; }
  SECTION("nobody left to answer") {
    plan.answerers = 2;
    plan.quiz.users = 10;
  }
  SECTION("no sockets") { plan.sockets = 0; }
  const auto report = run_live(plan, nullptr);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == Errc::invalid);
}

TEST_CASE("nobody listening to a live load is said in words") {
  std::string url;
  {
    const LiveStub gone(
        [](LiveStub&, const std::string&, const std::string&, std::uint64_t) { return ""; });
    url = gone.url();
  }
  const auto report = run_live(plan_for(url), nullptr);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message.find("Connection refused") != std::string::npos);
}

TEST_CASE("the live report is one valid object, with what the server's process used") {
  std::atomic<std::uint64_t> sum{0};
  LiveStub stub{Quiz(sum)};
  LivePlan plan = plan_for(stub.url());
  plan.server_pid = ::getpid();
  const LiveReport report = run(plan);
  const std::string text = live_report_json(plan, report);
  json::Parser parser;
  const auto value = parser.parse(text, false);
  INFO(text);
  REQUIRE(value.ok());
  CHECK(value->find("sockets")->as_int64() == 12);
  CHECK(value->find("messages")->as_int64() ==
        static_cast<std::int64_t>(report.broadcasts.messages));
  CHECK(value->find("spread_ms")->is_object());
  CHECK(*value->find("server")->find("resident_joined")->as_int64() > 0);
  CHECK(*value->find("server")->find("cpu_seconds")->as_double() >= 0);
  plan.server_pid = 0x7fffffff;
  const auto none = run_live(plan, nullptr);
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().message == "no process 2147483647");
}
