// HttpClient: a plain HTTP/1.1 client on one blocking socket, for tests: keep-alive, pipelining,
// and raw bytes for what no proper client would send. Every operation has a deadline.
//
// Thread: one. Invariant: after an operation failed, connected() is false and error() says why.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;

  // The first value, or "".
  [[nodiscard]] std::string header(std::string_view lower_case_name) const;
  [[nodiscard]] bool has_header(std::string_view lower_case_name) const;
};

// The bytes of one request. Adds Host, and Content-Length when there is a body or the method wants
// one.
std::string request_bytes(std::string_view method, std::string_view target,
                          std::string_view body = {}, const Headers& headers = {});
// The same with Content-Type: application/json.
std::string json_request_bytes(std::string_view method, std::string_view target,
                               std::string_view body, const Headers& headers = {});

class HttpClient {
 public:
  // "http://127.0.0.1:8080". Connects on first use.
  explicit HttpClient(std::string_view url,
                      std::chrono::milliseconds deadline = std::chrono::milliseconds(10'000));
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  HttpClient& operator=(HttpClient&&) = delete;

  bool connect();
  void close();
  [[nodiscard]] bool connected() const { return fd_ >= 0; }
  [[nodiscard]] const std::string& error() const { return error_; }

  bool send(std::string_view bytes);
  void shutdown_send();
  // The next response in order. `head`: the request was HEAD, so no body follows. 100 Continue is
  // skipped.
  std::optional<HttpResponse> receive(bool head = false);
  // True when the server closes without another byte.
  bool wait_for_close();

  // connect() if needed, send, receive.
  std::optional<HttpResponse> call(std::string_view method, std::string_view target,
                                   std::string_view body = {}, const Headers& headers = {});
  std::optional<HttpResponse> get(std::string_view target, const Headers& headers = {});
  std::optional<HttpResponse> post_json(std::string_view target, std::string_view body,
                                        const Headers& headers = {});

 private:
  bool fail(const std::string& what);
  // At least one more byte into buffer_; false at the end of the stream or on an error.
  bool fill();
  bool take_chunked(std::string& body);
  bool take_exactly(std::size_t size, std::string& body);
  std::optional<std::string> take_line();

  std::string host_;
  std::uint16_t port_ = 0;
  std::chrono::milliseconds deadline_;
  std::chrono::steady_clock::time_point until_{};
  int fd_ = -1;
  std::string buffer_;
  std::string error_;
};

}  // namespace daybook::test
