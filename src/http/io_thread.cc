#include "http/io_thread.h"

#include "base/clock.h"
#include "base/logging.h"
#include "base/mutex.h"
#include "base/thread.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

namespace daybook::http {
namespace asio = boost::asio;

namespace {

using Executor = asio::io_context::executor_type;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr int accepts_per_turn_max = 64;
constexpr std::int64_t stop_tick_ms = 10;

std::int64_t tick_of(const Limits& limits) {
  const auto shortest =
      std::min({limits.header_timeout_ms, limits.body_timeout_ms, limits.idle_timeout_ms});
  return std::clamp<std::int64_t>(shortest / 4, 10, 1000);
}

class IoThreadImpl final : public IoThread {
 public:
  IoThreadImpl(Shared& shared, unsigned number, std::vector<ListenSocket> listeners);
  ~IoThreadImpl() override;

  void start() override;
  void begin_drain() override;
  void stop(std::int64_t grace_ms) override;
  void join() override;
  void complete(Submission* first) override EXCLUDES_LOCK(mutex_);

  std::unique_ptr<RequestParser> take_parser() override;
  void give_back(std::unique_ptr<RequestParser> parser) override;
  Submission* take_submission() override;
  void give_back(Submission* submission) override;
  void submit(Submission* submission) override;
  void mark_dirty(Session& session) override;
  void bury(Session& session) override;
  void resume_later(Session& session) override;
  bool run_on_worker(std::uint64_t tag, std::uint64_t number,
                     std::function<Result<Response>()> job) override;

 private:
  struct Acceptor {
    Descriptor socket;
    bool loopback;
  };
  struct Entry {
    std::unique_ptr<Session> session;
    std::uint32_t generation = 0;
    bool refused = false;  // over connections_max: only being told so
  };

  void read_clocks();
  void arm_connections();
  void arm_tick();
  void arm_accept(Acceptor& acceptor);
  void take_ready();
  void on_tick();
  void end_turn();
  void push_submissions();
  void refuse_submissions(Submission* rest);
  void take_completions();
  bool accept_some(Acceptor& acceptor);
  void add_session(int fd, bool loopback);
  void close_acceptors();
  Session* find(std::uint64_t tag);
  void check_end();

  // UNSAFE_IO: descriptors and timers are this thread's only; post() from others stays safe.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  const unsigned number_;
  const std::int64_t tick_ms_;
  int epoll_ = -1;
  Descriptor ready_{context_};  // owns epoll_
  Timer tick_{context_};
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<Acceptor*> unarmed_;  // out of descriptors: tried again at the next tick
  std::vector<Entry> sessions_;
  std::vector<std::uint32_t> free_;
  std::vector<Session*> dirty_, settling_, resume_, dead_;
  std::size_t alive_ = 0, refused_alive_ = 0;
  std::vector<std::unique_ptr<RequestParser>> parsers_;
  std::vector<std::unique_ptr<Submission>> submissions_;
  Submission* first_ = nullptr;  // collected in this turn
  Submission* last_ = nullptr;
  std::size_t collected_ = 0;
  bool resume_posted_ = false;
  bool stopping_ = false;
  std::int64_t stop_at_ms_ = 0;
  std::thread thread_;
  Mutex mutex_;
  Submission* done_first_ GUARDED_BY(mutex_) = nullptr;
  Submission* done_last_ GUARDED_BY(mutex_) = nullptr;
};

IoThreadImpl::IoThreadImpl(Shared& shared, unsigned number, std::vector<ListenSocket> listeners)
    : IoThread(shared, tick_of(shared.options.limits), steady_us()),
      number_(number),
      tick_ms_(tick_of(shared.options.limits)) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  DAYBOOK_CHECK(epoll_ >= 0);
  ready_.assign(epoll_);
  for (const ListenSocket& listener : listeners)
    acceptors_.push_back(
        std::make_unique<Acceptor>(Acceptor{Descriptor(context_, listener.fd), listener.loopback}));
}

IoThreadImpl::~IoThreadImpl() {
  for (Entry& entry : sessions_) entry.session.reset();
  dead_.clear();
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

void IoThreadImpl::take_ready() {
  read_clocks();
  std::array<epoll_event, ready_max> events;
  const int count = ::epoll_wait(epoll_, events.data(), ready_max, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto* session = static_cast<Session*>(event.data.ptr);
    if (!session->closed()) session->on_ready(event.events);
  }
  end_turn();
}

void IoThreadImpl::end_turn() {
  push_submissions();
  // Settling may take further requests of the same connections.
  while (!dirty_.empty()) {
    settling_.swap(dirty_);
    for (Session* session : settling_) {
      session->dirty = false;
      if (!session->closed()) session->settle();
    }
    settling_.clear();
    push_submissions();
  }
  for (Session* session : dead_) {
    const auto index = static_cast<std::uint32_t>(session->tag());
    Entry& entry = sessions_[index];
    std::erase(resume_, session);
    if (entry.refused)
      --refused_alive_;
    else
      shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    entry.session.reset();
    ++entry.generation;
    free_.push_back(index);
    --alive_;
  }
  dead_.clear();
  if (stopping_) check_end();
}

void IoThreadImpl::mark_dirty(Session& session) {
  if (session.dirty) return;
  session.dirty = true;
  dirty_.push_back(&session);
}

void IoThreadImpl::bury(Session& session) { dead_.push_back(&session); }

void IoThreadImpl::resume_later(Session& session) {
  if (std::find(resume_.begin(), resume_.end(), &session) == resume_.end())
    resume_.push_back(&session);
  if (resume_posted_) return;
  resume_posted_ = true;
  asio::post(context_, [this] {
    resume_posted_ = false;
    read_clocks();
    for (Session* session_later : std::exchange(resume_, {})) mark_dirty(*session_later);
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
    if (Session* session = find(rest->tag_a)) session->answer_error(rest->tag_b, error);
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
    if (Session* session = find(submission->tag_a))
      session->complete(submission->tag_b, *submission);
    give_back(submission);
    submission = next;
  }
  end_turn();
}

bool IoThreadImpl::run_on_worker(std::uint64_t tag, std::uint64_t number,
                                 std::function<Result<Response>()> job) {
  return shared_.worker.post([this, tag, number, job = std::move(job)] {
    auto result = std::make_shared<Result<Response>>(job());
    asio::post(context_, [this, tag, number, result] {
      read_clocks();
      if (Session* session = find(tag)) {
        if (result->ok())
          session->answer(number, result->value());
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

// --- connections

void IoThreadImpl::arm_accept(Acceptor& acceptor) {
  acceptor.socket.async_wait(Descriptor::wait_read,
                             [this, &acceptor](const boost::system::error_code& ec) {
                               if (ec) return;
                               read_clocks();
                               const bool good = accept_some(acceptor);
                               end_turn();
                               if (stopping_ || !acceptor.socket.is_open()) return;
                               if (good)
                                 arm_accept(acceptor);
                               else
                                 unarmed_.push_back(&acceptor);
                             });
}

// False: the process is out of descriptors or memory.
bool IoThreadImpl::accept_some(Acceptor& acceptor) {
  for (int i = 0; i < accepts_per_turn_max; ++i) {
    const int fd =
        ::accept4(acceptor.socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      add_session(fd, acceptor.loopback);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log_warn("cannot accept a connection", {{"error", std::strerror(errno)}});
      return false;
    }
  }
  return true;
}

void IoThreadImpl::add_session(int fd, bool loopback) {
  const bool refused = shared_.connections.fetch_add(1, std::memory_order_relaxed) >=
                       shared_.options.limits.connections_max;
  if (refused) {
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    shared_.refused.add();
    if (refused_alive_ >= refused_sessions_max) {
      ::close(fd);
      return;
    }
    ++refused_alive_;
  }
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(sessions_.size());
    sessions_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Entry& entry = sessions_[index];
  entry.refused = refused;
  const std::uint64_t tag = (std::uint64_t{entry.generation} << 32) | index;
  entry.session = std::make_unique<Session>(*this, fd, tag, loopback);
  ++alive_;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = entry.session.get();
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return entry.session->close();
  if (refused) entry.session->refuse_connection();
}

Session* IoThreadImpl::find(std::uint64_t tag) {
  const auto index = static_cast<std::uint32_t>(tag);
  if (index >= sessions_.size()) return nullptr;
  Session* session = sessions_[index].session.get();
  return session != nullptr && session->tag() == tag && !session->closed() ? session : nullptr;
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
  wheel_.advance(now_ms(), [](TimerNode& node) { Session::of(node).on_deadline(); });
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
    end_turn();
  });
}

void IoThreadImpl::stop(std::int64_t grace_ms) {
  asio::post(context_, [this, grace_ms] {
    read_clocks();
    stopping_ = true;
    stop_at_ms_ = now_ms() + grace_ms;
    close_acceptors();
    for (Entry& entry : sessions_)
      if (entry.session && !entry.session->closed()) entry.session->finish();
    tick_.cancel();
    arm_tick();
    end_turn();
  });
}

void IoThreadImpl::check_end() {
  if (alive_ != 0 && now_ms() < stop_at_ms_) return;
  context_.stop();
}

}  // namespace

IoThread::IoThread(Shared& shared, std::int64_t tick_ms, std::int64_t now_us)
    : shared_(shared),
      wheel_(tick_ms, now_us / 1000),
      scratch_(std::make_unique<char[]>(scratch_bytes + json::Parser::padding_bytes)),
      now_us_(now_us),
      wall_(system_now()) {}

std::unique_ptr<IoThread> IoThread::make(Shared& shared, unsigned number,
                                         std::vector<ListenSocket> listeners) {
  return std::make_unique<IoThreadImpl>(shared, number, std::move(listeners));
}

}  // namespace daybook::http
