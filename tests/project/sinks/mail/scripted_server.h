// An SMTP server that says what it is told to, for the faults a real one has no switch for. No TLS.
// One connection at a time.
//
// Threads: one of its own serves; the script is called on it. The rest by the owner's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace daybook::test {

class ScriptedServer {
 public:
  // What to say to a command (its line; "" : the greeting; "." : the mail's end). Empty: what a
  // server that takes everything says.
  using Script = std::function<std::string(std::string_view command)>;
  static constexpr std::string_view cut = "cut";        // the connection ends without an answer
  static constexpr std::string_view silent = "silent";  // none comes; the connection stays

  explicit ScriptedServer(Script script = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  // All so far: commands, and mails as they came over the wire (dots stuffed, without the end).
  [[nodiscard]] std::vector<std::string> commands() const;
  [[nodiscard]] std::vector<std::string> mails() const;
  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  void serve();
  void talk(int fd);
  bool answer(int fd, std::string_view command, std::string_view usual);
  bool read_until(int fd, std::string_view end, std::string& out);

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> connections_ = 0;
  std::string input_;  // not yet read by talk()
  mutable std::mutex mutex_;
  std::vector<std::string> commands_, mails_;  // under mutex_
  std::thread thread_;
};

}  // namespace daybook::test
