// Server: the real binary, started on a data directory and a free port, ready when start() returns.
//
// Thread: one. Invariant: the process is gone when the object is.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace daybook::test {

// The program under test, and the same with a file system that forgets what was not synced.
const std::string& daybook_program();
const std::string& unsynced_program();

constexpr Millis start_deadline{30'000};
constexpr Millis stop_deadline{30'000};

struct ServerOptions {
  std::string data_dir;
  std::string program = daybook_program();
  std::vector<std::string> flags{};  // besides --data and --listen
  Process::Environment environment{};
  std::string listen = "127.0.0.1:0";
};

class Server {
 public:
  // Fails the test when the server does not come up.
  static std::unique_ptr<Server> start(const ServerOptions& options);

  [[nodiscard]] const std::string& url() const { return url_; }
  // As printed; "" when it was not.
  [[nodiscard]] const std::string& admin_key() const { return admin_key_; }
  [[nodiscard]] std::pair<std::string, std::string> authorization() const {
    return {"Authorization", "Bearer " + admin_key_};
  }
  [[nodiscard]] Process& process() { return *process_; }

  // SIGTERM; fails the test unless the process ends with status 0.
  void stop();

 private:
  std::unique_ptr<Process> process_;
  std::string url_;
  std::string admin_key_;
};

// `daybook serve` that is expected not to come up: runs to its end.
Finished run_serve(const ServerOptions& options);
// `daybook <arguments> --data <data_dir>`
Finished run_tool(std::vector<std::string> arguments, const std::string& data_dir);

}  // namespace daybook::test
