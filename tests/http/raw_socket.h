// A socket without HTTP: for what no proper client does, such as reading slowly or leaving in the
// middle. Blocking, with a deadline for each read.
//
// Thread: one.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace daybook::test {

class RawSocket {
 public:
  // "http://127.0.0.1:8080". `receive_bytes`: the kernel's buffer on this side; 0: its choice.
  explicit RawSocket(const std::string& url, int receive_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(fd_ >= 0);
    if (receive_bytes > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    const timeval deadline{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~RawSocket() { ::close(fd_); }
  // The end will be a reset, which the other side sees at once.
  void reset_at_end() {
    const linger reset{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void send(std::string_view bytes) {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  // False: not all of it went, as the other side is gone or takes nothing any more.
  bool try_send(std::string_view bytes) {
    const timeval deadline{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  void shut_send() { ::shutdown(fd_, SHUT_WR); }
  // The next bytes, at most `most`; empty at the end, at a reset, or after the deadline.
  std::string read_some(std::size_t most) {
    std::string bytes(most, '\0');
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    failed_ = got < 0;
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  // Everything until the connection ends.
  std::string read_all() {
    std::string all;
    for (std::string bytes = read_some(65536); !bytes.empty(); bytes = read_some(65536))
      all += bytes;
    return all;
  }
  // The last read ended in a reset (or the deadline), not in an orderly end.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  int fd_;
  bool failed_ = false;
};

}  // namespace daybook::test
