// One thread of a load: an epoll set, its share of the connections, and nothing else on the path of
// a request: one recv, one patch of the request's digits, one send.
//
// Closed loop: a connection sends its next request when it has its answer.
// Open loop: requests are due at fixed times; each goes out on the connection that has been free
// longest, and its latency runs from when it was DUE, so the time it waited for a free connection
// is not hidden (coordinated omission).
//
// Thread: connect() and run() on the worker's own thread; progress() and request_stop() from any.
// Invariant: a buffer is written only when all its bytes are with the kernel.
#pragma once

#include <daybook/result.h>

#include "load/request_source.h"
#include "load/response_parser.h"
#include "load/tally.h"
#include "load/target.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace daybook::load {

constexpr std::int64_t connect_timeout_ns = 5'000'000'000;
constexpr std::int64_t straggler_timeout_ns = 5'000'000'000;  // for answers after the end
constexpr std::int64_t retry_pause_ns = 100'000'000;     // before a lost connection is made again
constexpr std::int64_t silence_ns_max = 30'000'000'000;  // without any answer: give up
constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

struct Schedule {  // steady clock
  std::int64_t start_ns = 0;
  std::int64_t measure_from_ns = 0;  // answers to requests due before this are the warm-up
  std::int64_t end_ns = 0;           // nothing is sent after it
};

struct WorkerPlan {
  const Target* target = nullptr;
  unsigned connections = 1;
  unsigned pipeline = 1;
  std::uint64_t requests = unlimited;
  double interval_ns = 0;   // open loop: between two requests of this worker; 0: closed loop
  double first_due_ns = 0;  // open loop: after the start
  bool lines = false;       // count the lines of NDJSON answers
};

std::int64_t steady_ns();

class Worker {
 public:
  struct Progress {
    std::uint64_t answers = 0, lines = 0, failed = 0;
  };

  Worker(const WorkerPlan& plan, std::unique_ptr<RequestSource> source);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Makes all connections. The number made; the first error's text is in connect_error().
  unsigned connect();
  [[nodiscard]] const std::string& connect_error() const { return connect_error_; }
  // Returns when the time is over, the requests are done, or after request_stop().
  void run(const Schedule& schedule);

  [[nodiscard]] Tally& tally() { return tally_; }  // after run()
  [[nodiscard]] Progress progress() const;
  void request_stop() { stop_.store(true, std::memory_order_relaxed); }

 private:
  enum class Link : std::uint8_t { down, connecting, up };
  struct Connection {
    int fd = -1;
    Link link = Link::down;
    bool watches_writing = false;
    bool queued = false;                         // is in free_
    unsigned in_flight = 0;                      // requests made and not answered
    unsigned due_head = 0;                       // of due_ns, a ring of `pipeline`
    std::size_t unsent_from = 0, unsent_to = 0;  // of buffer
    std::int64_t retry_at_ns = 0;
    std::unique_ptr<char[]> buffer;  // `pipeline` requests
    std::vector<std::int64_t> due_ns;
    ResponseParser parser;
  };

  void open(Connection& c);
  void opened(Connection& c);
  void shut(Connection& c, std::int64_t retry_at_ns);
  void lose(Connection& c, Failure failure);
  void watch(Connection& c, bool writing, int operation);
  void retry_lost();

  void on_ready(Connection& c, std::uint32_t events);
  void receive(Connection& c);
  void answered(Connection& c);
  void make_requests(Connection& c);  // closed loop
  void send_due();                    // open loop
  bool make_request(Connection& c, std::int64_t due_ns);
  bool flush(Connection& c);
  void set_free(Connection& c);
  Connection* take_free();

  [[nodiscard]] bool sending() const;
  [[nodiscard]] bool finished() const;
  void settle();
  void publish();
  void refresh_clock();

  WorkerPlan plan_;
  std::unique_ptr<RequestSource> source_;
  std::size_t slot_bytes_;
  Schedule schedule_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> free_;  // ring of connections with room for a request (open loop)
  std::size_t free_head_ = 0, free_count_ = 0;
  std::unique_ptr<char[]> input_;
  std::string connect_error_;
  unsigned up_ = 0;
  unsigned down_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t requests_left_;
  std::int64_t nap_ns_min_;     // open loop: no shorter wait for the next due time
  std::uint64_t due_made_ = 0;  // open loop: requests sent so far
  std::int64_t now_ns_ = 0;
  std::int64_t wall_offset_ns_ = 0;
  std::int64_t last_sign_ns_ = 0;  // of life: the last answer
  bool running_ = false;
  Tally tally_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> shown_answers_{0}, shown_lines_{0}, shown_failed_{0};
};

}  // namespace daybook::load
