#include "project/sinks/mail/scripted_server.h"

#include <daybook/check.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace daybook::test {
namespace {

constexpr int look_ms = 10;  // how soon a stop is seen
constexpr std::string_view line_end = "\r\n";

}  // namespace

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  DAYBOOK_CHECK(listener_ >= 0 && ::bind(listener_, plain, size) == 0);
  DAYBOOK_CHECK(::listen(listener_, 8) == 0 && ::getsockname(listener_, plain, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

std::vector<std::string> ScriptedServer::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

std::vector<std::string> ScriptedServer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

void ScriptedServer::serve() {
  while (!stopping_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, look_ms) <= 0) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    input_.clear();
    talk(fd);
    ::close(fd);
  }
}

bool ScriptedServer::read_until(int fd, std::string_view end, std::string& out) {
  for (;;) {
    if (const auto at = input_.find(end); at != std::string::npos) {
      out = input_.substr(0, at);
      input_.erase(0, at + end.size());
      return true;
    }
    pollfd ready{fd, POLLIN, 0};
    while (::poll(&ready, 1, look_ms) <= 0)
      if (stopping_) return false;
    char buffer[4096];
    const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(n));
  }
}

bool ScriptedServer::answer(int fd, std::string_view command, std::string_view usual) {
  std::string said = script_ ? script_(command) : std::string();
  if (said == cut) return false;
  if (said == silent) return true;
  if (said.empty()) said = usual;
  said += line_end;
  return ::send(fd, said.data(), said.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(said.size());
}

void ScriptedServer::talk(int fd) {
  if (!answer(fd, "", "220 scripted.test")) return;
  std::string line;
  while (read_until(fd, line_end, line)) {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(line);
    }
    const bool is_data = line == "DATA";
    const bool is_quit = line == "QUIT";
    if (!answer(fd, line, is_data ? "354 go on" : is_quit ? "221 bye" : "250 fine") || is_quit)
      return;
    if (!is_data || (script_ && !script_(line).empty())) continue;
    std::string mail;
    if (!read_until(fd, "\r\n.\r\n", mail)) return;
    {
      const std::lock_guard lock(mutex_);
      mails_.push_back(mail);
    }
    if (!answer(fd, ".", "250 taken")) return;
  }
}

}  // namespace daybook::test
