// Many live sockets in one epoll set: connecting and joining, what they are to do once all are
// there, and what comes to them.
//
// Socket 0 drives: it answers right at fixed intervals, so that there is something to broadcast.
// The next are answerers, each with one answer outstanding. The last are churners, who leave and
// join again. The others listen; every socket listens.
//
// Thread: one.
#pragma once

#include "load/answer_order.h"
#include "load/broadcast_log.h"
#include "load/histogram.h"
#include "load/live_socket.h"
#include "load/pacer.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr unsigned live_sockets_max = 60000;
constexpr unsigned connecting_max = 256;  // sockets on their way into the quiz at once
constexpr unsigned churners_max = 1000;

struct LivePlan {
  Target target;
  LiveQuiz quiz;
  unsigned sockets = 1000;
  double connect_rate = 0;  // sockets a second; 0: as fast as the server lets them in
  std::int64_t warmup_ns = 1'000'000'000;
  std::int64_t duration_ns = 10'000'000'000;
  std::int64_t drive_ns = 500'000'000;  // between socket 0's answers; 0: it gives none
  unsigned answerers = 0;
  double answer_rate = 0;   // answers a second, all together; 0: as fast as they are acknowledged
  double churn_rate = 0;    // joins and as many leaves a second
  bool reconnects = false;  // churners come with a new connection each time
  std::uint64_t seed = 0;
  int server_pid = 0;  // its use of CPU and memory is read from /proc; 0: not

  [[nodiscard]] unsigned churners() const;
  [[nodiscard]] unsigned steady() const { return sockets - churners(); }
};

// Of the measured time, if not said otherwise.
struct LiveCounts {
  std::uint64_t accepted = 0, refused = 0, driven = 0;
  std::uint64_t accepted_total = 0;  // of all times, driven ones too
  std::uint64_t unanswered = 0;      // at the end
  bool out_of_questions = false;     // everyone had answered everything
  LatencyHistogram answer_latency;   // open loop: from when it was due
  std::uint64_t churned = 0;         // left and joined again
  std::uint64_t churns_skipped = 0;  // due for one that was not back yet; of all times
  LatencyHistogram churn_latency;    // from when the leaving was due to the joining's answer
  LatencyHistogram join_latency;     // from the connection's start, of all first joins
  std::uint64_t lost = 0;            // connections, of all times
  std::uint64_t other_events = 0;    // of all times
  std::string first_loss, first_refusal;
};

class LiveCrowd final : private LiveSocketOwner {
 public:
  explicit LiveCrowd(const LivePlan& plan);
  ~LiveCrowd() override;
  LiveCrowd(const LiveCrowd&) = delete;
  LiveCrowd& operator=(const LiveCrowd&) = delete;

  // Connections begin to be made in the turns after it.
  void start_joining();
  // Driving, answering and churning begin and end.
  void start_load();
  void stop_load();
  void start_measuring();
  void end_measuring();
  // Sends what is due, waits a little, takes what came.
  void turn();

  [[nodiscard]] unsigned joined() const { return joined_; }
  // Nothing asked is unanswered, nobody is on the way into the quiz.
  [[nodiscard]] bool settled() const { return outstanding_ == 0 && arriving_ == 0; }
  [[nodiscard]] std::int64_t now_ns() const { return now_ns_; }
  [[nodiscard]] const LiveCounts& counts() const { return counts_; }
  [[nodiscard]] BroadcastLog& broadcasts() { return broadcasts_; }
  // Counts what is still outstanding as unanswered.
  LiveCounts finish();

 private:
  enum class Waiting : std::uint8_t { nothing, first_join, join, leave, answer, driven };
  struct Member {
    Member(unsigned number, const Target& target, LiveSocketOwner& owner)
        : socket(number, target, owner) {}
    LiveSocket socket;
    Waiting waiting = Waiting::nothing;
    bool arriving = false;  // on its way into the quiz by a new connection
    bool asked = false;     // an acknowledgement is outstanding
    bool joined = false;
    bool watched_for_writing = false;
    std::int64_t since_ns = 0;  // of what it waits for
    BroadcastLog::Seen seen;
  };

  void entered(LiveSocket& socket) override;
  void acknowledged(LiveSocket& socket, std::string_view args) override;
  void happened(LiveSocket& socket, std::string_view event) override;
  void lost(LiveSocket& socket, const std::string& why) override;

  void act();  // what is due
  [[nodiscard]] std::int64_t next_due_ns() const;
  void watch(Member& member, int operation);
  void connect_more();
  void open(Member& member, Waiting what, std::int64_t since_ns);
  void joined(Member& member, Waiting how);
  void left(Member& member);
  void answered(Member& member, Waiting what, bool accepted);

  void ask(Member& member, Waiting what, std::string_view event, std::string_view json);
  void drive();
  void set_free(Member& member);
  void answer_due();
  bool answer(Member& member, Waiting what, std::int64_t since_ns);  // false: none is left
  void churn_due();
  void churn(Member& member, std::int64_t since_ns);
  [[nodiscard]] bool is_answerer(unsigned number) const;
  [[nodiscard]] bool is_steady(unsigned number) const { return number < plan_.steady(); }

  const LivePlan plan_;
  const std::string quiz_json_;  // its id, as JSON
  int epoll_ = -1;
  std::unique_ptr<char[]> input_;
  std::deque<Member> members_;  // never moves one
  std::deque<unsigned> to_open_;
  std::deque<unsigned> free_;  // answerers, open loop
  Pacer connects_, drives_, answers_, churns_;
  DrivenAnswers driven_;
  DrawnAnswers drawn_;
  BroadcastLog broadcasts_;
  LiveCounts counts_;
  unsigned joined_ = 0, arriving_ = 0;
  unsigned next_churner_ = 0;
  std::uint64_t outstanding_ = 0;
  std::int64_t retry_from_ns_ = 0;
  std::int64_t now_ns_ = 0;
  bool loading_ = false, measuring_ = false;
};

}  // namespace daybook::load
