// Starting, refusing to start, and stopping.
#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

#include "support/seed.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/load_model.h"
#include "system/server.h"

namespace daybook::test {
namespace {

TEST_CASE(
    "the first start prints where it listens and the admin key, a later start does not show the "
    "key") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto first = Server::start(options);
  REQUIRE(first->admin_key().starts_with("dbk_admin_"));
  HttpClient client(first->url());
  const auto ready = client.get("/readyz");
  REQUIRE(ready.has_value());
  CHECK(ready->status == 200);
  const auto authorization = first->authorization();
  client.close();
  first->stop();
  CHECK(first->process().err().find(first->admin_key()) == std::string::npos);

  auto second = Server::start(options);
  CHECK(second->admin_key().empty());
  HttpClient again(second->url());
  const auto refused = again.get("/users/u1/attendance");
  REQUIRE(refused.has_value());
  CHECK(refused->status == 401);
  const auto answered = again.get("/users/u1/attendance", {authorization});
  REQUIRE(answered.has_value());
  CHECK(answered->status == 200);
  second->stop();
}

TEST_CASE("a second server on the same data directory is refused and the first goes on") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  const Finished second = run_serve(options);
  CHECK_FALSE(second.timed_out);
  CHECK(second.exit.code > 0);
  CHECK(second.out.find("ready") == std::string::npos);
  CHECK(second.err.find(options.data_dir) != std::string::npos);
  INFO(second.err);
  HttpClient client(server->url());
  const auto answer = client.post_json(
      "/attendances", R"({"type":"checkin","userId":"u","schoolId":"s","temperature":36})");
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  server->stop();
}

TEST_CASE("a server listens on every address it is given") {
  const TempDir dir;
  auto server =
      Server::start({.data_dir = dir / "data", .flags = {"--listen", "127.0.0.1:0,127.0.0.1:0"}});
  std::vector<std::string> urls;
  constexpr std::string_view prefix = "listening on ";
  for (const auto& line : lines_of(server->process().out()))
    if (line.starts_with(prefix)) urls.push_back(line.substr(prefix.size()));
  REQUIRE(urls.size() == 3);
  for (const auto& url : urls) {
    HttpClient client(url);
    const auto answer = client.get("/readyz");
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
  }
  server->stop();
}

TEST_CASE("on an address that is not loopback open routes are served only when asked for by name") {
  const TempDir dir;
  constexpr std::string_view prefix = "listening on http://0.0.0.0:";
  const std::string body = R"({"type":"checkin","userId":"u","schoolId":"s","temperature":36})";
  for (const bool asked : {false, true}) {
    ServerOptions options{dir / "data"};
    options.flags = {"--listen", "0.0.0.0:0"};
    if (asked) options.flags.emplace_back("--server-open-routes");
    auto server = Server::start(options);
    const auto line = server->process().wait_for_line(prefix, start_deadline);
    REQUIRE(line.has_value());
    HttpClient client("http://127.0.0.1:" + line->substr(prefix.size()));
    const auto answer = client.post_json("/attendances", body);
    REQUIRE(answer.has_value());
    CHECK(answer->status == (asked ? 200 : 401));
    client.close();
    server->stop();
  }
}

TEST_CASE("serve --demo fills an empty log once, with something to look at") {
  const TempDir dir;
  std::int64_t head = 0;
  for (int start = 0; start < 2; ++start) {
    auto server = Server::start({.data_dir = dir / "data", .flags = {"--demo"}});
    HttpClient client(server->url());
    const auto schools = client.get("/schools");
    REQUIRE(schools.has_value());
    const JsonDoc json(schools->body);
    CHECK(json.elements().size() > 1);
    const auto count_at = [&](const std::string& path) {
      const auto answer = client.get(path);
      REQUIRE(answer.has_value());
      const JsonDoc list(answer->body);
      return list.elements().size();
    };
    CHECK(count_at("/stations/PWTC") == 30);
    CHECK(count_at("/forms") == 2);
    CHECK(count_at("/analytics/top?window=3d") > 1);
    client.close();
    server->stop();
    const JsonDoc stat(run_tool({"log", "stat", "--json"}, dir / "data").out);
    if (start == 1) CHECK(stat.number("head") == head);
    head = stat.number("head");
    CHECK(head > 0);
  }
}

TEST_CASE("config check lists all that serve would refuse, of every domain and the addresses") {
  const Finished checked = run_program(
      daybook_program(), {"config", "check", "--listen", "nowhere", "--attendance-time-zone",
                          "Mars/One", "--booking-time-zone", "Mars/Two"});
  CHECK(checked.exit.code == 2);
  for (const char* named :
       {"nowhere", "attendance.time_zone", "Mars/One", "booking.time_zone", "Mars/Two"})
    CHECK(checked.err.find(named) != std::string::npos);
}

TEST_CASE("settings of the front that do not go together are refused by config check and serve") {
  struct Wrong {
    std::vector<std::string> flags;
    std::string named, told;
  };
  const std::string namespaces = "--socketio-namespaces", path = "--socketio-path";
  const std::vector<Wrong> all{
      {{"--quiz-listen", "foo"}, "quiz.listen", "foo"},
      {{"--quiz-listen", "127.0.0.1:99999"}, "quiz.listen", "99999"},
      {{"--quiz-listen", "127.0.0.1:8080"}, "quiz.listen", "server.listen already"},
      {{namespaces, "admin"}, "socketio.namespaces", "\"admin\""},
      {{namespaces, "/,/"}, "socketio.namespaces", "twice"},
      {{path, "socket.io"}, "socketio.path", "\"socket.io\""},
      {{path, "/"}, "socketio.path", "\"/\""},
      {{path, "/quizzes/"}, "socketio.path", "/quizzes"},
      {{"--http-cors-origins", "localhost:3000"}, "http.cors_origins", "localhost:3000"},
      {{"--quiz-cors-origins", "http://localhost:3000/"}, "quiz.cors_origins", "3000/"},
  };
  for (const Wrong& wrong : all) {
    const TempDir dir;
    std::vector<std::string> check{"config", "check"}, serve{"serve", "--data", dir / "data"};
    check.insert(check.end(), wrong.flags.begin(), wrong.flags.end());
    serve.insert(serve.end(), wrong.flags.begin(), wrong.flags.end());
    for (const auto& arguments : {check, serve}) {
      const Finished refused = run_program(daybook_program(), arguments);
      INFO(arguments.front() << " " << wrong.flags.back() << ": " << refused.err);
      CHECK(refused.exit.code == 2);
      CHECK(refused.err.find(wrong.named) != std::string::npos);
      CHECK(refused.err.find(wrong.told) != std::string::npos);
    }
  }
}

TEST_CASE("an unknown command, flag, setting or value ends with the usage status and names it") {
  const TempDir dir;
  const Finished command = run_program(daybook_program(), {"serv"});
  CHECK(command.exit.code == 2);
  CHECK(command.err.find("no command serv; there is: serve") != std::string::npos);
  const Finished flag =
      run_program(daybook_program(), {"serve", "--data", dir / "data", "--no-such-flag", "1"});
  CHECK(flag.exit.code == 2);
  CHECK(flag.err.find("no-such-flag") != std::string::npos);
  const Finished value =
      run_program(daybook_program(), {"serve", "--data", dir / "data", "--listen", "nowhere"});
  CHECK(value.exit.code == 2);
  CHECK(value.err.find("nowhere") != std::string::npos);
  CHECK_FALSE(
      std::filesystem::exists(dir / "data"));  // nothing was made, no key shown once is lost
  const Finished environment = run_program(
      daybook_program(), {"log", "stat", "--data", dir / "data"}, {{"DAYBOOK_LISTENN", "x"}});
  CHECK(environment.exit.code == 2);
  CHECK(environment.err.find("DAYBOOK_LISTENN") != std::string::npos);
}

TEST_CASE(
    "SIGTERM under load: what was accepted is answered, what was not answered is not in the log") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  Rng rng(test_seed());
  std::deque<Operation> all;
  for (int round = 0; round < 5; ++round) {
    auto server = Server::start(options);
    Load load(server->url(), rng.next(), "drain" + std::to_string(round), 8);
    const auto until = std::chrono::steady_clock::now() + start_deadline;
    const std::size_t answers_wanted = 50 + rng.below(500);
    while (load.answers() < answers_wanted && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(Millis(1));
    REQUIRE(load.answers() >= answers_wanted);
    server->stop();
    load.join();
    CHECK(load.wrong() == std::vector<std::string>{});

    auto again = Server::start(options);
    HttpClient client(again->url());
    all.insert(all.end(), load.operations().begin(), load.operations().end());
    const auto answered = totals_of(all, true);
    CHECK(served_totals(client, answered) == answered);
    again->stop();
  }
  const Finished verified = run_tool({"log", "verify"}, options.data_dir);
  INFO(verified.out << verified.err);
  CHECK(verified.exit.code == 0);
}

TEST_CASE("while a server drains, /readyz and new work say so and idle connections are closed") {
  const TempDir dir;
  auto server = Server::start({dir / "data"});
  HttpClient idle(server->url());
  REQUIRE(idle.get("/livez").has_value());
  server->process().send_signal(SIGTERM);
  CHECK(idle.wait_for_close());
  const auto exit = server->process().wait(stop_deadline);
  REQUIRE(exit.has_value());
  CHECK(exit->code == 0);
}

}  // namespace
}  // namespace daybook::test
