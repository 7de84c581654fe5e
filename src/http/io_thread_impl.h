// The class behind IoThread; in a header because its parts are io_thread.cc (the turn, the
// clock, the end), io_connections.cc (accepting, moving, finding, deleting connections),
// io_streams.cc (parts of streams, streams that wait) and io_live.cc (fan-out, ticks, the end of
// connections that stay open).
//
// Threads: as io_thread.h says.
#pragma once

#include "base/mutex.h"
#include "http/io_thread.h"
#include "http/live_session.h"
#include "http/live_thread.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <chrono>
#include <deque>
#include <thread>

namespace daybook::http {
namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

class IoThreadImpl final : public IoThread {
 public:
  IoThreadImpl(Shared& shared, unsigned number, const std::vector<ListenSocket>& listeners);
  ~IoThreadImpl() override;

  void start() override;
  void begin_drain() override;
  void stop(std::int64_t grace_ms) override;
  void join() override;
  void complete(Submission* first) override EXCLUDES_LOCK(mutex_);
  void publish(const live::MessagePtr& message) override;
  void adopt(CarriedConnection connection) override;

  std::unique_ptr<RequestParser> take_parser() override;
  void give_back(std::unique_ptr<RequestParser> parser) override;
  Submission* take_submission() override;
  void give_back(Submission* submission) override;
  void submit(Submission* submission) override;
  void mark_dirty(Channel& channel) override;
  void bury(Channel& channel) override;
  void resume_later(Channel& channel) override;
  void replace(Session& session, int fd, std::unique_ptr<LiveSession> next,
               std::string_view rest) override;
  void carry(Session& session, unsigned home, CarriedConnection connection) override;
  Session* find(std::uint64_t tag) override;
  bool run_on_worker(std::uint64_t tag, std::uint64_t number,
                     std::function<Result<Response>()> job) override;
  void make_part(std::uint64_t tag, std::shared_ptr<Stream> stream) override;
  void add_waiting(Session& session) override;

 private:
  struct Acceptor {
    Descriptor socket;
    bool loopback;
    unsigned front;
  };
  struct Entry {
    std::unique_ptr<Channel> channel;
    Session* session = nullptr;  // the channel, while it speaks HTTP
    std::uint32_t generation = 0;
    bool refused = false;  // over connections_max: only being told so
  };
  struct Part {
    std::uint64_t tag = 0;
    std::shared_ptr<Stream> stream;
    Result<bool> more{false};
    std::string bytes;
  };

  void read_clocks();
  void arm_connections();
  void arm_tick();
  void arm_look();
  void arm_accept(Acceptor& acceptor);
  int take_ready();  // how many connections were ready
  void on_tick();
  void look_at_waiting();
  void resume_some();
  void end_turn();
  void push_submissions();
  void push_parts();
  void make_parts(std::vector<Part> parts);  // worker
  void take_parts(const std::vector<Part>& parts);
  void refuse_submissions(Submission* rest);
  void take_completions();
  bool accept_some(Acceptor& acceptor);
  void add_session(int fd, const Acceptor& acceptor);
  Session& place(int fd, bool loopback, unsigned front, bool refused);
  bool watch(Channel& channel, int fd, int operation);
  void vacate(std::uint32_t index);
  void take_over(CarriedConnection connection);
  void close_acceptors();
  void delete_closed();
  void check_end();
  // A live client's submission is back, or could not be pushed.
  void take_live(Submission& submission, const Error* refused);
  void end_live_turn();
  void run_live_later();
  void arm_live_tick();
  void drain_live();
  void close_live();

  // UNSAFE_IO: descriptors and timers are this thread's only; post() from others stays safe.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  const std::int64_t tick_ms_;
  int epoll_ = -1;
  Descriptor ready_{context_};  // owns epoll_
  Timer tick_{context_};
  Timer look_{context_};       // runs only while some session waits
  Timer live_tick_{context_};  // runs only while there are live connections or sessions
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<Acceptor*> unarmed_;  // out of descriptors: tried again at the next tick
  std::vector<Entry> sessions_;
  std::vector<std::uint32_t> free_;
  std::vector<Channel*> dirty_, settling_, dead_;
  std::deque<Channel*> resume_;                 // in a later turn
  std::vector<std::unique_ptr<Channel>> left_;  // gave up their places; deleted with the turn
  std::vector<Session*> waiting_;               // whose streams wait; at most subscribers_max
  std::size_t alive_ = 0, refused_alive_ = 0;
  std::vector<std::unique_ptr<RequestParser>> parsers_;
  std::vector<std::unique_ptr<Submission>> submissions_;
  Submission* first_ = nullptr;  // collected in this turn
  Submission* last_ = nullptr;
  std::size_t collected_ = 0;
  std::vector<Part> wanted_parts_;  // collected in this turn; one per stream
  bool resume_posted_ = false;
  bool look_armed_ = false;
  bool live_tick_armed_ = false;
  bool live_run_posted_ = false;
  bool live_drain_ = false;  // close_live() is to come
  bool live_closed_ = false;
  std::size_t live_pending_ = 0;  // live clients' submissions in the sequencer
  std::int64_t live_drain_until_ms_ = 0;
  bool stopping_ = false;
  std::int64_t stop_at_ms_ = 0;
  std::thread thread_;
  Mutex mutex_;
  Submission* done_first_ GUARDED_BY(mutex_) = nullptr;
  Submission* done_last_ GUARDED_BY(mutex_) = nullptr;
};

}  // namespace daybook::http
