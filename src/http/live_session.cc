#include "http/live_session.h"

#include "http/io_thread.h"
#include "http/live_thread.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace daybook::http {
namespace close_code = websocket::close_code;
namespace {

// A comment as one HTTP chunk (event streams).
constexpr std::string_view heartbeat_chunk = "3\r\n:\n\n\r\n";

// A comment that says why, and the end of the chunked body.
void append_stream_end(std::string& out, std::string_view reason) {
  if (!reason.empty()) append_chunk(out, ": " + std::string(reason) + "\n\n");
  append_last_chunk(out);
}

std::string_view words_of(LiveEnd by) {
  switch (by) {
    case LiveEnd::client:
      return "the client closed";
    case LiveEnd::slow:
      return "the client was too slow";
    case LiveEnd::protocol:
      return "the client broke the protocol";
    default:
      return "the server closed";
  }
}

}  // namespace

LiveSession::LiveSession(IoThread& io, Mode mode, std::size_t message_bytes_max,
                         std::string_view opening)
    : Channel(io, -1, 0),
      mode_(mode),
      decoder_(websocket::DecoderOptions{message_bytes_max, mode == Mode::messages,
                                         websocket::From::client, &io.live()->incomplete}),
      heard_ms_(io.now_ms()) {
  outbox_.push(opening, std::string::npos);
}

LiveSession::~LiveSession() {
  LiveSession::close();
  if (auto peer = std::move(peer_)) peer->gone("never opened");
}

void LiveSession::start(int fd, std::uint64_t tag, std::string_view rest) {
  fd_ = fd;
  tag_ = tag;
  if (state_ == State::opening) state_ = State::open;
  ++io_.live()->connections;
  LiveShared& live = io_.shared().live;
  (is_stream() ? live.event_streams : live.websockets).fetch_add(1, std::memory_order_relaxed);
  const int on = 1, lowat = unsent_in_kernel_bytes;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof lowat);
  // A client that is gone without a word is found out by what it does not confirm; one that only
  // does not read is closed with words before.
  const auto timeout_ms =
      static_cast<unsigned>(io_.shared().options.live.slow_timeout_ms + 2 * close_ms);
  ::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
  if (!is_stream()) keep(rest);
  if (state_ == State::closing) close_until_ms_ = io_.now_ms() + close_ms;
  settle();  // what has come meanwhile is said by the epoll set
}

// --- reading

void LiveSession::on_ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLERR) != 0) return end(LiveEnd::lost, "the connection was reset");
  if ((epoll_events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0) readable_ = true;
  if ((epoll_events & (EPOLLRDHUP | EPOLLHUP)) != 0) hangup_ = true;
  if ((epoll_events & EPOLLOUT) != 0) blocked_ = false;
  settle();
}

void LiveSession::settle() {
  if (std::exchange(due_, false)) look_at_clock();
  if (closed()) return;
  settling_ = true;
  flush();
  if (lost_ == nullptr) read();
  if (lost_ == nullptr) flush();  // what the messages were answered with
  settling_ = false;
  if (lost_ != nullptr) return end(ended_by_, lost_);
  end_if_done();
  if (closed()) return;
  set_deadline();
  if ((readable_ || !unread_.empty()) && may_take()) io_.resume_later(*this);
}

bool LiveSession::may_take() const {
  const std::size_t bytes_max = io_.shared().options.live.unsent_bytes_max;
  const std::size_t waiting = outbox_.own_bytes();
  return state_ != State::open || waiting < bytes_max / 2 || waiting >= bytes_max;
}

void LiveSession::read() {
  std::size_t reads = 0, steps = 0;
  if (!unread_.empty() && may_take()) {
    std::string bytes = std::exchange(unread_, {});
    take({bytes.data(), bytes.size() - json::Parser::padding_bytes}, steps);
  }
  while (readable_ && lost_ == nullptr && unread_.empty() && may_take()) {
    if (reads++ >= reads_per_turn_max || steps >= steps_per_turn_max) return;
    const ssize_t got = ::recv(fd_, io_.scratch(), read_bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      readable_ = false;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        end_later(LiveEnd::lost, "the connection was reset");
      return;
    }
    if (got == 0) {
      readable_ = false;
      eof_ = true;
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    if (size < read_bytes && !hangup_) readable_ = false;
    if (!is_stream()) take({io_.scratch(), size}, steps);  // of a stream: it has nothing to say
  }
}

void LiveSession::take(std::span<char> bytes, std::size_t& steps) {
  heard_ms_ = io_.now_ms();
  pinged_ = false;
  while (lost_ == nullptr) {
    if (steps >= steps_per_turn_max || !may_take()) return keep({bytes.data(), bytes.size()});
    std::size_t used = 0;
    const auto step = decoder_.decode(bytes, used);
    bytes = bytes.subspan(used);
    if (step == websocket::Decoder::Step::need_more) return;
    ++steps;
    take_step(step);
  }
}

void LiveSession::keep(std::string_view bytes) {
  if (bytes.empty()) return;
  unread_.reserve(bytes.size() + json::Parser::padding_bytes);
  unread_.assign(bytes).append(json::Parser::padding_bytes, '\0');
}

void LiveSession::take_step(websocket::Decoder::Step step) {
  using Step = websocket::Decoder::Step;
  switch (step) {
    case Step::text:
    case Step::binary:
      if (state_ != State::open) return;
      io_.shared().live.received.add();
      peer_->received(step == Step::text ? live::Kind::text : live::Kind::binary,
                      decoder_.payload());
      return;
    case Step::ping:
      return put_control(websocket::Opcode::pong, decoder_.payload());
    case Step::close:
      close_came_ = true;
      return begin_close(LiveEnd::client, decoder_.close_code(), {});
    case Step::failed:
      return begin_close(LiveEnd::protocol, decoder_.close_code(), decoder_.payload());
    case Step::pong:
    case Step::need_more:
      return;
  }
}

// --- ending

void LiveSession::close(std::uint16_t code, std::string_view reason) {
  begin_close(LiveEnd::server, code, reason);
}

void LiveSession::begin_close(LiveEnd by, std::uint16_t code, std::string_view reason) {
  if (state_ == State::closing) return;
  std::string last;
  if (is_stream()) {
    append_stream_end(last, reason);
  } else {
    websocket::append_close_frame(last, code, reason);
  }
  outbox_.push(last, std::string::npos);
  state_ = State::closing;
  ended_by_ = by;
  io_.shared().live.ended[static_cast<std::size_t>(by)].add();
  close_until_ms_ = io_.now_ms() + close_ms;
  if (fd_ >= 0 && !settling_) io_.mark_dirty(*this);
}

// What was meant for the client is dropped, so that at least the reason has a chance to arrive.
void LiveSession::too_slow(std::uint16_t code, std::string_view reason) {
  if (state_ == State::closing) return;
  const std::string rest(begun_ ? outbox_.front() : std::string_view{});
  outbox_.clear();
  outbox_.push(rest, std::string::npos);
  begin_close(LiveEnd::slow, code, reason);
}

void LiveSession::drain() { close(close_code::going_away, "the server is stopping"); }

void LiveSession::finish() {
  drain();
  close_until_ms_ = std::min(close_until_ms_, io_.now_ms() + close_at_stop_ms);
  settle();
}

void LiveSession::end_later(LiveEnd by, const char* why) {
  if (lost_ != nullptr) return;
  lost_ = why;
  if (state_ != State::closing) ended_by_ = by;
  if (fd_ >= 0 && !settling_) io_.mark_dirty(*this);
}

void LiveSession::end_if_done() {
  if (eof_ && is_stream() && state_ == State::open) {  // no more events wanted, says curl so
    begin_close(LiveEnd::client, close_code::normal, {});
    flush();
    if (lost_ != nullptr) return end(ended_by_, lost_);
  }
  if (eof_ && !is_stream() && state_ == State::open)
    return end(LiveEnd::lost, "the client left without closing");
  if (state_ != State::closing || !outbox_.empty()) return;
  if (eof_ || close_came_) return end(ended_by_, words_of(ended_by_));
  if (shut_) return;
  // A WebSocket client that closes orderly answers our close frame before it ends its side.
  if (is_stream() || ended_by_ == LiveEnd::protocol || ended_by_ == LiveEnd::slow) {
    ::shutdown(fd_, SHUT_WR);
    shut_ = true;
  }
}

void LiveSession::close() { end(LiveEnd::lost, "the connection ended"); }

void LiveSession::end(LiveEnd by, std::string_view why) {
  if (closed()) return;
  LiveShared& live = io_.shared().live;
  if (state_ != State::closing) live.ended[static_cast<std::size_t>(by)].add();
  (is_stream() ? live.event_streams : live.websockets).fetch_sub(1, std::memory_order_relaxed);
  --io_.live()->connections;
  ::close(fd_);
  fd_ = -1;
  io_.wheel().remove(timer_);
  outbox_.clear();
  if (auto peer = std::move(peer_)) peer->gone(why);
  io_.bury(*this);
}

// --- time

void LiveSession::set_deadline() {
  const LiveOptions& options = io_.shared().options.live;
  std::int64_t deadline = TimerNode::never;
  if (state_ == State::closing) {
    deadline = close_until_ms_;
  } else {
    if (waiting_since_ms_ != 0) deadline = waiting_since_ms_ + options.slow_timeout_ms;
    if (is_stream())
      deadline = std::min(deadline, heard_ms_ + options.heartbeat_ms);
    else if (mode_ == Mode::pinged_messages)
      deadline = std::min(
          deadline, heard_ms_ + options.ping_interval_ms + (pinged_ ? options.ping_timeout_ms : 0));
  }
  io_.wheel().set(timer_, deadline);
}

// Thousands that came together are due together for ever after: each does what it has to when the
// io thread gives it a turn.
void LiveSession::on_deadline() {
  due_ = true;
  io_.resume_later(*this);
}

void LiveSession::look_at_clock() {
  const LiveOptions& options = io_.shared().options.live;
  const std::int64_t now_ms = io_.now_ms();
  if (state_ == State::closing) {
    if (now_ms >= close_until_ms_) end(ended_by_, words_of(ended_by_));
    return;
  }
  if (waiting_since_ms_ != 0 && now_ms - waiting_since_ms_ >= options.slow_timeout_ms) {
    too_slow(close_code::try_again_later,
             "too slow: nothing was taken for " + std::to_string(options.slow_timeout_ms) + " ms");
  } else if (is_stream()) {
    if (outbox_.empty()) put(heartbeat_chunk, {});
    heard_ms_ = now_ms;
  } else if (mode_ == Mode::pinged_messages) {
    if (!may_take()) heard_ms_ = now_ms;  // whatever it says is not heard now
    if (pinged_) {                        // after a standstill of ours the pong may be here, unread
      readable_ = true;
      settle();
      if (closed()) return;
    }
    if (pinged_ && now_ms - heard_ms_ >= options.ping_interval_ms + options.ping_timeout_ms)
      return end(LiveEnd::silent, "no pong");
    if (!pinged_ && now_ms - heard_ms_ >= options.ping_interval_ms) {
      put_control(websocket::Opcode::ping, {});
      pinged_ = true;
    }
  }
}

}  // namespace daybook::http
