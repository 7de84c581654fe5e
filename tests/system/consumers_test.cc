// The scripts of docs/consumers.md against the real binary: every event, across a kill -9 and a
// restart of the script.
#include <catch2/catch.hpp>

#include <csignal>
#include <iostream>

#include "support/http_client.h"
#include "support/temp_dir.h"
#include "support/wait.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr Millis deadline{30'000};

const std::string examples = DAYBOOK_SOURCE_DIR "/docs/examples/";

// Prints why and says no when there is no such program.
bool is_there(const std::string& program) {
  const Finished found = run_program("/bin/sh", {"-c", "command -v " + program});
  if (found.exit.code == 0) return true;
  std::cout << "skipped: there is no " << program << " here\n";
  return false;
}

void check_in(const Server& server, const std::string& user) {
  HttpClient client(server.url());
  const auto answer = client.post_json("/attendances", R"({"type":"checkin","userId":")" + user +
                                                           R"(","schoolId":"s","temperature":36})");
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
}

std::unique_ptr<Process> run_example(const std::vector<std::string>& command, const Server& server,
                                     const std::string& key) {
  return Process::start("/usr/bin/env", command, {{"URL", server.url()}, {"KEY", key}});
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

bool prints(const Process& process, const std::string& text) {
  const bool printed = wait_until([&] { return count(process.out(), text) > 0; }, deadline);
  INFO(process.err());
  CHECK(printed);
  return printed;
}

// Names that cannot stand in one another.
std::string user(int number) { return "user-" + std::to_string(1000 + number); }

// Runs the example over a server that is killed and comes again, and over its own end; every event
// must have been printed. `end_server` first: a script of shell ends when its curl has its answer.
void run_over_restarts(const std::vector<std::string>& command) {
  const TempDir dir;
  ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  const std::string key = server->admin_key();
  check_in(*server, user(1));
  auto script = run_example(command, *server, key);
  prints(*script, user(1));
  check_in(*server, user(2));  // the script waits already
  prints(*script, user(2));
  server->process().kill_hard();
  REQUIRE(script->wait(deadline));  // it says so and ends
  CHECK(script->out().find(user(1)) < script->out().find(user(2)));
  CHECK(count(script->out(), user(1)) == 1);

  server = Server::start(options);
  check_in(*server, user(3));
  script = run_example(command, *server, key);
  prints(*script, user(3));
  check_in(*server, user(4));
  prints(*script, user(4));
  server->stop();
  REQUIRE(script->wait(deadline));
  // Read before the kill, so it was acknowledged: only the last answer may come twice.
  CHECK(count(script->out(), user(1)) == 0);
  CHECK(script->out().find(user(3)) < script->out().find(user(4)));
}

TEST_CASE("the consumer in Python prints every event, over a kill -9 and a restart") {
  if (!is_there("python3")) return;
  run_over_restarts({"python3", examples + "consumer.py", "attendance", "printer"});
}

TEST_CASE("the follower in shell prints every event, over a kill -9 and a restart") {
  if (!is_there("curl")) return;
  const TempDir dir;
  run_over_restarts({"sh", examples + "consumer.sh", "attendance", dir / "cursor"});
}

TEST_CASE("a second reader of a named consumer takes over where the first has acknowledged") {
  const TempDir dir;
  auto server = Server::start({dir / "data"});
  HttpClient one(server->url()), two(server->url());
  const Headers headers{server->authorization(), {"Content-Type", "application/json"}};
  const auto put = one.call("PUT", "/consumers/c", R"({"topic":"attendance"})", headers);
  REQUIRE(put);
  REQUIRE(put->status == 200);
  check_in(*server, user(1));
  const std::string path = "/consumers/c/events?types_are_not_taken_here";
  CHECK(one.get(path, headers)->status == 422);
  const auto first = one.get("/consumers/c/events", headers);
  REQUIRE(first);
  CHECK(count(first->body, user(1)) == 1);
  REQUIRE((two.connect() &&
           two.send(request_bytes("GET", "/consumers/c/events?wait=60", {}, headers))));
  const auto watch = [&] { return HttpClient(server->url()).get("/metrics")->body; };
  REQUIRE(
      wait_until([&] { return count(watch(), "daybook_http_subscribers 1\n") == 1; }, deadline));
  const std::string next = JsonDoc(first->body).text("next");
  const auto done =
      one.call("POST", "/consumers/c/acknowledge", R"({"position":")" + next + "\"}", headers);
  REQUIRE(done);
  REQUIRE(done->status == 200);
  check_in(*server, user(2));
  const auto second = two.receive();
  REQUIRE(second);
  CHECK(count(second->body, user(2)) == 1);
  CHECK(count(second->body, user(1)) == 0);
  server->stop();
}

TEST_CASE("a stop ends followers whole and is not held up by them") {
  const TempDir dir;
  auto server = Server::start({dir / "data"});
  Headers headers{server->authorization(), {"Accept", "text/event-stream"}};
  HttpClient following(server->url());
  REQUIRE((following.connect() &&
           following.send(request_bytes("GET", "/topics/attendance/events", {}, headers))));
  HttpClient watching(server->url());
  REQUIRE(wait_until(
      [&] { return count(watching.get("/metrics")->body, "daybook_http_subscribers 1\n") == 1; },
      deadline));
  check_in(*server, user(1));
  server->process().send_signal(SIGTERM);
  const auto whole = following.receive();  // only with its last chunk
  REQUIRE(whole);
  CHECK(whole->status == 200);
  const auto exit = server->process().wait(deadline);
  REQUIRE(exit);
  CHECK(exit->code == 0);
}

}  // namespace
}  // namespace daybook::test
