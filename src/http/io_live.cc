// The fourth part of IoThreadImpl: connections that stay open. States go out in slices, each a turn
// of its own that the io_context puts behind the sockets that are ready meanwhile.
#include "http/io_thread_impl.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace daybook::http {

// Sends nothing yet: a thousand topics that change at once are a thousand of these in a row.
void IoThreadImpl::publish(const live::MessagePtr& message) {
  asio::post(context_, [this, message] {
    read_clocks();
    live_->publish(message);
    end_turn();
  });
}

void IoThreadImpl::run_live_later() {
  if (live_run_posted_) return;
  live_run_posted_ = true;
  asio::post(context_, [this] {
    live_run_posted_ = false;
    read_clocks();
    if (live_->run()) run_live_later();
    end_turn();
  });
}

void IoThreadImpl::end_live_turn() {
  if (!live_->idle()) run_live_later();
  if (!live_tick_armed_ && live_->wants_ticks()) arm_live_tick();
}

void IoThreadImpl::arm_live_tick() {
  live_tick_armed_ = true;
  live_tick_.expires_after(std::chrono::milliseconds(LiveThread::tick_ms));
  live_tick_.async_wait([this](const boost::system::error_code& ec) {
    live_tick_armed_ = false;
    if (ec) return;
    read_clocks();
    live_->tick(now_ms());
    if (live_drain_ && now_ms() >= live_drain_until_ms_) close_live();
    end_turn();  // arms it again while there is something
  });
}

void IoThreadImpl::take_live(Submission& submission, const Error* refused) {
  --live_pending_;
  if (refused != nullptr)
    live_->refuse(submission, *refused);
  else
    live_->completed(submission);
}

// --- the end: whoever waits for the answer to a write gets it first

void IoThreadImpl::drain_live() {
  live_drain_ = true;
  live_drain_until_ms_ = now_ms() + live_drain_ms;
}

void IoThreadImpl::close_live() {
  live_drain_ = false;
  if (std::exchange(live_closed_, true)) return;
  live_->drain();
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (Channel* channel = sessions_[i].channel.get(); channel != nullptr && !channel->closed())
      channel->drain();
}

}  // namespace daybook::http
