#include "system/live_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace daybook::test {
namespace {

constexpr int no_status = 1005;       // RFC 6455 7.4.1: a close frame without a code
constexpr int closed_without = 1006;  // the connection ended without a close frame
constexpr std::string_view mask = "\x12\x34\xab\xcd";

using Clock = std::chrono::steady_clock;

bool wait_for(int fd, short events, Clock::time_point until) {
  const auto left = std::chrono::duration_cast<Millis>(until - Clock::now()).count();
  pollfd waited{fd, events, 0};
  return ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) > 0;
}

void append_number(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(number >> shift & 0xff));
}

std::uint64_t number_at(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

std::string frame_bytes(int opcode, std::string_view payload, const FrameForm& form) {
  std::string out;
  out.push_back(static_cast<char>((form.last ? 0x80 : 0) | form.reserved << 4 | opcode));
  const int masked = form.masked ? 0x80 : 0;
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(masked | static_cast<int>(payload.size())));
  } else if (payload.size() < 65536) {
    out.push_back(static_cast<char>(masked | 126));
    append_number(out, payload.size(), 2);
  } else {
    out.push_back(static_cast<char>(masked | 127));
    append_number(out, payload.size(), 8);
  }
  if (!form.masked) return out.append(payload);
  out.append(mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out.push_back(static_cast<char>(payload[i] ^ mask[i % mask.size()]));
  return out;
}

std::string close_payload(int code, std::string_view reason) {
  std::string out;
  append_number(out, static_cast<std::uint64_t>(code), 2);
  return out.append(reason);
}

LiveSocket::LiveSocket(const std::string& url, Kernel kernel)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (kernel == Kernel::small_buffers) {
    // The server's buffer for sending begins at a multiple of the segment's size, which this side
    // may bound; it only grows with what is read.
    const int receive_bytes = 4096, segment_bytes = 536;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    ::setsockopt(fd_, IPPROTO_TCP, TCP_MAXSEG, &segment_bytes, sizeof segment_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    disconnect();
}

LiveSocket::~LiveSocket() { disconnect(); }

LiveSocket::LiveSocket(LiveSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      acks_(other.acks_),
      buffer_(std::move(other.buffer_)),
      close_frame_(std::move(other.close_frame_)) {}

void LiveSocket::disconnect() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool LiveSocket::send(std::string_view bytes, Millis deadline) {
  const auto until = Clock::now() + deadline;
  while (!bytes.empty() && fd_ >= 0) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !wait_for(fd_, POLLOUT, until)) {
      return false;
    }
  }
  return fd_ >= 0;
}

bool LiveSocket::fill(Millis deadline) {
  if (fd_ < 0 || !wait_for(fd_, POLLIN, Clock::now() + deadline)) return false;
  std::array<char, 65536> bytes{};
  const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  if (got <= 0) disconnect();
  return got > 0;
}

int LiveSocket::open(std::string_view target, std::string_view headers) {
  std::string request = "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n";
  request += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  request += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!send(request.append(headers).append("\r\n"))) return 0;
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill(live_deadline)) return 0;
  const int status = std::stoi(buffer_.substr(sizeof "HTTP/1.1", 3));
  buffer_.erase(0, end + 4);
  return status;
}

std::optional<Frame> LiveSocket::frame(Millis deadline) {
  const auto until = Clock::now() + deadline;
  const auto has = [&](std::size_t bytes) {
    while (buffer_.size() < bytes)
      if (!fill(std::chrono::duration_cast<Millis>(until - Clock::now()))) return false;
    return true;
  };
  if (!has(2)) return std::nullopt;
  const auto first = static_cast<unsigned char>(buffer_[0]);
  std::size_t size = static_cast<unsigned char>(buffer_[1]) & 0x7f;
  std::size_t head = 2;
  if (size >= 126) {
    const std::size_t more = size == 126 ? 2 : 8;
    if (!has(2 + more)) return std::nullopt;
    size = number_at(std::string_view(buffer_).substr(2, more));
    head += more;
  }
  if (!has(head + size)) return std::nullopt;
  Frame frame{first & 0x0f, (first & 0x80) != 0, buffer_.substr(head, size)};
  buffer_.erase(0, head + size);
  return frame;
}

std::optional<std::string> LiveSocket::text(std::string_view prefix, Millis deadline) {
  const auto until = Clock::now() + deadline;
  for (;;) {
    auto next = frame(std::chrono::duration_cast<Millis>(until - Clock::now()));
    if (!next) return std::nullopt;
    if (next->opcode == static_cast<int>(Op::close)) {
      close_frame_ = std::move(*next);
      return std::nullopt;
    }
    if (next->opcode == static_cast<int>(Op::text) && next->payload == "2")
      send(Op::text, "3");  // Engine.IO's heartbeat
    if (next->opcode == static_cast<int>(Op::text) && next->payload.starts_with(prefix))
      return std::move(next->payload);
  }
}

int LiveSocket::closed(Millis deadline) {
  const auto until = Clock::now() + deadline;
  for (;;) {
    const auto next = close_frame_
                          ? std::exchange(close_frame_, {})
                          : frame(std::chrono::duration_cast<Millis>(until - Clock::now()));
    if (!next) return fd_ < 0 ? closed_without : 0;
    if (next->opcode != static_cast<int>(Op::close)) continue;
    send(Op::close, next->payload);
    return next->payload.size() < 2
               ? no_status
               : static_cast<int>(number_at(std::string_view(next->payload).substr(0, 2)));
  }
}

bool LiveSocket::open_engine() {
  return open("/socket.io/?EIO=4&transport=websocket") == 101 && text("0{").has_value();
}

bool LiveSocket::open_socketio() {
  return open_engine() && send(Op::text, "40") && text("40{").has_value();
}

std::optional<std::string> LiveSocket::ask(std::string_view json_args, Millis deadline) {
  const std::string id = std::to_string(++acks_);
  if (!send(Op::text, "42" + id + "[" + std::string(json_args) + "]")) return std::nullopt;
  auto answer = text("43" + id + "[", deadline);
  if (!answer) return std::nullopt;
  const std::size_t head = 3 + id.size();
  return answer->substr(head, answer->size() - head - 1);
}

}  // namespace daybook::test
