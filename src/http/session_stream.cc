// The part of Session that sends answers made in parts. One at a time: such an answer is heavy, so
// no request behind it is taken until it is whole.
//
// The header waits for the first part that has bytes: what fails before it is an ordinary error
// answer, and what is whole with it an ordinary answer. Later the only way to say "something is
// missing" is to end the connection without the last chunk.
//
// A stream that waits is in its io thread's list; no part is asked for until the log has moved or
// its time is over. When the client has sent its last byte meanwhile, or the server stops, it ends
// early.
#include "base/logging.h"
#include "http/io_thread.h"
#include "http/session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace daybook::http {

void Session::begin_stream(std::uint64_t number, Response response) {
  Slot* slot = answers_.find(number);
  if (slot == nullptr || slot->ready || closed()) return;
  if (slot->form.head_only) {
    AnswerHead head = head_of(response);
    head.length = Length::chunked;
    return answer(number, head, {});
  }
  stream_ = Stream::open(io_.shared(), number, std::move(response));
  if (!stream_)
    return answer_error(number, Error{Errc::busy, "too many long answers at once; try again"});
  mark_heavy(number);
  if (!settling_) io_.mark_dirty(*this);
}

bool Session::want_part() {
  if (!stream_ || stream_->part_pending || !answers_.is_front(stream_->number)) return false;
  const bool stopping = io_.shared().draining.load(std::memory_order_relaxed);
  if (stream_->waiting && !stopping && !hangup_) return false;
  if (stream_->waiting) {
    end_stream_early();
    return true;
  }
  if (out_.size() - out_sent_ >= stream_unsent_bytes_max) return false;
  if (stopping) {
    end_stream_early();
    return true;
  }
  stream_->part_pending = true;
  io_.make_part(tag_, stream_);
  return false;
}

void Session::refuse_part(const Stream& stream) {
  if (stream_.get() != &stream) return;
  stream_->part_pending = false;
  end_stream_early();
}

void Session::take_part(const Stream& stream, const Result<bool>& more, std::string_view part) {
  if (stream_.get() != &stream) return;
  stream_->part_pending = false;
  if (!more) return break_stream(more.error());
  if (!*more) return end_stream(part);
  if (!part.empty())
    send_part(part);
  else if (const auto wait = stream_->response.stream->wait())
    begin_wait(*wait);
  io_.mark_dirty(*this);
}

void Session::begin_wait(const BodyStream::Wait& wait) {
  stream_->waiting = Stream::Wait{wait.after, io_.now_ms() + std::max<std::int64_t>(wait.ms, 0)};
  // A client that is gone without a word is found out by what it does not confirm.
  const auto timeout_ms = static_cast<unsigned>(io_.shared().options.limits.idle_timeout_ms);
  ::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
  io_.add_waiting(*this);
}

bool Session::end_wait(Position visible) {
  const Stream::Wait& wait = *stream_->waiting;
  if (visible <= wait.after && io_.now_ms() < wait.until_ms) return false;
  stream_->waiting.reset();
  return true;
}

void Session::send_part(std::string_view part) {
  if (!stream_->begun) send_stream_head(*answers_.find(stream_->number));
  if (stream_->chunked)
    append_chunk(out_, part);
  else
    out_ += part;
}

void Session::end_stream(std::string_view last_part) {
  const std::uint64_t number = stream_->number;
  if (!stream_->begun) {
    Response response = std::move(stream_->response);
    stream_.reset();
    const auto body = std::move(response.stream);
    for (auto& line : body->late_headers()) response.headers.push_back(std::move(line));
    return answer(number, head_of(response), last_part);
  }
  if (!last_part.empty()) send_part(last_part);
  if (stream_->chunked) append_last_chunk(out_);
  const int status = stream_->response.status;
  stream_.reset();
  end_answer(*answers_.find(number), status);
}

void Session::end_stream_early() {
  std::string last_part;
  if (stream_->response.stream->end_early(last_part)) return end_stream(last_part);
  break_stream(Error{Errc::unavailable, "the server is stopping"});
}

void Session::send_stream_head(Slot& slot) {
  stream_->begun = true;
  stream_->chunked = !slot.form.old_client;
  slot.form.close = slot.form.close || slot.form.old_client;
  close_if_last(stream_->number, slot);
  Response& response = stream_->response;
  for (auto& line : response.stream->late_headers()) response.headers.push_back(std::move(line));
  AnswerHead head = head_of(response);
  head.length = stream_->chunked ? Length::chunked : Length::close;
  append_answer(out_, slot.form, head, {}, io_.date_line(), cors());
}

void Session::break_stream(const Error& error) {
  const std::uint64_t number = stream_->number;
  const bool begun = stream_->begun;
  const bool chunked = stream_->chunked;
  stream_.reset();
  if (!begun) return answer_error(number, error);
  const Slot& slot = *answers_.find(number);
  log_warn("a long answer is broken off",
           {{"route", slot.route->pattern}, {"error", error.message}});
  count(slot, status_of_error(error));
  if (!chunked) {
    // The end of the connection would look like the end of the body; a reset does not.
    const linger reset{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  close();
}

}  // namespace daybook::http
