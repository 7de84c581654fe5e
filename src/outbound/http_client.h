// HTTP to the outside, by libcurl: for sinks. No redirects, http and https only, private addresses
// refused unless allowed (checked on the address that is connected to, after name resolution).
//
// Threads: a client belongs to one; it keeps its connections between requests.
#pragma once

#include <daybook/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::outbound {

struct HttpOptions {
  std::int64_t timeout_ms = 20'000;  // of one request as a whole
  std::int64_t connect_timeout_ms = 10'000;
  bool allow_private = false;               // loopback, link-local, RFC 1918, ... (addresses.h)
  std::size_t answer_bytes_max = 1u << 20;  // more is cut off
  std::string ca_file;                      // empty: the system's
  // Asked now and then during a transfer; true ends it. May be null.
  std::function<bool()> interrupted;
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string_view body;
};

struct HttpAnswer {
  int status = 0;  // 0: none came, see `failure`
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string failure;           // in words: could not connect, timed out, refused address ...
  bool refused_address = false;  // private and not allowed
  // Seconds or a date in Retry-After, as ms from now; 0: none.
  std::int64_t retry_after_ms = 0;

  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpAnswer send(const HttpRequest& request);
  // For the call that follows.
  void set_interrupted(std::function<bool()> interrupted);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::outbound
