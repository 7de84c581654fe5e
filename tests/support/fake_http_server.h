// An HTTP/1.1 server for tests of what goes out: the handler decides the answer, or the fault.
// Keep-alive, Content-Length and chunked bodies; a thread per connection.
//
// Threads: the handler is called under one lock, so one request at a time, whatever the
// connections; stop() by the owner.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::test {

struct FakeRequest {
  std::string method, target;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  [[nodiscard]] std::string header(std::string_view lower_case_name) const;
};

struct FakeAnswer {
  enum class Fault : std::uint8_t {
    none,
    cut,   // the connection ends without a byte of the answer; the handler has done its work
    half,  // the answer breaks off in its middle
  };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Fault fault = Fault::none;
  std::int64_t delay_ms = 0;  // before the answer; ends early with stop()
};

class FakeHttpServer {
 public:
  using Handler = std::function<FakeAnswer(const FakeRequest&)>;
  // On 127.0.0.1, a free port (or the given one, to come back after a stop).
  explicit FakeHttpServer(Handler handler, std::uint16_t port = 0);
  ~FakeHttpServer();
  FakeHttpServer(const FakeHttpServer&) = delete;
  FakeHttpServer& operator=(const FakeHttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:12345"
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::test
