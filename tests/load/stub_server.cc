#include "stub_server.h"

#include <daybook/check.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace daybook::load::testing {

std::string ok_answer(const std::string& body, const std::string& header) {
  return "HTTP/1.1 200 OK\r\n" + header + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

StubServer::StubServer(Answer answer) : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  DAYBOOK_CHECK(::bind(listener_, generic, bytes) == 0 && ::listen(listener_, 512) == 0);
  DAYBOOK_CHECK(::getsockname(listener_, generic, &bytes) == 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

StubServer::~StubServer() {
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& session : sessions_) session.join();
  ::close(listener_);
}

void StubServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
    }
    sessions_.emplace_back([this, fd] { serve(fd); });
  }
}

void StubServer::serve(int fd) {
  std::string in;
  std::array<char, 65536> buffer{};
  for (bool open = true; open;) {
    const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (n <= 0) break;
    in.append(buffer.data(), static_cast<std::size_t>(n));
    for (std::size_t end; open && (end = in.find("\r\n\r\n")) != std::string::npos;) {
      const std::size_t length_at = in.find("Content-Length: ");
      const std::size_t length = std::stoul(in.substr(length_at + 16));
      if (in.size() < end + 4 + length) break;
      const std::string answer = answer_(in.substr(end + 4, length), requests_++);
      in.erase(0, end + 4 + length);
      open = !answer.empty() && answer.find("Connection: close") == std::string::npos;
      if (!answer.empty() && ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0)
        open = false;
    }
  }
  const std::lock_guard lock(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), fd));
  ::close(fd);
}

}  // namespace daybook::load::testing
