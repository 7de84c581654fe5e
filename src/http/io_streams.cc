// The third part of IoThreadImpl: the parts of streams, and streams that wait for events. Those are
// looked at on a timer, so that a commit has nobody to wake; one atomic read serves all of a
// thread's, and one job of the worker makes the parts of all that are due.
#include "base/clock.h"
#include "http/io_thread_impl.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>

namespace daybook::http {

// --- parts

void IoThreadImpl::make_part(std::uint64_t tag, std::shared_ptr<Stream> stream) {
  wanted_parts_.push_back({tag, std::move(stream), {false}, {}});
}

void IoThreadImpl::push_parts() {
  if (wanted_parts_.empty()) return;
  auto parts = std::make_shared<std::vector<Part>>(std::exchange(wanted_parts_, {}));
  if (shared_.worker.post_part([this, parts] { make_parts(std::move(*parts)); })) return;
  for (const Part& part : *parts)
    if (Session* session = find(part.tag)) session->refuse_part(*part.stream);
}

void IoThreadImpl::make_parts(std::vector<Part> parts) {
  const std::int64_t start_us = steady_us();
  std::size_t bytes = 0;
  auto next = parts.begin();
  bool stopping = false;  // then all of it now
  while (next != parts.end()) {
    BodyStream& body = *next->stream->response.stream;
    if (!body.waits()) next->bytes.reserve(body_part_bytes);
    next->more = body.next(next->bytes);
    bytes += next->bytes.size();
    ++next;
    const bool long_enough = bytes >= parts_job_bytes || steady_us() - start_us >= parts_job_us;
    if (stopping || !long_enough || next == parts.end()) continue;
    auto rest = std::make_shared<std::vector<Part>>(std::make_move_iterator(next),
                                                    std::make_move_iterator(parts.end()));
    if (shared_.worker.post_part([this, rest] { make_parts(std::move(*rest)); })) {
      parts.erase(next, parts.end());
      break;
    }
    stopping = true;
    std::move(rest->begin(), rest->end(), next);
  }
  asio::post(context_, [this, parts = std::move(parts)] { take_parts(parts); });
}

void IoThreadImpl::take_parts(const std::vector<Part>& parts) {
  read_clocks();
  for (const Part& part : parts)
    if (Session* session = find(part.tag)) session->take_part(*part.stream, part.more, part.bytes);
  end_turn();
}

// --- waiting

void IoThreadImpl::add_waiting(Session& session) {
  if (std::find(waiting_.begin(), waiting_.end(), &session) == waiting_.end())
    waiting_.push_back(&session);
  if (!look_armed_) arm_look();
}

void IoThreadImpl::arm_look() {
  look_armed_ = true;
  look_.expires_after(std::chrono::milliseconds(waiting_look_ms));
  look_.async_wait([this](const boost::system::error_code& ec) {
    look_armed_ = false;
    if (ec) return;
    read_clocks();
    look_at_waiting();
    end_turn();
    if (!waiting_.empty() && !look_armed_) arm_look();
  });
}

void IoThreadImpl::look_at_waiting() {
  const Position visible = shared_.deps.sequencer->visible();
  const bool draining = shared_.draining.load(std::memory_order_relaxed);
  std::erase_if(waiting_, [&](Session* session) {
    if (session->closed() || !session->waiting()) return true;
    if (!draining && !session->end_wait(visible)) return false;
    mark_dirty(*session);
    return true;
  });
}

}  // namespace daybook::http
