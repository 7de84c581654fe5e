// The kernel's own price of a broadcast: one thread that send()s the same bytes to every one of
// many loopback sockets, and nothing else. No server that writes to each socket can do with less.
//
//   daybook_send_floor [SOCKETS=10000] [BYTES=700] [ROUNDS=50] [INTERVAL_MS=0]
//
// With an interval rounds begin that far apart, as broadcasts do: caches are cold then and the
// readers asleep, which costs the sender more than one round after the other.
//
// The readers are a process of their own, so that the CPU of the two is told apart.
#include <daybook/check.h>

#include "base/descriptors.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t spare_descriptors = 64;
constexpr int ready_max = 512;
constexpr std::size_t input_bytes = 65536;

std::size_t number_of(const char* text) {
  std::size_t number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int listen_somewhere(sockaddr_in& address) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  DAYBOOK_CHECK(::bind(listener, generic, bytes) == 0 && ::listen(listener, 4096) == 0);
  DAYBOOK_CHECK(::getsockname(listener, generic, &bytes) == 0);
  return listener;
}

// The readers' process: takes what comes until all connections are closed. 0 when all came.
int read_all(const sockaddr_in& address, std::size_t sockets, std::uint64_t bytes_expected) {
  const int epoll = ::epoll_create1(0);
  for (std::size_t i = 0; i < sockets; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int made = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (fd < 0 || made != 0) return 1;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) return 1;
  }
  std::vector<char> input(input_bytes);
  std::uint64_t bytes = 0;
  for (std::size_t open = sockets; open > 0;) {
    std::array<epoll_event, ready_max> ready;
    const int n = ::epoll_wait(epoll, ready.data(), ready_max, -1);
    for (int i = 0; i < n; ++i) {
      const int fd = ready[static_cast<std::size_t>(i)].data.fd;
      const ssize_t got = ::recv(fd, input.data(), input.size(), 0);
      if (got > 0) {
        bytes += static_cast<std::uint64_t>(got);
      } else {
        ::close(fd);
        --open;
      }
    }
  }
  return bytes == bytes_expected ? 0 : 1;
}

std::vector<int> accept_all(int listener, std::size_t sockets) {
  std::vector<int> accepted;
  while (accepted.size() < sockets) {
    const int fd = ::accept(listener, nullptr, nullptr);
    DAYBOOK_CHECK(fd >= 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    accepted.push_back(fd);
  }
  return accepted;
}

void report(std::size_t sockets, std::size_t bytes, std::size_t rounds, double cpu, double wall,
            double reader_cpu) {
  const auto messages = static_cast<double>(sockets * rounds);
  std::printf("%zu sockets, %zu bytes, %zu rounds\n", sockets, bytes, rounds);
  std::printf("  send()     %.2f us of CPU a message, %.0f messages per CPU second\n",
              1e6 * cpu / messages, messages / cpu);
  std::printf("  reader     %.2f us of CPU a message (connecting included)\n",
              1e6 * reader_cpu / messages);
  std::printf("  a round    %.1f ms from the first send to the last\n",
              1e3 * wall / static_cast<double>(rounds));
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t sockets = argc > 1 ? number_of(argv[1]) : 10'000;
  const std::size_t bytes = argc > 2 ? number_of(argv[2]) : 700;
  const std::size_t rounds = argc > 3 ? number_of(argv[3]) : 50;
  const std::chrono::milliseconds interval(argc > 4 ? number_of(argv[4]) : 0);
  if (sockets == 0 || bytes == 0 || rounds == 0 ||
      daybook::raise_descriptor_limit() < sockets + spare_descriptors) {
    std::fprintf(stderr,
                 "usage: daybook_send_floor [SOCKETS] [BYTES] [ROUNDS] [INTERVAL_MS]; ulimit -n\n");
    return 2;
  }
  sockaddr_in address{};
  const int listener = listen_somewhere(address);
  const pid_t reader = ::fork();
  DAYBOOK_CHECK(reader >= 0);
  if (reader == 0) {
    ::close(listener);
    return read_all(address, sockets, std::uint64_t{sockets} * bytes * rounds);
  }
  const std::vector<int> accepted = accept_all(listener, sockets);
  const std::string message(bytes, 'x');
  const double before = cpu_seconds(RUSAGE_SELF);
  const auto began = std::chrono::steady_clock::now();
  std::chrono::duration<double> wall{};
  for (std::size_t round = 0; round < rounds; ++round) {
    std::this_thread::sleep_until(began + round * interval);
    const auto round_began = std::chrono::steady_clock::now();
    for (const int fd : accepted)
      DAYBOOK_CHECK(::send(fd, message.data(), bytes, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes));
    wall += std::chrono::steady_clock::now() - round_began;
  }
  const double cpu = cpu_seconds(RUSAGE_SELF) - before;
  for (const int fd : accepted) ::close(fd);
  int status = 0;
  ::waitpid(reader, &status, 0);
  report(sockets, bytes, rounds, cpu, wall.count(), cpu_seconds(RUSAGE_CHILDREN));
  return status == 0 ? 0 : 1;
}
