#include "system/quiz_world.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <unistd.h>
#include <catch2/catch.hpp>

#include "system/json_doc.h"

namespace daybook::test {
namespace {

// More than all that the tests are allowed to make the server hold, far less than what they send.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t growth_bytes_max = std::size_t{1} << 30;  // quarantine and shadow
#else
constexpr std::size_t growth_bytes_max = std::size_t{64} << 20;
#endif

const std::string clients = DAYBOOK_SOURCE_DIR "/tests/socketio_npm/";

bool succeeds(const std::string& command) {
  return run_program("/bin/sh", {"-c", command}).exit.code == 0;
}

bool skipped(const std::string& why) {
  std::cout << "skipped: " << why << '\n';
  return false;
}

}  // namespace

std::size_t resident_bytes(Process& process) {
  std::ifstream statm("/proc/" + std::to_string(process.pid()) + "/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

QuizServer::QuizServer(std::vector<std::string> flags) {
  options_.data_dir = dir_ / "data";
  options_.flags = std::move(flags);
  server_ = Server::start(options_);
  admin_key_ = server_->admin_key();
}

void QuizServer::define_quiz() {
  HttpClient client(url());
  const auto put = [&](const std::string& target, const std::string& body) {
    const auto answer = client.call(
        "PUT", target, body,
        {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + admin_key_}});
    REQUIRE(answer);
    INFO(answer->body);
    REQUIRE(answer->status < 300);
  };
  put("/quizzes/steady", R"({"name":"Steady","open":true,"questions":[{"id":"q0","text":"Which?",)"
                         R"("options":["a","b","c","d"],"answerIndex":1}]})");
  for (int i = 0; i < 10; ++i)
    put("/users/u" + std::to_string(i), R"({"username":"User )" + std::to_string(i) + "\"}");
}

void QuizServer::start_again() {
  options_.listen = url().substr(std::string_view("http://").size());
  server_ = nullptr;
  server_ = Server::start(options_);
}

void QuizServer::kill_and_start() {
  server_->process().kill_hard();
  start_again();
}

void QuizServer::stop_and_start() {
  server_->stop();
  start_again();
}

Bystander::Bystander(QuizServer& server)
    : server_(server), socket_(server.url()), http_(server.url()) {
  REQUIRE(socket_.open_socketio());
  const auto joined = socket_.ask(R"("join-quiz","steady")");
  REQUIRE(joined);
  REQUIRE(JsonDoc(*joined).root().is_object());
  bytes_before_ = resident_bytes(server.server().process());
}

void Bystander::check_fine() {
  REQUIRE(server_.server().process().running());
  const auto joined = socket_.ask(R"("join-quiz","steady")");
  REQUIRE(joined);
  CHECK(joined->find(R"("ok":true)") != std::string::npos);
  const auto alive = http_.get("/livez");
  INFO(http_.error());
  REQUIRE(alive);
  CHECK(alive->status == 200);
  const std::size_t now = resident_bytes(server_.server().process());
  INFO("resident: " << bytes_before_ << " bytes before, " << now << " now");
  CHECK(now < bytes_before_ + growth_bytes_max);
}

bool has_npm_clients() {
  if (!succeeds("command -v node")) return skipped("node is not installed");
  if (!std::filesystem::exists(clients + "node_modules/socket.io-client"))
    return skipped("run `npm --prefix tests/socketio_npm ci` for socket.io-client");
  return true;
}

bool has_python_clients() {
  if (succeeds("/usr/bin/python3 -c 'import socketio, requests, websocket'")) return true;
  return skipped("python3-socketio, python3-requests or python3-websocket is not installed");
}

std::unique_ptr<Process> start_script(const std::string& name,
                                      const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"node", clients + name};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Process::start("/usr/bin/env", command);
}

void finish_script(Process& script) {
  const auto exit = script.wait(script_deadline);
  const std::string out = script.out();
  std::cout << out;
  INFO(out << script.err());
  REQUIRE(exit.has_value());
  CHECK(exit->code == 0);
}

}  // namespace daybook::test
