// Quizzes with real clients: socket.io-client of npm, and Debian's Python clients. What they check
// is in the scripts of tests/socketio_npm and in quiz_python_client.py.
#include <catch2/catch.hpp>

#include "support/seed.h"
#include "system/quiz_world.h"

namespace daybook::test {
namespace {

// A heartbeat that comes often, and is waited for long.
const std::vector<std::string> heartbeat_flags{"--socketio-ping-interval-ms", "400",
                                               "--socketio-ping-timeout-ms", "10000"};

void run_npm(const std::string& script, const std::vector<std::string>& more = {},
             const std::vector<std::string>& flags = {}) {
  if (!has_npm_clients()) return;
  QuizServer quiz(flags);
  std::vector<std::string> arguments{quiz.url(), quiz.admin_key()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  finish_script(*start_script(script, arguments));
  quiz.server().stop();
}

void run_python(const std::vector<std::string>& ways) {
  if (!has_python_clients()) return;
  QuizServer quiz;
  for (const std::string& way : ways) {
    finish_script(*Process::start(
        "/usr/bin/python3", {DAYBOOK_SOURCE_DIR "/tests/system/quiz_python_client.py", quiz.url(),
                             quiz.admin_key(), way}));
  }
  quiz.server().stop();
}

TEST_CASE("socket.io-client plays an open quiz over polling") {
  run_npm("core.mjs", {"polling"}, heartbeat_flags);
}

TEST_CASE("socket.io-client plays an open quiz over WebSocket") {
  run_npm("core.mjs", {"websocket"}, heartbeat_flags);
}

TEST_CASE("socket.io-client begins with polling, changes to WebSocket and loses nothing") {
  run_npm("core.mjs", {"upgrade"}, heartbeat_flags);
}

TEST_CASE("socket.io-client gets at most one leaderboard per interval, and always the last") {
  run_npm("broadcast.mjs");
}

TEST_CASE("socket.io-client hosts a game and plays in it") { run_npm("game.mjs"); }

TEST_CASE("python3-socketio plays over polling, WebSocket and the change between them") {
  run_python({"polling", "websocket", "upgrade"});
}

TEST_CASE("python3-websocket speaks the JSON protocol, and python3-requests follows the events") {
  run_python({"native", "events"});
}

TEST_CASE("clients come back by themselves after a restart, and the leaderboard is the same") {
  if (!has_npm_clients()) return;
  QuizServer quiz;
  const auto script = start_script("reconnect.mjs", {quiz.url(), quiz.admin_key()});
  if (script->wait_for_line("stop", script_deadline)) quiz.stop_and_start();
  finish_script(*script);
}

TEST_CASE("a hosted game of 200 survives kill -9 in the middle of a question") {
  if (!has_npm_clients()) return;
  QuizServer quiz;
  const std::uint64_t seed = test_seed();
  const auto script = start_script(
      "restart.mjs", {quiz.url(), quiz.admin_key(), std::to_string(seed & 0xffffffff)});
  if (script->wait_for_line("kill", script_deadline)) quiz.kill_and_start();
  finish_script(*script);
}

}  // namespace
}  // namespace daybook::test
