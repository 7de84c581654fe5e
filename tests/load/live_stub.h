// A small blocking Socket.IO server over WebSocket for the tests of the live load client: a thread
// a connection; what becomes of joins and answers is the test's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace daybook::load::testing {

// A text frame as a server sends it.
std::string server_frame(std::string_view text);
// `["leaderboard-updated",{...}]` whose scores sum up to `sum`.
std::string state_packet(std::uint64_t sum);

class LiveStub {
 public:
  // The acknowledgement's argument for the nth event of this name and payload; empty: the
  // connection is closed instead.
  using Answer = std::function<std::string(LiveStub&, const std::string& event,
                                           const std::string& payload, std::uint64_t nth)>;
  explicit LiveStub(Answer answer, std::string upgrade = "");
  ~LiveStub();
  LiveStub(const LiveStub&) = delete;
  LiveStub& operator=(const LiveStub&) = delete;

  // To everyone in the quiz but the first `skipped`.
  void broadcast(const std::string& packet, std::size_t skipped = 0);
  void ping();  // Engine.IO's, to everyone in the quiz

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint64_t connections() const { return connections_; }
  [[nodiscard]] std::uint64_t pongs() const { return pongs_; }
  // Payloads of submit-answer, each once.
  [[nodiscard]] std::set<std::string> answers() const;

 private:
  struct Client {
    int fd = -1;
    std::string in;
    bool in_quiz = false;  // guarded by mutex_
  };
  void accept_all();
  void serve(Client& client);
  bool upgrade(Client& client);
  bool read_more(Client& client);
  bool on_text(Client& client, const std::string& text);
  bool on_event(Client& client, const std::string& text);

  Answer answer_;
  std::string upgrade_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> connections_{0}, pongs_{0}, events_{0};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Client>> clients_;  // guarded by mutex_
  std::set<std::string> answers_;                 // guarded by mutex_
  std::vector<std::thread> sessions_;             // of the accepting thread until it is joined
  std::thread accepting_;
};

}  // namespace daybook::load::testing
