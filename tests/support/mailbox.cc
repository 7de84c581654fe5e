#include "support/mailbox.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace daybook::test {
namespace {

constexpr std::size_t line_bytes_max = 1 << 20;

bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(a[i])) !=
        std::tolower(static_cast<unsigned char>(b[i])))
      return false;
  return true;
}

// "MAIL FROM:<a@b> SIZE=3" → "a@b"
std::string address_in(std::string_view line) {
  const auto from = line.find('<'), until = line.find('>');
  if (from == std::string_view::npos || until == std::string_view::npos) return "";
  return std::string(line.substr(from + 1, until - from - 1));
}

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}

  bool say(std::string_view line) {
    const std::string bytes = std::string(line) + "\r\n";
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  std::optional<std::string> line() {
    for (;;) {
      if (const auto end = buffer_.find("\r\n"); end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return line;
      }
      char bytes[4096];
      const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
      if (n <= 0 || buffer_.size() > line_bytes_max) return std::nullopt;
      buffer_.append(bytes, static_cast<std::size_t>(n));
    }
  }

 private:
  int fd_;
  std::string buffer_;
};

}  // namespace

std::string Mail::header(std::string_view name) const {
  std::string value;
  bool is_it = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find("\r\n", at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 2;
    if (line.empty()) break;  // the body follows
    if (line.front() == ' ' || line.front() == '\t') {
      if (is_it) value.append(line);
      continue;
    }
    if (is_it) break;
    const auto colon = line.find(':');
    is_it = colon != std::string_view::npos && same(line.substr(0, colon), name);
    if (is_it) value = line.substr(std::min(colon + 2, line.size()));
  }
  return value;
}

struct Mailbox::Impl {
  int listener = -1;
  std::uint16_t port = 0;
  std::atomic<bool> is_stopping{false};
  mutable std::mutex mutex;
  std::vector<Mail> messages;         // under mutex
  std::vector<int> open;              // under mutex
  std::vector<std::thread> sessions;  // the acceptor's until it has joined
  std::thread acceptor;

  void accept_all() {
    for (;;) {
      const int fd = ::accept(listener, nullptr, nullptr);
      if (fd < 0) return;
      const std::lock_guard<std::mutex> lock(mutex);
      if (is_stopping) {
        ::close(fd);
        return;
      }
      open.push_back(fd);
      sessions.emplace_back([this, fd] { serve(fd); });
    }
  }

  // Returns when the sender leaves.
  void serve(int fd) {
    Connection peer(fd);
    Mail mail;
    if (!peer.say("220 mailbox.test ESMTP")) return;
    while (const auto line = peer.line()) {
      const std::string_view verb = std::string_view(*line).substr(0, 4);
      if (same(verb, "EHLO")) {
        peer.say("250-mailbox.test");
        peer.say("250 8BITMIME");
      } else if (same(verb, "MAIL")) {
        mail = {address_in(*line), {}, {}};
        peer.say("250 ok");
      } else if (same(verb, "RCPT")) {
        mail.to.push_back(address_in(*line));
        peer.say("250 ok");
      } else if (same(verb, "DATA")) {
        if (!take_data(peer, mail)) return;
      } else if (same(verb, "QUIT")) {
        peer.say("221 bye");
        return;
      } else {
        peer.say("250 ok");
      }
    }
  }

  bool take_data(Connection& peer, Mail& mail) {
    peer.say("354 go on");
    for (;;) {
      const auto line = peer.line();
      if (!line) return false;
      if (*line == ".") break;
      mail.text += line->starts_with('.') ? line->substr(1) : *line;
      mail.text += "\r\n";
    }
    {
      const std::lock_guard<std::mutex> lock(mutex);
      messages.push_back(mail);
    }
    return peer.say("250 kept");
  }
};

Mailbox::Mailbox() : impl_(std::make_unique<Impl>()) {
  impl_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* raw = &address;
  if (impl_->listener < 0 || ::bind(impl_->listener, static_cast<sockaddr*>(raw), size) != 0 ||
      ::listen(impl_->listener, 64) != 0 ||
      ::getsockname(impl_->listener, static_cast<sockaddr*>(raw), &size) != 0)
    throw std::runtime_error("the mailbox cannot listen");
  impl_->port = ntohs(address.sin_port);
  impl_->acceptor = std::thread([impl = impl_.get()] { impl->accept_all(); });
}

Mailbox::~Mailbox() { stop(); }

std::uint16_t Mailbox::port() const { return impl_->port; }

std::vector<Mail> Mailbox::messages() const {
  const std::lock_guard<std::mutex> lock(impl_->mutex);
  return impl_->messages;
}

void Mailbox::stop() {
  if (!impl_->acceptor.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(impl_->mutex);
    impl_->is_stopping = true;
    for (const int fd : impl_->open) ::shutdown(fd, SHUT_RDWR);
  }
  ::shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  for (auto& session : impl_->sessions) session.join();
  for (const int fd : impl_->open) ::close(fd);
  ::close(impl_->listener);
}

}  // namespace daybook::test
