// The part of Session that sends answers made in parts. One at a time: such an answer is heavy, so
// no request behind it is taken until it is whole.
//
// The header waits for the first part: what fails before it is an ordinary error answer, and what
// is whole with it an ordinary answer. Later the only way to say "something is missing" is to end
// the connection without the last chunk.
#include "base/logging.h"
#include "http/io_thread.h"
#include "http/session.h"

#include <sys/socket.h>

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
  if (out_.size() - out_sent_ >= stream_unsent_bytes_max) return false;
  const bool stopping = io_.shared().draining.load(std::memory_order_relaxed);
  if (!stopping && io_.make_part(tag_, stream_)) {
    stream_->part_pending = true;
    return false;
  }
  break_stream(Error{Errc::unavailable, "the server is stopping"});
  return true;
}

void Session::take_part(const Stream& stream, const Result<bool>& more, std::string_view part) {
  if (stream_.get() != &stream) return;
  stream_->part_pending = false;
  if (!more) return break_stream(more.error());
  const std::uint64_t number = stream_->number;
  if (!stream_->begun && !*more) {
    Response response = std::move(stream_->response);
    stream_.reset();
    response.stream.reset();
    return answer(number, head_of(response), part);
  }
  Slot& slot = *answers_.find(number);
  if (!stream_->begun) send_stream_head(slot);
  if (stream_->chunked)
    append_chunk(out_, part);
  else
    out_ += part;
  if (*more) return io_.mark_dirty(*this);
  if (stream_->chunked) append_last_chunk(out_);
  const int status = stream_->response.status;
  stream_.reset();
  end_answer(slot, status);
}

void Session::send_stream_head(Slot& slot) {
  stream_->begun = true;
  stream_->chunked = !slot.form.old_client;
  slot.form.close = slot.form.close || slot.form.old_client;
  close_if_last(stream_->number, slot);
  AnswerHead head = head_of(stream_->response);
  head.length = stream_->chunked ? Length::chunked : Length::close;
  append_answer(out_, slot.form, head, {}, io_.date_line(), io_.shared().cors);
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
