#include "support/http_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <daybook/check.h>

namespace daybook::test {
namespace {

using Clock = std::chrono::steady_clock;

int millis_left(Clock::time_point until) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

template <class T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  T number{};
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::string HttpResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

bool HttpResponse::has_header(std::string_view lower_case_name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& h) { return h.first == lower_case_name; });
}

std::string request_bytes(std::string_view method, std::string_view target, std::string_view body,
                          const Headers& headers) {
  std::string bytes(method);
  bytes.append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  for (const auto& [name, value] : headers)
    bytes.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty() || method == "POST" || method == "PUT")
    bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  bytes.append("\r\n").append(body);
  return bytes;
}

std::string json_request_bytes(std::string_view method, std::string_view target,
                               std::string_view body, const Headers& headers) {
  Headers all{{"Content-Type", "application/json"}};
  all.insert(all.end(), headers.begin(), headers.end());
  return request_bytes(method, target, body, all);
}

HttpClient::HttpClient(std::string_view url, std::chrono::milliseconds deadline)
    : deadline_(deadline) {
  constexpr std::string_view scheme = "http://";
  DAYBOOK_CHECK(url.starts_with(scheme));
  url.remove_prefix(scheme.size());
  const auto colon = url.rfind(':');
  DAYBOOK_CHECK(colon != std::string_view::npos);
  host_ = url.substr(0, colon);
  const auto port = parse_number<std::uint16_t>(url.substr(colon + 1));
  DAYBOOK_CHECK(port.has_value());
  port_ = *port;
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : host_(std::move(other.host_)),
      port_(other.port_),
      deadline_(other.deadline_),
      until_(other.until_),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      error_(std::move(other.error_)) {}

HttpClient::~HttpClient() { close(); }

void HttpClient::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  buffer_.clear();
}

bool HttpClient::fail(const std::string& what) {
  error_ = what;
  close();
  return false;
}

bool HttpClient::connect() {
  close();
  error_.clear();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  if (::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1)
    return fail("not an IPv4 address: " + host_);
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return fail(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(std::string("connect: ") + std::strerror(errno));
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  return true;
}

bool HttpClient::send(std::string_view bytes) {
  until_ = Clock::now() + deadline_;
  while (!bytes.empty()) {
    if (fd_ < 0) return false;
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail(std::string("send: ") + std::strerror(errno));
    pollfd ready{fd_, POLLOUT, 0};
    if (::poll(&ready, 1, millis_left(until_)) == 0) return fail("send: deadline passed");
  }
  return true;
}

void HttpClient::shutdown_send() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_WR);
}

bool HttpClient::fill() {
  std::array<char, 65536> chunk;  // NOLINT: filled by recv
  for (;;) {
    if (fd_ < 0) return false;
    const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (got > 0) {
      buffer_.append(chunk.data(), static_cast<std::size_t>(got));
      return true;
    }
    if (got == 0) return fail("closed by the server");
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail(std::string("recv: ") + std::strerror(errno));
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, millis_left(until_)) == 0) return fail("recv: deadline passed");
  }
}

std::optional<std::string> HttpClient::take_line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos)
    if (!fill()) return std::nullopt;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

bool HttpClient::take_exactly(std::size_t size, std::string& body) {
  while (buffer_.size() < size)
    if (!fill()) return false;
  body.append(buffer_, 0, size);
  buffer_.erase(0, size);
  return true;
}

bool HttpClient::take_chunked(std::string& body) {
  for (;;) {
    const auto line = take_line();
    if (!line) return false;
    const auto size =
        parse_number<std::size_t>(std::string_view(*line).substr(0, line->find(';')), 16);
    if (!size) return fail("bad chunk size: " + *line);
    if (*size == 0) break;
    if (!take_exactly(*size, body) || !take_line()) return false;
  }
  for (auto line = take_line();; line = take_line()) {
    if (!line) return false;
    if (line->empty()) return true;
  }
}

std::optional<HttpResponse> HttpClient::receive(bool head) {
  until_ = Clock::now() + deadline_;
  for (;;) {
    HttpResponse response;
    auto line = take_line();
    if (!line) return std::nullopt;
    if (!line->starts_with("HTTP/1.1 ") || line->size() < 12) {
      fail("not a status line: " + *line);
      return std::nullopt;
    }
    response.status = parse_number<int>(std::string_view(*line).substr(9, 3)).value_or(0);
    while ((line = take_line()) && !line->empty()) {
      const auto colon = line->find(':');
      if (colon == std::string::npos) continue;
      const auto value = line->find_first_not_of(' ', colon + 1);
      response.headers.emplace_back(lower(std::string_view(*line).substr(0, colon)),
                                    value == std::string::npos ? "" : line->substr(value));
    }
    if (!line) return std::nullopt;
    if (response.status == 100) continue;
    if (head || response.status == 204 || response.status == 304) return response;
    if (lower(response.header("transfer-encoding")) == "chunked") {
      if (!take_chunked(response.body)) return std::nullopt;
    } else if (const auto size = parse_number<std::size_t>(response.header("content-length"))) {
      if (!take_exactly(*size, response.body)) return std::nullopt;
    } else {
      fail("a response without a length");
      return std::nullopt;
    }
    return response;
  }
}

bool HttpClient::wait_for_close() {
  until_ = Clock::now() + deadline_;
  if (!buffer_.empty()) return false;
  if (fill()) return false;
  return error_ == "closed by the server" || error_.find("reset") != std::string::npos;
}

std::optional<HttpResponse> HttpClient::call(std::string_view method, std::string_view target,
                                             std::string_view body, const Headers& headers) {
  if (!connected() && !connect()) return std::nullopt;
  if (!send(request_bytes(method, target, body, headers))) return std::nullopt;
  return receive(method == "HEAD");
}

std::optional<HttpResponse> HttpClient::get(std::string_view target, const Headers& headers) {
  return call("GET", target, {}, headers);
}

std::optional<HttpResponse> HttpClient::post_json(std::string_view target, std::string_view body,
                                                  const Headers& headers) {
  Headers all{{"Content-Type", "application/json"}};
  all.insert(all.end(), headers.begin(), headers.end());
  return call("POST", target, body, all);
}

}  // namespace daybook::test
