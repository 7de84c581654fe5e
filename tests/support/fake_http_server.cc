#include "support/fake_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace daybook::test {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Reads requests off one connection.
class RequestReader {
 public:
  explicit RequestReader(int fd) : fd_(fd) {}

  // Nullopt: the client ended, or sent what is no request.
  std::optional<FakeRequest> next() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return std::nullopt;
    FakeRequest request;
    read_head(buffer_.substr(0, end), request);
    buffer_.erase(0, end + 4);
    const std::string length = request.header("content-length");
    if (lower(request.header("transfer-encoding")) == "chunked") {
      if (!read_chunks(request.body)) return std::nullopt;
    } else if (!length.empty()) {
      if (!take(std::strtoull(length.c_str(), nullptr, 10), request.body)) return std::nullopt;
    }
    return request;
  }

 private:
  bool more() {
    char bytes[64 * 1024];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  bool take(std::size_t count, std::string& out) {
    while (buffer_.size() < count)
      if (!more()) return false;
    out.append(buffer_, 0, count);
    buffer_.erase(0, count);
    return true;
  }
  bool take_line(std::string& out) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos)
      if (!more()) return false;
    out = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }
  bool read_chunks(std::string& body) {
    for (;;) {
      std::string line, rest;
      if (!take_line(line)) return false;
      const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
      if (!take(size, body) || !take_line(rest)) return false;
      if (size == 0) return true;
    }
  }
  static void read_head(const std::string& head, FakeRequest& request) {
    std::size_t at = head.find("\r\n");
    const std::string first = head.substr(0, at);
    const auto space = first.find(' ');
    request.method = first.substr(0, space);
    request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
    while (at != std::string::npos) {
      const auto end = head.find("\r\n", at + 2);
      const std::string line = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
      const auto colon = line.find(':');
      if (colon != std::string::npos)
        request.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
      at = end;
    }
  }

  const int fd_;
  std::string buffer_;
};

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string bytes_of(const FakeAnswer& answer) {
  std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " Fake\r\n";
  for (const auto& [name, value] : answer.headers) out += name + ": " + value + "\r\n";
  out += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
  return out + answer.body;
}

}  // namespace

std::string FakeRequest::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

struct FakeHttpServer::Impl {
  explicit Impl(Handler handler_in) : handler(std::move(handler_in)) {}

  void listen_on(std::uint16_t wanted) {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 128) != 0)
      std::abort();
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }

  void accept_all() {
    while (!stopping) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) {
        if (stopping) return;
        continue;
      }
      const std::lock_guard<std::mutex> lock(mutex);
      if (stopping) {
        ::close(fd);
        return;
      }
      open.push_back(fd);
      threads.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    RequestReader reader(fd);
    while (!stopping) {
      const auto request = reader.next();
      if (!request || !reply(fd, *request)) break;
    }
    const std::lock_guard<std::mutex> lock(mutex);
    open.remove(fd);
    ::close(fd);
  }

  // False: the connection is over.
  bool reply(int fd, const FakeRequest& request) {
    FakeAnswer answer;
    {
      const std::lock_guard<std::mutex> lock(handler_mutex);
      if (stopping) return false;
      answer = handler(request);
    }
    if (answer.delay_ms > 0) {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait_for(lock, std::chrono::milliseconds(answer.delay_ms),
                       [this] { return stopping.load(); });
    }
    if (answer.fault == FakeAnswer::Fault::cut) return false;
    const std::string bytes = bytes_of(answer);
    if (answer.fault == FakeAnswer::Fault::half) {
      send_all(fd, std::string_view(bytes).substr(0, bytes.size() / 2));
      return false;
    }
    return send_all(fd, bytes);
  }

  void stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      if (stopping) return;
      stopping = true;
      for (const int fd : open) ::shutdown(fd, SHUT_RDWR);
    }
    changed.notify_all();
    ::shutdown(listener, SHUT_RDWR);
    acceptor.join();
    ::close(listener);
    for (std::thread& thread : threads) thread.join();
  }

  const Handler handler;
  int listener = -1;
  std::uint16_t port = 0;
  std::atomic<bool> stopping{false};
  std::mutex handler_mutex;
  std::mutex mutex;
  std::condition_variable changed;
  std::list<int> open;             // under mutex
  std::list<std::thread> threads;  // grown under mutex, by the acceptor alone
  std::thread acceptor;
};

FakeHttpServer::FakeHttpServer(Handler handler, std::uint16_t port)
    : impl_(std::make_unique<Impl>(std::move(handler))) {
  impl_->listen_on(port);
  impl_->acceptor = std::thread([this] { impl_->accept_all(); });
}

FakeHttpServer::~FakeHttpServer() { stop(); }

std::uint16_t FakeHttpServer::port() const { return impl_->port; }

std::string FakeHttpServer::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

void FakeHttpServer::stop() { impl_->stop(); }

}  // namespace daybook::test
