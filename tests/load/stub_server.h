// A small blocking HTTP server for the tests of the load client: a thread a connection, answers
// from a function.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace daybook::load::testing {

// Bytes to send for one request (its body is given); empty: close the connection. `nth`: of all
// requests, from 0.
using Answer = std::function<std::string(const std::string& body, std::uint64_t nth)>;

std::string ok_answer(const std::string& body = "", const std::string& header = "");

class StubServer {
 public:
  explicit StubServer(Answer answer);
  ~StubServer();
  StubServer(const StubServer&) = delete;
  StubServer& operator=(const StubServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint64_t requests() const { return requests_.load(); }
  [[nodiscard]] std::uint64_t connections() const { return connections_.load(); }

 private:
  void accept_all();
  void serve(int fd);

  Answer answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;              // guarded by mutex_
  std::vector<std::thread> sessions_;  // of the accepting thread until it is joined
  std::thread accepting_;
};

}  // namespace daybook::load::testing
