#include "http/io_thread_impl.h"

#include "base/clock.h"
#include "base/thread.h"

#include <boost/asio/post.hpp>

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace daybook::http {
namespace {

constexpr int last_turns_max = 1000;  // at the stop
constexpr std::int64_t stop_tick_ms = 10;

std::int64_t tick_of(const Limits& limits) {
  const auto shortest =
      std::min({limits.header_timeout_ms, limits.body_timeout_ms, limits.idle_timeout_ms});
  return std::clamp<std::int64_t>(shortest / 4, 10, 1000);
}

}  // namespace

IoThreadImpl::IoThreadImpl(Shared& shared, unsigned number,
                           const std::vector<ListenSocket>& listeners)
    : IoThread(shared, number, tick_of(shared.options.limits), steady_us()),
      tick_ms_(tick_of(shared.options.limits)) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  DAYBOOK_CHECK(epoll_ >= 0);
  ready_.assign(epoll_);
  for (const ListenSocket& listener : listeners)
    acceptors_.push_back(std::make_unique<Acceptor>(
        Acceptor{Descriptor(context_, listener.fd), listener.loopback, listener.front}));
  if (shared.deps.make_live_app) live_ = std::make_unique<LiveThread>(shared, *this, number);
}

IoThreadImpl::~IoThreadImpl() {
  for (Entry& entry : sessions_) entry.channel.reset();
  left_.clear();
  dead_.clear();
  live_.reset();
}

void IoThreadImpl::start() {
  arm_connections();
  arm_tick();
  for (auto& acceptor : acceptors_) arm_accept(*acceptor);
  thread_ = std::thread([this] {
    set_thread_name(("http-" + std::to_string(number_)).c_str());
    context_.run();
  });
}

void IoThreadImpl::join() {
  if (thread_.joinable()) thread_.join();
}

void IoThreadImpl::read_clocks() {
  now_us_ = steady_us();
  wall_ = system_now();
}

// --- the turn

void IoThreadImpl::arm_connections() {
  ready_.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& ec) {
    if (ec) return;
    take_ready();
    arm_connections();  // looks again by itself when more is ready
  });
}

int IoThreadImpl::take_ready() {
  read_clocks();
  std::array<epoll_event, ready_max> events;
  const int count = ::epoll_wait(epoll_, events.data(), ready_max, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto* channel = static_cast<Channel*>(event.data.ptr);
    if (!channel->closed()) channel->on_ready(event.events);
  }
  end_turn();
  return count;
}

void IoThreadImpl::end_turn() {
  push_submissions();
  if (live_drain_ && live_pending_ == 0) close_live();
  // Settling may take further requests of the same connections.
  while (!dirty_.empty() || !wanted_parts_.empty()) {
    settling_.swap(dirty_);
    for (Channel* channel : settling_) {
      channel->dirty = false;
      if (!channel->closed()) channel->settle();
    }
    settling_.clear();
    push_submissions();
    push_parts();
  }
  if (live_) end_live_turn();
  delete_closed();
  if (stopping_) check_end();
}

void IoThreadImpl::mark_dirty(Channel& channel) {
  if (channel.dirty) return;
  channel.dirty = true;
  dirty_.push_back(&channel);
}

void IoThreadImpl::bury(Channel& channel) { dead_.push_back(&channel); }

void IoThreadImpl::resume_later(Channel& channel) {
  if (std::exchange(channel.later, true)) return;
  resume_.push_back(&channel);
  resume_some();
}

void IoThreadImpl::resume_some() {
  if (std::exchange(resume_posted_, true)) return;
  asio::post(context_, [this] {
    resume_posted_ = false;
    read_clocks();
    for (std::size_t i = 0; i < resumes_per_turn_max && !resume_.empty(); ++i) {
      Channel& channel = *resume_.front();
      resume_.pop_front();
      channel.later = false;
      mark_dirty(channel);
    }
    if (!resume_.empty()) resume_some();
    end_turn();
  });
}

// --- submissions

Submission* IoThreadImpl::take_submission() {
  if (submissions_.empty()) {
    auto fresh = std::make_unique<Submission>();
    fresh->port = this;
    return fresh.release();
  }
  Submission* submission = submissions_.back().release();
  submissions_.pop_back();
  return submission;
}

void IoThreadImpl::give_back(Submission* submission) {
  std::unique_ptr<Submission> owned(submission);
  if (submissions_.size() >= pooled_submissions_max) return;
  owned->reset();
  if (owned->items.capacity() > 16) owned->items = {};
  submissions_.push_back(std::move(owned));
}

void IoThreadImpl::submit(Submission* submission) {
  if (submission->tag_a == live_tag) ++live_pending_;
  submission->next = nullptr;
  (first_ == nullptr ? first_ : last_->next) = submission;
  last_ = submission;
  if (++collected_ >= submissions_per_push) push_submissions();
}

void IoThreadImpl::push_submissions() {
  if (first_ == nullptr) return;
  Submission* list = std::exchange(first_, nullptr);
  last_ = nullptr;
  collected_ = 0;
  if (Submission* rest = shared_.deps.sequencer->push(list)) refuse_submissions(rest);
}

void IoThreadImpl::refuse_submissions(Submission* rest) {
  const Sequencer& sequencer = *shared_.deps.sequencer;
  Error error{Errc::busy, "the queue is full; try again"};
  if (sequencer.failed())
    error = {Errc::unavailable, "the log failed; nothing is written any more"};
  else if (sequencer.stopping())
    error = {Errc::unavailable, "the server is stopping"};
  while (rest != nullptr) {
    Submission* next = rest->next;
    if (rest->tag_a == live_tag)
      take_live(*rest, &error);
    else if (Session* session = find(rest->tag_a))
      session->answer_error(rest->tag_b, error);
    give_back(rest);
    rest = next;
  }
}

void IoThreadImpl::complete(Submission* first) {
  Submission* last = first;
  while (last->next != nullptr) last = last->next;
  bool wake = false;
  {
    LockGuard lock(mutex_);
    wake = done_first_ == nullptr;
    (wake ? done_first_ : done_last_->next) = first;
    done_last_ = last;
  }
  if (wake) asio::post(context_, [this] { take_completions(); });
}

void IoThreadImpl::take_completions() {
  Submission* submission = nullptr;
  {
    LockGuard lock(mutex_);
    submission = std::exchange(done_first_, nullptr);
    done_last_ = nullptr;
  }
  read_clocks();
  while (submission != nullptr) {
    Submission* next = submission->next;
    if (submission->tag_a == live_tag)
      take_live(*submission, nullptr);
    else if (Session* session = find(submission->tag_a))
      session->complete(submission->tag_b, *submission);
    give_back(submission);
    submission = next;
  }
  end_turn();
}

bool IoThreadImpl::run_on_worker(std::uint64_t tag, std::uint64_t number,
                                 std::function<Result<Response>()> job) {
  return shared_.worker.post([this, tag, number, job = std::move(job)] {
    auto result = std::make_unique<Result<Response>>(job());
    asio::post(context_, [this, tag, number, result = std::move(result)] {
      read_clocks();
      if (Session* session = find(tag)) {
        if (result->ok())
          session->answer(number, std::move(*result).value());
        else
          session->answer_error(number, result->error());
      }
      end_turn();
    });
  });
}

std::unique_ptr<RequestParser> IoThreadImpl::take_parser() {
  if (parsers_.empty()) return std::make_unique<RequestParser>();
  auto parser = std::move(parsers_.back());
  parsers_.pop_back();
  return parser;
}

void IoThreadImpl::give_back(std::unique_ptr<RequestParser> parser) {
  if (parsers_.size() >= pooled_parsers_max) return;
  parser->reset();
  parsers_.push_back(std::move(parser));
}

// --- time and the end

void IoThreadImpl::arm_tick() {
  tick_.expires_after(std::chrono::milliseconds(stopping_ ? stop_tick_ms : tick_ms_));
  tick_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    on_tick();
    if (!context_.stopped()) arm_tick();
  });
}

void IoThreadImpl::on_tick() {
  read_clocks();
  wheel_.advance(now_ms(), [](TimerNode& node) { Channel::of(node).on_deadline(); });
  for (Acceptor* acceptor : std::exchange(unarmed_, {}))
    if (acceptor->socket.is_open()) arm_accept(*acceptor);
  end_turn();
}

void IoThreadImpl::close_acceptors() {
  boost::system::error_code ignored;
  for (auto& acceptor : acceptors_) acceptor->socket.close(ignored);
}

void IoThreadImpl::begin_drain() {
  asio::post(context_, [this] {
    read_clocks();
    for (auto& acceptor : acceptors_)
      if (acceptor->socket.is_open()) accept_some(*acceptor);
    close_acceptors();
    look_at_waiting();
    if (live_) drain_live();
    end_turn();
  });
}

void IoThreadImpl::stop(std::int64_t grace_ms) {
  asio::post(context_, [this, grace_ms] {
    read_clocks();
    stopping_ = true;
    stop_at_ms_ = now_ms() + grace_ms;
    close_acceptors();
    // Requests that are already here get their 503 instead of a reset.
    for (int turn = 0; turn < last_turns_max && take_ready() > 0; ++turn) continue;
    if (live_) close_live();
    for (std::size_t i = 0; i < sessions_.size(); ++i)  // may grow: adopt()
      if (Channel* channel = sessions_[i].channel.get(); channel != nullptr && !channel->closed())
        channel->finish();
    tick_.cancel();
    arm_tick();
    end_turn();
  });
}

void IoThreadImpl::check_end() {
  if (alive_ != 0 && now_ms() < stop_at_ms_) return;
  context_.stop();
}

IoThread::IoThread(Shared& shared, unsigned number, std::int64_t tick_ms, std::int64_t now_us)
    : shared_(shared),
      number_(number),
      wheel_(tick_ms, now_us / 1000),
      scratch_(std::make_unique<char[]>(scratch_bytes + json::Parser::padding_bytes)),
      now_us_(now_us),
      wall_(system_now()) {}

IoThread::~IoThread() = default;

std::unique_ptr<IoThread> IoThread::make(Shared& shared, unsigned number,
                                         const std::vector<ListenSocket>& listeners) {
  return std::make_unique<IoThreadImpl>(shared, number, listeners);
}

}  // namespace daybook::http
