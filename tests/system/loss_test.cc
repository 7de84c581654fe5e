// A disk that lost what was acknowledged, or says no: refused or stopped in clear words.
#include <filesystem>

#include <catch2/catch.hpp>

#include "support/seed.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/load_model.h"
#include "system/server.h"

namespace daybook::test {
namespace {

namespace fs = std::filesystem;

std::string check_in(const std::string& user) {
  return R"({"type":"checkin","userId":")" + user + R"(","schoolId":"s","temperature":36.6})";
}

// Checks each of these people in; every one must be accepted.
void check_all_in(HttpClient& client, const std::string& name, int count) {
  for (int i = 0; i < count; ++i) {
    const auto answer = client.post_json("/attendances", check_in(name + std::to_string(i)));
    REQUIRE(answer.has_value());
    REQUIRE(answer->status == 200);
  }
}

TEST_CASE(
    "a log that lost its acknowledged end is refused with the position, and served only with "
    "--accept-loss") {
  const TempDir dir;
  ServerOptions options{dir / "data"};
  const std::string log_dir = options.data_dir + "/log";
  const std::string older = dir / "older";
  {
    auto server = Server::start(options);
    HttpClient client(server->url());
    check_all_in(client, "kept", 10);
    client.close();
    server->stop();
  }
  fs::copy(log_dir, older, fs::copy_options::recursive);
  {
    auto server = Server::start(options);
    HttpClient client(server->url());
    check_all_in(client, "lost", 7);
    client.close();
    server->stop();
  }
  fs::remove_all(log_dir);
  fs::copy(older, log_dir, fs::copy_options::recursive);

  const Finished refused = run_serve(options);
  INFO(refused.err);
  CHECK_FALSE(refused.timed_out);
  CHECK(refused.exit.code == 3);
  CHECK(refused.out.find("ready") == std::string::npos);
  CHECK(refused.err.find("position 10") != std::string::npos);
  CHECK(refused.err.find("17") != std::string::npos);
  CHECK(refused.err.find("--accept-loss") != std::string::npos);
  // Looking is possible; the tools say what is wrong.
  const Finished verified = run_tool({"log", "verify"}, options.data_dir);
  CHECK(verified.exit.code == 3);
  const Finished read = run_tool({"log", "read", "--json"}, options.data_dir);
  CHECK(lines_of(read.out).size() == 10);
  CHECK(read.err.find("17") != std::string::npos);

  options.flags = {"--accept-loss"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  const auto kept = client.post_json("/attendances", check_in("kept9"));
  REQUIRE(kept.has_value());
  CHECK(kept->status == 409);
  check_all_in(client, "lost", 7);  // accepted: they were gone
  client.close();
  server->stop();
  const Finished sound = run_tool({"log", "verify"}, options.data_dir);
  INFO(sound.out << sound.err);
  CHECK(sound.exit.code == 0);
  options.flags.clear();
  Server::start(options)->stop();
}

TEST_CASE("a disk that lied about its syncs is found out at the next start") {
  const TempDir dir;
  ServerOptions options{dir / "data"};
  options.program = unsynced_program();
  {
    auto server = Server::start(options);
    HttpClient client(server->url());
    check_all_in(client, "kept", 5);
    client.close();
    server->stop();
  }
  options.environment = {{"DAYBOOK_TEST_IGNORE_SYNCS", "1"}};
  auto server = Server::start(options);
  HttpClient client(server->url());
  check_all_in(client, "lost", 5);
  // Until the durable watermark has followed; before that nobody could know.
  const auto until = std::chrono::steady_clock::now() + start_deadline;
  std::int64_t watermark = 0;
  while (watermark < 10 && std::chrono::steady_clock::now() < until)
    watermark =
        JsonDoc(run_tool({"log", "stat", "--json"}, options.data_dir).out).number("watermark");
  REQUIRE(watermark == 10);
  server->process().kill_hard();

  options.environment.clear();
  const Finished refused = run_serve(options);
  INFO(refused.err);
  CHECK(refused.exit.code == 3);
  CHECK(refused.err.find("position 5") != std::string::npos);
  CHECK(refused.err.find("position 10 was acknowledged") != std::string::npos);
}

TEST_CASE("a failing fsync ends the server with its own status and nothing acknowledged is lost") {
  const TempDir dir;
  ServerOptions options{dir / "data"};
  options.program = unsynced_program();
  Rng rng(test_seed());
  std::deque<Operation> all;
  for (int round = 0; round < 4; ++round) {
    CAPTURE(test_seed(), round);
    options.environment = {{"DAYBOOK_TEST_FAIL_SYNC_AFTER", std::to_string(20 + rng.below(200))}};
    auto server = Server::start(options);
    Load load(server->url(), rng.next(), "sync" + std::to_string(round), 4);
    const auto exit = server->process().wait(stop_deadline);
    REQUIRE(exit.has_value());
    INFO(server->process().err());
    CHECK(exit->signal == 0);
    CHECK(exit->code == 4);
    load.join();
    CHECK(load.wrong() == std::vector<std::string>{});
    all.insert(all.end(), load.operations().begin(), load.operations().end());

    options.environment.clear();
    auto again = Server::start(options);
    HttpClient client(again->url());
    std::vector<const Operation*> acknowledged;
    for (const auto& operation : all)
      if (operation.answered) acknowledged.push_back(&operation);
    CHECK_FALSE(acknowledged.empty());
    const auto answers = send_operations(client, acknowledged);
    CHECK(answers.size() == acknowledged.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const std::string wrong = wrong_repeat(*acknowledged[i], answers[i]);
      if (!wrong.empty()) FAIL_CHECK(wrong);
    }
    client.close();
    again->stop();
  }
  const Finished sound = run_tool({"log", "verify"}, options.data_dir);
  INFO(sound.out << sound.err);
  CHECK(sound.exit.code == 0);
}

}  // namespace
}  // namespace daybook::test
