// One http thread: an io_context for listeners, timers and messages from other threads, and an
// epoll set for its connections, which the io_context watches as one descriptor. Plain HTTP needs
// no operation object, no read that finds nothing and no buffer per idle connection this way
// (docs/adr).
//
// One turn: take what is ready (at most ready_max connections) → hand the submissions to the
// sequencer with one push, the wanted parts of streams to the worker as one job → settle whoever
// got answers → delete whoever closed. A fan-out to followers is turns of its own, a slice each.
//
// Threads: everything but start(), begin_drain(), stop(), join(), complete(), publish() and adopt()
// runs on its own thread "http-k".
#pragma once

#include "http/response_writer.h"
#include "http/session.h"
#include "http/shared.h"
#include "live/message.h"
#include "sequencer/submission.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace daybook::http {

class LiveSession;
class LiveThread;

struct ListenSocket {
  int fd = -1;  // bound and listening; ownership passes
  bool loopback = false;
  unsigned front = 0;  // of Shared::fronts
};

class IoThread : public CompletionPort {
 public:
  static constexpr std::size_t scratch_bytes = 64u << 10;
  static constexpr int ready_max = 128;
  static constexpr std::size_t submissions_per_push = 64;
  static constexpr std::size_t resumes_per_turn_max = 32;
  static constexpr std::size_t pooled_submissions_max = 1024;
  static constexpr std::size_t pooled_parsers_max = 64;
  static constexpr std::size_t refused_sessions_max = 256;  // being told 503
  static constexpr std::int64_t waiting_look_ms = 20;
  // The writes of live clients that a drain waits for, before it closes their sockets.
  static constexpr std::int64_t live_drain_ms = 1000;
  // Parts that one turn wants are one job of the worker; after this much it goes to the queue's end
  // with the rest.
  static constexpr std::int64_t parts_job_us = 5000;
  static constexpr std::size_t parts_job_bytes = 1u << 20;

  static std::unique_ptr<IoThread> make(Shared& shared, unsigned number,
                                        const std::vector<ListenSocket>& listeners);
  ~IoThread() override;

  virtual void start() = 0;
  // Any thread. Takes who already waits, then listens no more.
  virtual void begin_drain() = 0;
  // Any thread. Ends when every connection owes nothing, or at the grace's end; then join().
  virtual void stop(std::int64_t grace_ms) = 0;
  virtual void join() = 0;
  // Any thread. To this thread's followers of the topic.
  virtual void publish(const live::MessagePtr& message) = 0;
  // Any thread. The connection goes on here; another io thread took its requests until now.
  virtual void adopt(CarriedConnection connection) = 0;

  // --- for sessions and handlers, on this thread
  virtual std::unique_ptr<RequestParser> take_parser() = 0;
  virtual void give_back(std::unique_ptr<RequestParser> parser) = 0;
  virtual Submission* take_submission() = 0;
  virtual void give_back(Submission* submission) = 0;
  // Collects; pushed at the end of the turn.
  virtual void submit(Submission* submission) = 0;
  virtual void mark_dirty(Channel& channel) = 0;
  // It has closed its descriptor; deleted at the end of the turn.
  virtual void bury(Channel& channel) = 0;
  // Settles it in a later turn, in the order in which they ask for it.
  virtual void resume_later(Channel& channel) = 0;
  // The session has given up its descriptor: `next` has it from now on, in the same slot. `rest`:
  // what was received behind the request.
  virtual void replace(Session& session, int fd, std::unique_ptr<LiveSession> next,
                       std::string_view rest) = 0;
  // The session has given up its descriptor: the connection goes on at io thread `home`.
  virtual void carry(Session& session, unsigned home, CarriedConnection connection) = 0;
  // Null: closed, or not HTTP any more.
  virtual Session* find(std::uint64_t tag) = 0;
  // Runs the job on the worker and answers the request with what it returns. False: queue full.
  virtual bool run_on_worker(std::uint64_t tag, std::uint64_t number,
                             std::function<Result<Response>()> job) = 0;
  // Collects; at the end of the turn the worker is to make the stream's next part, which then comes
  // to the session (take_part, or refuse_part when the server stops).
  virtual void make_part(std::uint64_t tag, std::shared_ptr<Stream> stream) = 0;
  // Its stream waits: looked at every waiting_look_ms until that is over.
  virtual void add_waiting(Session& session) = 0;

  // Null: nothing is served over connections that stay open.
  LiveThread* live() { return live_.get(); }
  [[nodiscard]] unsigned number() const { return number_; }
  Shared& shared() { return shared_; }
  TimerWheel& wheel() { return wheel_; }
  json::Parser& json() { return json_; }
  char* scratch() { return scratch_.get(); }
  // Read once per turn.
  [[nodiscard]] std::int64_t now_ms() const { return now_us_ / 1000; }
  [[nodiscard]] std::int64_t now_us() const { return now_us_; }
  [[nodiscard]] UnixUs wall() const { return wall_; }
  const std::string& date_line() { return date_.at(wall_.value / 1'000'000); }

 protected:
  IoThread(Shared& shared, unsigned number, std::int64_t tick_ms, std::int64_t now_us);

  Shared& shared_;
  const unsigned number_;
  std::unique_ptr<LiveThread> live_;
  TimerWheel wheel_;
  json::Parser json_;
  std::unique_ptr<char[]> scratch_;
  std::int64_t now_us_;
  UnixUs wall_;
  DateLine date_;
};

}  // namespace daybook::http
