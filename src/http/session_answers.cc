// The second half of Session: answers, sending, the end of a connection.
#include "http/io_thread.h"
#include "http/problem.h"
#include "http/session.h"
#include "log/event_log.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace daybook::http {
namespace {
constexpr std::size_t kept_out_bytes_max = 4096;  // of an idle connection's answer buffer
}  // namespace

std::uint64_t Session::open_slot(const Head* head) {
  const std::uint64_t number = answers_.next_number();
  Slot& slot = answers_.push();
  slot.form = {};
  slot.route = nullptr;
  slot.start_us = io_.now_us();
  if (head == nullptr) return number;
  const Cors& cors = this->cors();
  slot.form.head_only = head->method == Method::head;
  slot.form.close = !head->keep_alive;
  slot.form.old_client = head->version < 11;
  slot.form.cors = cors.match(head->field(Field::origin));
  if (slot.form.cors == Cors::none && (head->method == Method::get || head->method == Method::head))
    slot.form.cors = cors.without_origin();
  if (slot.form.close) closing_ = true;
  return number;
}

void Session::answer(std::uint64_t number, const AnswerHead& head, std::string_view body) {
  Slot* slot = answers_.find(number);
  if (slot == nullptr || slot->ready || closed()) return;
  close_if_last(number, *slot);
  std::string& to = answers_.is_front(number) ? out_ : slot->bytes;
  append_answer(to, slot->form, head, body, io_.date_line(), cors());
  end_answer(*slot, head.status);
}

void Session::close_if_last(std::uint64_t number, Slot& slot) {
  if (answers_.is_last(number) && io_.shared().draining.load(std::memory_order_relaxed))
    slot.form.close = true;
  if (slot.form.close) closing_ = true;
}

void Session::end_answer(Slot& slot, int status) {
  count(slot, status);
  slot.ready = true;
  if (slot.heavy) --heavy_pending_;
  slot.heavy = false;
  if (slot.poll != 0) --polls_;
  slot.poll = 0;
  slot.events.reset();
  while (!answers_.empty() && answers_.front().ready) {
    out_ += answers_.front().bytes;
    answers_.pop();
  }
  if (!settling_) io_.mark_dirty(*this);
}

void Session::mark_heavy(std::uint64_t number) {
  Slot* slot = answers_.find(number);
  if (slot == nullptr || slot->ready || slot->heavy) return;
  slot->heavy = true;
  ++heavy_pending_;
}

void Session::mark_poll(std::uint64_t number, std::uint64_t key) {
  Slot* slot = answers_.find(number);
  if (slot == nullptr || slot->ready) return;
  slot->poll = key;
  ++polls_;
}

AnswerHead Session::head_of(const Response& response) {
  AnswerHead head;
  head.status = response.status;
  head.content_type = response.content_type;
  head.etag = response.etag;
  head.headers = &response.headers;
  return head;
}

void Session::answer(std::uint64_t number, Response&& response) {
  if (response.stream) return begin_stream(number, std::move(response));
  const std::string& body = response.shared_body ? *response.shared_body : response.body;
  answer(number, head_of(response), body);
}

int Session::status_of_error(const Error& error) { return status_of(error.code); }

void Session::answer_error(std::uint64_t number, int status, const Error& error,
                           std::string_view allow) {
  std::string body;
  append_problem(body, status, error);
  AnswerHead head;
  head.status = status;
  head.content_type = "application/problem+json";
  head.allow = allow;
  if (status == 503 || status == 429) head.retry_after_s = std::max(error.retry_after_s, 1u);
  head.authenticate = status == 401;
  answer(number, head, body);
}

void Session::complete(std::uint64_t number, Submission& submission) {
  Slot* slot = answers_.find(number);
  if (slot == nullptr) return;
  AnswerHead head;
  if (slot->events) {
    std::string body;
    render_events(*slot->events, submission.items, body);
    head.content_type = "application/x-ndjson";
    return answer(number, head, body);
  }
  const Outcome& outcome = submission.items.front().outcome;
  if (!outcome.accepted) return answer_error(number, outcome.error);
  std::string receipt;
  if (outcome.position.value != 0) {
    receipt = log::receipt_text(outcome.position, outcome.group_hash);
    if (outcome.durability == Durability::interval) receipt += "; durability=interval";
  }
  head.status = outcome.answer.status;
  head.content_type = "application/json";
  head.receipt = receipt;
  head.location = outcome.answer.location;
  head.replayed = outcome.repeated;
  answer(number, head, outcome.answer.body);
}

void Session::count(const Slot& slot, int status) {
  const RouteMetrics& metrics = slot.route != nullptr ? slot.route->metrics : io_.shared().other;
  metrics.count(status);
  const std::int64_t took = io_.now_us() - slot.start_us;
  metrics.duration.observe(took > 0 ? static_cast<std::uint64_t>(took) : 0);
}

// --- writing and ending

bool Session::flush() {
  while (out_sent_ < out_.size()) {
    const ssize_t sent =
        ::send(fd_, out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) close();
      if (!closed() && write_start_ms_ == 0) write_start_ms_ = io_.now_ms();
      // A client that reads, but never catches up, must not make us keep all it ever got.
      if (out_sent_ > unsent_bytes_max) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
      }
      return false;
    }
    out_sent_ += static_cast<std::size_t>(sent);
    write_start_ms_ = 0;
  }
  out_.clear();
  out_sent_ = 0;
  if (out_.capacity() > kept_out_bytes_max) out_.shrink_to_fit();
  if (closing_ && answers_.empty()) after_last_byte();
  return true;
}

void Session::after_last_byte() {
  if (eof_) return close();
  ::shutdown(fd_, SHUT_WR);
  lingering_ = true;
  readable_ = true;
  phase_start_ms_ = io_.now_ms();
  in_.release();
}

void Session::discard() {
  while (readable_) {
    const ssize_t got = ::recv(fd_, io_.scratch(), IoThread::scratch_bytes, 0);
    if (got > 0) {
      lingered_bytes_ += static_cast<std::size_t>(got);
      if (lingered_bytes_ > linger_bytes_max) return close();
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      readable_ = false;
      return;
    }
    return close();
  }
}

void Session::finish() {
  if (lingering_) return;  // its last answer may still be on its way; linger_ms ends it
  if (stream_) return close();
  if (owes_nothing()) return close();
  closing_ = true;
  settle();
}

void Session::set_deadline() {
  const Limits& limits = io_.shared().options.limits;
  std::int64_t deadline = TimerNode::never;
  if (lingering_) {
    deadline = phase_start_ms_ + linger_ms;
  } else if (!out_.empty()) {
    deadline = write_start_ms_ + limits.idle_timeout_ms;
  } else if (!may_take()) {
    deadline = TimerNode::never;  // it is our turn
  } else if (reading_ != Reading::head) {
    deadline = phase_start_ms_ + limits.body_timeout_ms;
  } else if (parser_) {
    deadline = phase_start_ms_ + limits.header_timeout_ms;
  } else if (answers_.empty()) {
    deadline = io_.now_ms() + limits.idle_timeout_ms;
  }
  io_.wheel().set(timer_, deadline);
}

void Session::on_deadline() {
  const bool mid_request = parser_ != nullptr && !lingering_ && out_.empty();
  if (!mid_request) return close();
  refuse_and_close({408, "the request did not arrive in time"});
  settle();
}

}  // namespace daybook::http
