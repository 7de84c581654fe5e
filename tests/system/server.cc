#include "system/server.h"

#include <csignal>

#include <catch2/catch.hpp>

namespace daybook::test {
namespace {

constexpr std::string_view listening_prefix = "listening on ";
constexpr std::string_view admin_key_prefix = "admin key: ";

std::vector<std::string> serve_arguments(const ServerOptions& options) {
  std::vector<std::string> arguments{"serve", "--data", options.data_dir, "--listen",
                                     options.listen};
  arguments.insert(arguments.end(), options.flags.begin(), options.flags.end());
  return arguments;
}

// The rest of the first line of `text` that begins with `prefix`.
std::string rest_of_line(const std::string& text, std::string_view prefix) {
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = std::string_view(text).substr(from, end - from);
    if (line.starts_with(prefix)) return std::string(line.substr(prefix.size()));
    from = end + 1;
  }
  return {};
}

}  // namespace

const std::string& daybook_program() {
  static const std::string path = DAYBOOK_BINARY;
  return path;
}

const std::string& unsynced_program() {
  static const std::string path = DAYBOOK_UNSYNCED_BINARY;
  return path;
}

std::unique_ptr<Server> Server::start(const ServerOptions& options) {
  auto server = std::make_unique<Server>();
  server->process_ = Process::start(options.program, serve_arguments(options), options.environment);
  const auto ready = server->process_->wait_for_line("ready", start_deadline);
  INFO("stdout: " << server->process_->out() << "stderr: " << server->process_->err());
  REQUIRE(ready.has_value());
  const std::string out = server->process_->out();
  server->url_ = rest_of_line(out, listening_prefix);
  REQUIRE(server->url_.starts_with("http://127.0.0.1:"));
  server->admin_key_ = rest_of_line(out, admin_key_prefix);
  return server;
}

void Server::stop() {
  process_->send_signal(SIGTERM);
  const auto exit = process_->wait(stop_deadline);
  INFO("stderr: " << process_->err());
  REQUIRE(exit.has_value());
  REQUIRE(exit->signal == 0);
  REQUIRE(exit->code == 0);
}

Finished run_serve(const ServerOptions& options) {
  return run_program(options.program, serve_arguments(options), options.environment,
                     start_deadline);
}

Finished run_tool(std::vector<std::string> arguments, const std::string& data_dir) {
  arguments.emplace_back("--data");
  arguments.push_back(data_dir);
  return run_program(daybook_program(), arguments, {}, Millis(120'000));
}

}  // namespace daybook::test
