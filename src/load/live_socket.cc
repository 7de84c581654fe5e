#include "load/live_socket.h"

#include "base/files.h"
#include "base/random.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace daybook::load {
namespace {

// The handshake's example in RFC 6455 section 1.3, with the answer that goes with it.
constexpr std::string_view handshake_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view handshake_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::string_view close_normal = "\x03\xe8";  // 1000
constexpr std::size_t shown_bytes_max = 120;           // of an answer nobody expected

std::string handshake_text(const std::string& host) {
  return "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: " + host +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: " +
         std::string(handshake_key) + "\r\n\r\n";
}

std::string shown(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find("\r\n"), shown_bytes_max)));
}

}  // namespace

LiveSocket::LiveSocket(unsigned number, const Target& target, LiveSocketOwner& owner)
    : number_(number),
      target_(target),
      owner_(owner),
      mask_(static_cast<std::uint32_t>(system_random_u64())) {}

bool LiveSocket::open() {
  fd_ = ::socket(target_.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int failed = fd_ < 0 ? -1
                             : ::connect(fd_, reinterpret_cast<const sockaddr*>(&target_.address),
                                         target_.address_bytes);
  if (failed != 0 && errno != EINPROGRESS) {
    why_ = "cannot connect: " + errno_text(errno);
    shut();
    return false;
  }
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  step_ = Step::connecting;
  return true;
}

void LiveSocket::shut() {
  if (fd_ >= 0) ::close(fd_);  // epoll forgets it with its last descriptor
  fd_ = -1;
  step_ = Step::closed;
  frames_.reset();
  head_.clear();
}

void LiveSocket::close() {
  if (step_ > Step::upgrading) {
    std::string frame;
    append_client_frame(frame, Opcode::close, close_normal, mask_);
    (void)!::send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  shut();
}

void LiveSocket::lose(std::string why) {
  if (step_ == Step::closed) return;
  why_ = std::move(why);
  shut();
  owner_.lost(*this, why_);
}

bool LiveSocket::send_whole(std::string_view bytes) {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent == static_cast<ssize_t>(bytes.size())) return true;
  lose(sent < 0 && errno != EAGAIN ? "cannot send: " + errno_text(errno)
                                   : "the server does not read what is sent");
  return false;
}

void LiveSocket::send_text(std::string_view text) {
  std::string frame;
  append_client_frame(frame, Opcode::text, text, mask_);
  mask_ = mask_ * 1664525 + 1013904223;  // another for each frame (Numerical Recipes' LCG)
  send_whole(frame);
}

void LiveSocket::emit(std::string_view event, std::string_view json) {
  std::string text = "42" + std::to_string(acks_++) + "[\"";
  text.append(event).append("\",").append(json).append("]");
  send_text(text);
}

void LiveSocket::connected() {
  int error = 0;
  socklen_t bytes = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &bytes);
  if (error != 0) return lose("cannot connect: " + errno_text(error));
  step_ = Step::upgrading;
  send_whole(handshake_text(target_.authority));
}

void LiveSocket::ready(std::span<char> input) {
  if (step_ == Step::connecting) return connected();
  const ssize_t n = ::recv(fd_, input.data(), input.size(), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n < 0) return lose("the connection broke: " + errno_text(errno));
  if (n == 0) return lose("the server closed the connection");
  receive({input.data(), static_cast<std::size_t>(n)});
}

void LiveSocket::receive(std::string_view bytes) {
  if (step_ == Step::upgrading && !upgraded(bytes)) return;
  while (step_ != Step::closed) {
    switch (frames_.feed(bytes)) {
      case FrameReader::State::need_more:
        return;
      case FrameReader::State::bad:
        return lose(std::string("not a WebSocket frame: ") + frames_.error());
      case FrameReader::State::frame:
        on_frame();
    }
  }
}

// Takes the answer to the handshake off the front of `bytes`; true: the rest are frames.
bool LiveSocket::upgraded(std::string_view& bytes) {
  const std::size_t had = head_.size();
  head_.append(bytes);
  const std::size_t end = head_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (head_.size() > upgrade_bytes_max) lose("no end of the answer to the handshake");
    return false;
  }
  if (!head_.starts_with("HTTP/1.1 101 ") || head_.find(handshake_accept) > end) {
    lose("the handshake was answered: " + shown(head_));
    return false;
  }
  bytes.remove_prefix(end + 4 - had);
  head_ = {};
  step_ = Step::opening;
  return true;
}

void LiveSocket::on_frame() {
  const std::string_view payload = frames_.payload();
  switch (frames_.opcode()) {
    case Opcode::text:
      return on_packet(payload);
    case Opcode::ping: {
      std::string pong;
      append_client_frame(pong, Opcode::pong, payload, mask_);
      send_whole(pong);
      return;
    }
    case Opcode::close:
      return lose("the server closed: " +
                  (payload.size() > 2 ? shown(payload.substr(2)) : std::string("no reason given")));
    case Opcode::binary:
    case Opcode::pong:
      return;
  }
}

// Of Engine.IO: 0 open, 1 close, 2 ping, 3 pong, 4 message, 6 noop.
void LiveSocket::on_packet(std::string_view packet) {
  const char kind = packet.empty() ? '\0' : packet.front();
  if (kind == '4') return on_message(packet.substr(1));
  if (kind == '2') return send_text("3");
  if (kind == '6') return;
  if (kind == '0' && step_ == Step::opening) {
    step_ = Step::entering;
    return send_text("40");
  }
  lose("an Engine.IO packet nobody expected: " + shown(packet));
}

// 0 CONNECT, 2 EVENT, 3 ACK; 1 DISCONNECT and 4 CONNECT_ERROR end it.
void LiveSocket::on_message(std::string_view message) {
  const char kind = message.empty() ? '\0' : message.front();
  const std::string_view json = message.substr(std::min(message.find('['), message.size()));
  if (kind == '2' && step_ == Step::entered) return owner_.happened(*this, json);
  if (kind == '3' && step_ == Step::entered) return owner_.acknowledged(*this, json);
  if (kind == '0' && step_ == Step::entering) {
    step_ = Step::entered;
    return owner_.entered(*this);
  }
  lose("a Socket.IO packet nobody expected: " + shown(message));
}

}  // namespace daybook::load
