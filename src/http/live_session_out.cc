// The half of LiveSession that sends.
#include "http/io_thread.h"
#include "http/live_session.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace daybook::http {
namespace {
constexpr std::size_t pieces_max = 16;  // of one gather write
}  // namespace

void LiveSession::send(live::Kind kind, std::string_view message) {
  if (state_ == State::closing || lost_ != nullptr) return;
  io_.shared().live.sent.add();
  std::string header;  // short enough for its place inside the string
  websocket::append_frame_header(
      header, kind == live::Kind::text ? websocket::Opcode::text : websocket::Opcode::binary,
      message.size());
  put(header, message);
}

void LiveSession::put_control(websocket::Opcode opcode, std::string_view payload) {
  if (state_ == State::closing) return;
  std::string header;
  websocket::append_frame_header(header, opcode, payload.size());
  put(header, payload);
}

void LiveSession::put(std::string_view header, std::string_view payload) {
  std::size_t taken = 0;
  if (may_send_now()) {
    const std::array<std::string_view, 2> pieces{header, payload};
    taken = send_now(pieces);
    if (taken == header.size() + payload.size()) return;
    begun_ = taken != 0;
  } else if (outbox_.own_bytes() >= io_.shared().options.live.unsent_bytes_max &&
             state_ == State::open) {
    return too_slow(websocket::close_code::policy,
                    "too slow: more than " +
                        std::to_string(io_.shared().options.live.unsent_bytes_max) +
                        " bytes wait to be taken");
  }
  // In one piece: where one piece ends a frame does (too_slow).
  constexpr std::size_t no_bound = std::string::npos;
  if (taken >= header.size()) {
    outbox_.push(payload.substr(taken - header.size()), no_bound);
  } else {
    std::string rest;
    rest.reserve(header.size() - taken + payload.size());
    outbox_.push(rest.append(header.substr(taken)).append(payload), no_bound);
  }
  note_waiting();
}

void LiveSession::offer(const live::MessagePtr& message, std::size_t format) {
  if (state_ == State::closing || lost_ != nullptr) return;
  io_.shared().live.states.add();
  const std::string_view bytes = message->bytes(format);
  std::size_t taken = 0;
  if (may_send_now()) {
    taken = send_now({&bytes, 1});
    if (taken == bytes.size()) return;
  }
  outbox_.offer(message, format);
  if (taken != 0) {
    outbox_.sent(taken);
    begun_ = true;
  }
  note_waiting();
}

// How much the kernel took; less than all of it: blocked_, or the connection is lost.
std::size_t LiveSession::send_now(std::span<const std::string_view> pieces) {
  std::array<iovec, pieces_max> vectors;
  std::size_t all = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    // sendmsg() does not write to it.
    vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    all += pieces[i].size();
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = pieces.size();
  ssize_t got = 0;
  do {
    got = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
    end_later(LiveEnd::lost, "the connection was reset");
    return 0;
  }
  const std::size_t taken = got < 0 ? 0 : static_cast<std::size_t>(got);
  if (taken < all) blocked_ = true;
  return taken;
}

void LiveSession::flush() {
  if (fd_ < 0 || state_ == State::opening || lost_ != nullptr || outbox_.empty()) return;
  while (!outbox_.empty() && !blocked_ && lost_ == nullptr) {
    std::array<std::string_view, pieces_max> pieces;
    const std::size_t count = outbox_.fronts(pieces);
    const std::size_t taken = send_now({pieces.data(), count});
    std::size_t rest = taken;  // of the piece that is not sent whole
    for (std::size_t i = 0; i < count && rest >= pieces[i].size(); ++i) {
      rest -= pieces[i].size();
      begun_ = false;
    }
    begun_ = begun_ || rest != 0;
    if (taken == 0) break;
    outbox_.sent(taken);
    waiting_since_ms_ = 0;
  }
  if (!outbox_.empty()) return note_waiting();
  begun_ = false;
  if (state_ == State::open && lost_ == nullptr) peer_->drained();
}

void LiveSession::note_waiting() {
  if (waiting_since_ms_ != 0 || fd_ < 0) return;
  waiting_since_ms_ = io_.now_ms();
  if (!settling_) set_deadline();
}

}  // namespace daybook::http
