#include "http/session.h"

#include "http/handlers.h"
#include "http/live_session.h"
#include "http/live_thread.h"
#include "http/socketio_route.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace daybook::http {
namespace {
constexpr std::size_t kept_chunk_bytes_max = 4096;
}  // namespace

Session::Session(IoThread& io, int fd, std::uint64_t tag, bool loopback, unsigned front)
    : Channel(io, fd, tag), loopback_(loopback), front_(static_cast<std::uint8_t>(front)) {
  set_deadline();
}

Session::~Session() { Session::close(); }

void Session::close() {
  if (closed()) return;
  ::close(release_descriptor());
  io_.bury(*this);
}

// It is not a connection any more, whoever has the descriptor now.
int Session::release_descriptor() {
  const int fd = std::exchange(fd_, -1);
  io_.wheel().remove(timer_);
  stream_.reset();
  next_.reset();
  if (parser_) io_.give_back(std::move(parser_));
  in_.release();
  if (polls_ != 0)
    answers_.each([this](Slot& slot) {
      if (const auto poll = std::exchange(slot.poll, 0)) io_.live()->socketio().poll_gone(poll);
    });
  polls_ = 0;
  return fd;
}

const Cors& Session::cors() const { return io_.shared().fronts[front_].cors; }

// --- reading

bool Session::may_take() const {
  return !closing_ && !leaving_ && heavy_pending_ == 0 &&
         answers_.size() < io_.shared().options.limits.pipeline_max &&
         out_.size() - out_sent_ < unsent_bytes_max;
}

void Session::on_ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLERR) != 0) return close();
  if ((epoll_events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0) readable_ = true;
  if ((epoll_events & (EPOLLRDHUP | EPOLLHUP)) != 0) hangup_ = true;
  settle();
}

void Session::settle() {
  std::size_t reads = 0;
  settling_ = true;
  while (!closed()) {
    if (lingering_) {
      discard();
      break;
    }
    pump(reads);
    if (closed()) break;
    const bool all_sent = flush();
    if (closed() || lingering_) continue;
    if (leaving_) {
      if (leave()) return;
      break;
    }
    if (want_part()) continue;
    if (all_sent && owes_continue_ && owes_nothing()) {
      want_continue(false);
      continue;
    }
    const bool more = readable_ || (!in_.empty() && !starved_);
    if (!more || !may_take()) break;
    if (reads >= reads_per_turn_max) {
      io_.resume_later(*this);
      break;
    }
  }
  settling_ = false;
  if (!closed()) set_deadline();
}

void Session::pump(std::size_t& reads) {
  while (!closed() && may_take()) {
    if (!in_.empty() && !starved_) {
      const std::size_t taken = consume(in_.data(), in_.size());
      in_.drop(0, taken);
      continue;
    }
    if (!readable_ || reads >= reads_per_turn_max) return;
    ++reads;
    read_some();
  }
}

// Whole requests are parsed where the thread's scratch received them; only a rest is copied.
void Session::read_some() {
  const bool use_scratch = in_.empty();
  char* to = io_.scratch();
  std::size_t room = IoThread::scratch_bytes;
  if (!use_scratch) {
    const std::size_t wanted =
        reading_ == Reading::length_body ? request_bytes_ - in_.size() : ReadBuffer::bytes_min;
    in_.reserve_room(wanted);
    to = in_.tail();
    room = in_.room();
  }
  const ssize_t got = ::recv(fd_, to, room, 0);
  if (got < 0) {
    if (errno == EINTR) return;
    readable_ = false;
    if (errno != EAGAIN && errno != EWOULDBLOCK) close();
    return;
  }
  if (got == 0) {
    readable_ = false;
    if (polls_ != 0) return close();  // nobody is there to get what a poll would say
    eof_ = closing_ = true;
    return end_request();
  }
  const auto size = static_cast<std::size_t>(got);
  if (size < room && !hangup_) readable_ = false;
  if (!use_scratch) {
    in_.commit(size);
    const std::size_t taken = consume(in_.data(), in_.size());
    return in_.drop(0, taken);
  }
  const std::size_t taken = consume(to, size);
  if (taken == size) return;
  if (reading_ == Reading::length_body) in_.reserve_room(request_bytes_);
  in_.append({to + taken, size - taken});
}

std::size_t Session::consume(char* data, std::size_t size) {
  std::size_t taken = 0;
  starved_ = false;
  while (taken < size && !starved_ && may_take()) taken += consume_one(data + taken, size - taken);
  return closing_ ? size : taken;
}

std::size_t Session::consume_one(char* data, std::size_t size) {
  if (reading_ == Reading::chunked_body) return chunk_step(data, size);
  if (reading_ == Reading::length_body) return length_body_step(data, size);
  if (!parser_) {
    if (data[0] == '\r' && size == 1) {
      starved_ = true;
      return 0;
    }
    if (data[0] == '\r' && data[1] == '\n')
      return 2;  // an empty line before a request (RFC 9112, 2.2)
    parser_ = io_.take_parser();
    phase_start_ms_ = io_.now_ms();
  }
  switch (parser_->read_head({data, size}, io_.shared().options.limits.header_bytes_max)) {
    case RequestParser::Step::need_more:
      starved_ = true;
      return 0;
    case RequestParser::Step::refused:
      refuse_and_close(parser_->refusal());
      return size;
    case RequestParser::Step::done:
      break;
  }
  return head_done(data, size);
}

Plan Session::plan() const {
  const Shared& shared = io_.shared();
  return plan_request(shared, shared.fronts[front_], parser_->head(), loopback_);
}

std::size_t Session::head_done(char* data, std::size_t size) {
  const Head& head = parser_->head();
  const Plan plan = this->plan();
  if (plan.status != 0) return refuse_early(plan, size);
  if (plan.route->kind == RouteKind::socketio) {
    if (const auto home = other_home(io_, plan.target.query)) {
      leaving_ = starved_ = true;  // the request is read again there
      home_ = *home;
      io_.give_back(std::move(parser_));
      return 0;
    }
  }
  body_bytes_max_ = plan.body_bytes_max;
  if (head.chunked) {
    reading_ = Reading::chunked_body;
    chunked_head_.assign(data, head.bytes);
    parser_->rebase(chunked_head_.data());
    phase_start_ms_ = io_.now_ms();
    want_continue(size > head.bytes);
    return head.bytes;
  }
  request_bytes_ = head.bytes + static_cast<std::size_t>(head.content_length);
  if (size >= request_bytes_) {
    dispatch(plan, {data + head.bytes, request_bytes_ - head.bytes});
    return request_bytes_;
  }
  reading_ = Reading::length_body;
  starved_ = true;
  phase_start_ms_ = io_.now_ms();
  want_continue(size > head.bytes);
  return 0;
}

std::size_t Session::length_body_step(char* data, std::size_t size) {
  if (size < request_bytes_) {
    starved_ = true;
    return 0;
  }
  parser_->rebase(data);
  const std::size_t bytes = request_bytes_;
  const std::size_t head_bytes = parser_->head().bytes;
  const Plan plan = this->plan();
  if (plan.status != 0) return refuse_early(plan, size);
  dispatch(plan, {data + head_bytes, bytes - head_bytes});
  return bytes;
}

std::size_t Session::chunk_step(char* data, std::size_t size) {
  std::size_t used = 0;
  switch (parser_->read_chunks({data, size}, used, chunks_, body_bytes_max_)) {
    case RequestParser::Step::need_more:
      starved_ = true;
      return used;
    case RequestParser::Step::refused:
      refuse_and_close(parser_->refusal());
      return size;
    case RequestParser::Step::done:
      break;
  }
  const std::size_t bytes = chunks_.size();
  chunks_.append(json::Parser::padding_bytes, '\0');
  const Plan plan = this->plan();
  if (plan.status != 0) return refuse_early(plan, size);
  dispatch(plan, std::string_view(chunks_).substr(0, bytes));
  return used;
}

void Session::dispatch(const Plan& plan, std::string_view body) {
  const Head& head = parser_->head();
  const std::uint64_t number = open_slot(&head);
  answers_.find(number)->route = plan.route;
  handle_request(io_, *this, number, plan, head, body);
  end_request();
}

void Session::end_request() {
  reading_ = Reading::head;
  owes_continue_ = false;
  if (parser_) io_.give_back(std::move(parser_));
  chunks_.clear();
  chunked_head_.clear();
  if (chunks_.capacity() > kept_chunk_bytes_max) chunks_.shrink_to_fit();
}

// An answer from the header alone. With the body already here the connection can go on.
std::size_t Session::refuse_early(const Plan& plan, std::size_t size) {
  const Head& head = parser_->head();
  const std::size_t bytes = head.bytes + static_cast<std::size_t>(head.content_length);
  const bool whole = !head.chunked && bytes <= size;
  const std::uint64_t number = open_slot(&head);
  Slot& slot = *answers_.find(number);
  slot.route = plan.route;
  slot.form.close = slot.form.close || !whole;
  if (plan.status == 204) {
    AnswerHead options;
    options.status = 204;
    options.allow = plan.allow;
    options.preflight = head.has(Field::request_method);
    answer(number, options, {});
  } else {
    answer_error(number, plan.status, plan.error, plan.allow);
  }
  end_request();
  return whole ? bytes : size;
}

void Session::refuse_and_close(const Refusal& refusal) {
  const std::uint64_t number = open_slot(nullptr);
  answers_.find(number)->form.close = true;
  answer_error(number, refusal.status, Error{Errc::malformed, std::string(refusal.message)}, {});
  end_request();
}

void Session::refuse_connection() {
  refuse_and_close({503, "too many connections; try again"});
  settle();
}

void Session::want_continue(bool body_started) {
  const Head& head = parser_->head();
  if (!head.has(Field::expect) || head.version < 11 || body_started) return;
  owes_continue_ = !owes_nothing();
  if (owes_continue_) return;  // after the answers in front
  out_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

// --- leaving

CarriedConnection::CarriedConnection(CarriedConnection&& other) noexcept
    : fd(std::exchange(other.fd, -1)),
      loopback(other.loopback),
      front(other.front),
      unread(std::move(other.unread)),
      unsent(std::move(other.unsent)) {}

CarriedConnection::~CarriedConnection() {
  if (fd >= 0) ::close(fd);
}

bool Session::is_alone(std::uint64_t number) const {
  return answers_.is_front(number) && answers_.is_last(number) && out_.empty() && !eof_;
}

void Session::go_on_as(std::uint64_t number, std::unique_ptr<LiveSession> next, int status) {
  leaving_ = true;
  closing_ = false;  // a Connection: close meant the HTTP connection
  next_ = std::move(next);
  count(*answers_.find(number), status);
  answers_.pop();
}

bool Session::leave() {
  if (next_) {
    auto next = std::move(next_);
    const std::string rest(in_.data(), in_.size());  // goes with the descriptor
    const int fd = release_descriptor();
    io_.replace(*this, fd, std::move(next), rest);
    return true;
  }
  if (!answers_.empty()) return false;
  CarriedConnection connection;
  connection.loopback = loopback_;
  connection.front = front_;
  connection.unread.assign(in_.data(), in_.size());
  connection.unsent.assign(out_, out_sent_);
  connection.fd = release_descriptor();
  io_.carry(*this, home_, std::move(connection));
  return true;
}

void Session::resume(const CarriedConnection& connection) {
  in_.append(connection.unread);
  out_ = connection.unsent;
  starved_ = false;
}

}  // namespace daybook::http
