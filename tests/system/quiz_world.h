// What the quiz tests share: a server with a quiz, a client that must stay fine whatever others do,
// and the scripts of the real clients.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.h"
#include "support/temp_dir.h"
#include "system/live_socket.h"
#include "system/server.h"

namespace daybook::test {

// Longest a script of clients runs, on a slow machine under sanitizers.
constexpr Millis script_deadline{240'000};

// Memory of a process that is in use, in bytes.
std::size_t resident_bytes(Process& process);

class QuizServer {
 public:
  explicit QuizServer(std::vector<std::string> flags = {});

  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] const std::string& url() const { return server_->url(); }
  [[nodiscard]] const std::string& admin_key() const { return admin_key_; }
  // The quiz "steady": open, one question q0 with four options, of which 1 is right, and users u0
  // to u9. Fails the test when it cannot be made.
  void define_quiz();
  // kill -9, and the same again on the same port and data.
  void kill_and_start();
  void stop_and_start();

 private:
  void start_again();

  TempDir dir_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::string admin_key_;
};

// Somebody else's connections, opened before the test does its worst: a Socket.IO client that
// follows the quiz "steady", and one that asks over HTTP.
class Bystander {
 public:
  explicit Bystander(QuizServer& server);
  // Fails the test unless the process lives, both are answered, and memory has grown by less than
  // the bound.
  void check_fine();

 private:
  QuizServer& server_;
  LiveSocket socket_;
  HttpClient http_;
  std::size_t bytes_before_;
};

// --- scripts

// Prints why and says no: node or the packages of `npm ci` are missing.
bool has_npm_clients();
// Prints why and says no when a Python module is missing.
bool has_python_clients();
// Starts tests/socketio_npm/<name> with these arguments.
std::unique_ptr<Process> start_script(const std::string& name,
                                      const std::vector<std::string>& arguments);
// Shows what the script printed; fails the test unless it ends with 0.
void finish_script(Process& script);

}  // namespace daybook::test
