// A load whose every answer is remembered, so that after a crash one can say what must be there.
//
// Each worker has one connection and sends check-ins and check-outs of people nobody else uses:
// alone, pipelined or as NDJSON lines, some with an Idempotency-Key. A first send is always right
// by the rules, so it must be accepted; a repeat must be refused by the rule's text or, with a key,
// get its first answer again. All events are of one day: noon of the day before, UTC.
//
// Threads: a Load's workers run on their own; everything else is the test's thread.
// Invariant: an operation is unanswered, accepted (with receipt) or known to be in the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/random.h"
#include "support/http_client.h"

namespace daybook::test {

enum class Action : std::uint8_t { check_in, check_out };

struct Operation {
  Action action = Action::check_in;
  std::string user, school;
  std::int64_t at_ms = 0;
  std::string key;        // Idempotency-Key; empty: none
  bool as_line = false;   // sent as a line of POST /events
  bool answered = false;  // by 200, or after a restart by a refusal that shows it is there
  std::string receipt;    // of the 200
};

struct Answered {
  int status = 0;
  std::string receipt, message;
};

// Sends the operations in order over one connection and reads the answers that come; less than were
// sent when the connection ends.
std::vector<Answered> send_operations(HttpClient& client,
                                      const std::vector<const Operation*>& operations);

// What is wrong with this answer to an operation that was accepted before; "" when nothing.
std::string wrong_repeat(const Operation& operation, const Answered& answer);

class Load {
 public:
  Load(const std::string& url, std::uint64_t seed, const std::string& name,
       std::size_t connections);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Ends sending after the answers to what is under way.
  void stop();
  // Waits until every worker has ended: after stop(), or when the server is gone.
  void join();
  // Answers so far, of all workers.
  [[nodiscard]] std::size_t answers() const { return answers_.load(std::memory_order_relaxed); }
  // After join(): what was sent, and answers that were wrong.
  [[nodiscard]] std::deque<Operation>& operations() { return operations_; }
  [[nodiscard]] const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  struct Worker {
    std::string name;
    Rng rng;
    HttpClient client;
    std::deque<Operation> operations;
    std::vector<std::size_t> present;  // accepted check-ins without a check-out yet
    std::vector<std::string> wrong;
    std::thread thread;
  };
  void run(Worker& worker);
  bool step(Worker& worker);
  Operation next_operation(Worker& worker, bool as_line);

  std::deque<Worker> workers_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> answers_{0};
  std::deque<Operation> operations_;
  std::vector<std::string> wrong_;
};

struct Totals {
  std::uint64_t check_ins = 0, check_outs = 0;
  friend bool operator==(const Totals&, const Totals&) = default;
};
std::ostream& operator<<(std::ostream& out, const Totals& totals);
using TotalsBySchool = std::map<std::string, Totals>;

// By school; `answered_only`: without what may or may not be in the log.
TotalsBySchool totals_of(const std::deque<Operation>& operations, bool answered_only);
// What GET /schools/{id} says of the load's day.
TotalsBySchool served_totals(HttpClient& client, const TotalsBySchool& schools);

// The load's day as YYYY-MM-DD, and its noon.
std::string load_day();
std::int64_t load_noon_ms();

}  // namespace daybook::test
