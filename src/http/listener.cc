#include "http/listener.h"

#include "base/files.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace daybook::http {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  bool loopback = false;

  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  void set_port(std::uint16_t port) {
    if (storage.ss_family == AF_INET)
      reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(port);
    else
      reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = htons(port);
  }
  [[nodiscard]] std::uint16_t port() const {
    if (storage.ss_family == AF_INET)
      return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  }
};

bool fill(const std::string& host, Address& address) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    address.size = sizeof *v4;
    address.loopback = (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) != 1) return false;
  v6->sin6_family = AF_INET6;
  address.size = sizeof *v6;
  address.loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
  return true;
}

Error not_an_address(const std::string& text) {
  return Error{Errc::invalid,
               "not a listen address: \"" + text + "\" (like 127.0.0.1:8080 or [::1]:8080)"};
}

Result<Address> parse(const std::string& text, std::string& host_shown) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return not_an_address(text);
  std::string host = text.substr(0, colon);
  host_shown = host;
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string::npos) return not_an_address(text);
  if (host == "localhost") host = "127.0.0.1";
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || port > 65535) return not_an_address(text);
  Address address;
  if (!fill(host, address)) return not_an_address(text);
  if (bracketed != (address.storage.ss_family == AF_INET6)) return not_an_address(text);
  address.set_port(static_cast<std::uint16_t>(port));
  return address;
}

Result<int> bound_socket(Address& address, bool share_port, const std::string& text) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  bool good = fd >= 0;
  good = good && ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
  if (share_port) good = good && ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
  if (address.storage.ss_family == AF_INET6)
    good = good && ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
  // Accepted connections inherit it.
  good = good && ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
  good = good && ::bind(fd, address.raw(), address.size) == 0;
  if (good) return fd;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  return Error{Errc::unavailable, "cannot listen on " + text + ": " + errno_text(error)};
}

// Without SO_REUSEPORT, so that a port another process listens on is seen as taken. Settles port 0.
Result<void> probe(Address& address, const std::string& text) {
  DAYBOOK_TRY(const int fd, bound_socket(address, false, text));
  const bool listening = ::listen(fd, 1) == 0;
  const int error = errno;
  socklen_t size = sizeof address.storage;
  ::getsockname(fd, address.raw(), &size);
  ::close(fd);
  if (!listening)
    return Error{Errc::unavailable, "cannot listen on " + text + ": " + errno_text(error)};
  return {};
}

void close_all(Listener& listener) {
  for (const int fd : listener.fds) ::close(fd);
  listener.fds.clear();
}

}  // namespace

Result<void> check_listen(const std::string& text) {
  std::string host;
  DAYBOOK_TRY_VOID(parse(text, host));
  return {};
}

Result<Listener> open_listener(const std::string& text, unsigned threads) {
  std::string host;
  DAYBOOK_TRY(Address address, parse(text, host));
  DAYBOOK_TRY_VOID(probe(address, text));
  Listener listener;
  listener.loopback = address.loopback;
  listener.url = "http://" + host + ":" + std::to_string(address.port());
  for (unsigned i = 0; i < threads; ++i) {
    auto fd = bound_socket(address, true, text);
    if (!fd) {
      close_all(listener);
      return std::move(fd).error();
    }
    listener.fds.push_back(*fd);
    if (::listen(*fd, listen_backlog) != 0) {
      const int error = errno;
      close_all(listener);
      return Error{Errc::unavailable, "cannot listen on " + text + ": " + errno_text(error)};
    }
  }
  return listener;
}

}  // namespace daybook::http
