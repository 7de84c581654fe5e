#include "load/live_crowd.h"

#include <daybook/check.h>

#include "load/epoll_wait.h"
#include "load/worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace daybook::load {
namespace {

constexpr std::size_t input_bytes = 256 * 1024;
constexpr std::size_t events_max = 1024;         // taken from epoll at once
constexpr std::int64_t look_up_ns = 50'000'000;  // the longest turn without anything to do
// Timers cost CPU the server needs: what is due more often than this waits for the next nap's end.
constexpr std::int64_t nap_ns = 100'000;
constexpr std::string_view state_event = "[\"leaderboard-updated\",";
constexpr std::string_view accepted_args = "[{\"ok\":true";
constexpr std::size_t refusal_shown_max = 400;

}  // namespace

unsigned LivePlan::churners() const {
  return churn_rate > 0 ? std::min(churners_max, sockets / 2) : 0;
}

LiveCrowd::LiveCrowd(const LivePlan& plan)
    : plan_(plan),
      quiz_json_("\"" + plan.quiz.id + "\""),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      input_(std::make_unique<char[]>(input_bytes)),
      driven_(plan.quiz),
      drawn_(plan.quiz, plan.seed),
      now_ns_(steady_ns()) {
  DAYBOOK_CHECK(epoll_ >= 0 && plan.sockets > 0);
  LiveSocketOwner& owner = *this;  // a private base to anyone else
  for (unsigned number = 0; number < plan.sockets; ++number) {
    members_.emplace_back(number, plan_.target, owner);
    to_open_.push_back(number);
  }
  broadcasts_.set_steady(plan_.steady());
  next_churner_ = plan_.steady();
}

LiveCrowd::~LiveCrowd() { ::close(epoll_); }

bool LiveCrowd::is_answerer(unsigned number) const {
  return number >= 1 && number <= plan_.answerers;
}

// ---- the loop ----

void LiveCrowd::turn() {
  act();
  const std::int64_t wait_ns = next_due_ns() - now_ns_;
  std::array<epoll_event, events_max> events;
  const int n = epoll_wait_ns(epoll_, events, std::clamp(wait_ns, nap_ns, look_up_ns));
  now_ns_ = steady_ns();
  for (int i = 0; i < n; ++i) {
    Member& member = members_[events[static_cast<std::size_t>(i)].data.u64];
    if (member.socket.fd() < 0) continue;  // closed earlier in this round
    member.socket.ready({input_.get(), input_bytes});
    if (member.watched_for_writing && member.socket.fd() >= 0 && !member.socket.connecting())
      watch(member, EPOLL_CTL_MOD);
  }
}

std::int64_t LiveCrowd::next_due_ns() const {
  std::int64_t due = std::min(drives_.due_ns(), churns_.due_ns());
  if (!free_.empty()) due = std::min(due, answers_.due_ns());
  if (!to_open_.empty() && arriving_ < connecting_max)
    due = std::min(due, std::max(retry_from_ns_, plan_.connect_rate > 0 ? connects_.due_ns() : 0));
  return due;
}

void LiveCrowd::act() {
  now_ns_ = steady_ns();
  connect_more();
  drive();
  answer_due();
  churn_due();
}

void LiveCrowd::watch(Member& member, int operation) {
  epoll_event event{};
  member.watched_for_writing = member.socket.connecting();
  event.events = member.watched_for_writing ? EPOLLOUT : EPOLLIN;
  event.data.u64 = member.socket.number();
  DAYBOOK_CHECK(epoll_ctl(epoll_, operation, member.socket.fd(), &event) == 0);
}

// ---- connecting and joining ----

void LiveCrowd::start_joining() { connects_.start(steady_ns(), plan_.connect_rate); }

void LiveCrowd::connect_more() {
  while (!to_open_.empty() && arriving_ < connecting_max && retry_from_ns_ <= now_ns_) {
    if (plan_.connect_rate > 0 && connects_.due_ns() > now_ns_) return;
    connects_.made();
    Member& member = members_[to_open_.front()];
    to_open_.pop_front();
    open(member, Waiting::first_join, now_ns_);
  }
}

void LiveCrowd::open(Member& member, Waiting what, std::int64_t since_ns) {
  member.waiting = what;
  member.since_ns = since_ns;
  member.seen = {};
  member.arriving = true;
  ++arriving_;
  if (member.socket.open()) return watch(member, EPOLL_CTL_ADD);
  lost(member.socket, member.socket.why());
}

void LiveCrowd::entered(LiveSocket& socket) {
  Member& member = members_[socket.number()];
  ask(member, member.waiting, "join-quiz", quiz_json_);
}

void LiveCrowd::joined(Member& member, Waiting how) {
  ++joined_;
  member.joined = true;
  if (member.arriving) --arriving_;
  member.arriving = false;
  const auto took_ns = static_cast<std::uint64_t>(now_ns_ - member.since_ns);
  if (how == Waiting::first_join) counts_.join_latency.record(took_ns);
  if (how == Waiting::join && measuring_) {
    ++counts_.churned;
    counts_.churn_latency.record(took_ns);
  }
  if (loading_ && is_answerer(member.socket.number())) set_free(member);
}

void LiveCrowd::left(Member& member) {
  if (member.joined) --joined_;
  if (member.arriving) --arriving_;
  if (member.asked) --outstanding_;
  member.joined = member.arriving = member.asked = false;
  member.waiting = Waiting::nothing;
}

void LiveCrowd::lost(LiveSocket& socket, const std::string& why) {
  if (counts_.lost++ == 0) counts_.first_loss = why;
  left(members_[socket.number()]);
  retry_from_ns_ = now_ns_ + retry_pause_ns;
  to_open_.push_back(socket.number());
}

// ---- what comes ----

void LiveCrowd::happened(LiveSocket& socket, std::string_view event) {
  now_ns_ = steady_ns();
  Member& member = members_[socket.number()];
  if (event.starts_with(state_event))
    return broadcasts_.received(member.seen, is_steady(socket.number()), event, now_ns_);
  ++counts_.other_events;
}

void LiveCrowd::acknowledged(LiveSocket& socket, std::string_view args) {
  Member& member = members_[socket.number()];
  if (!member.asked) return;
  now_ns_ = steady_ns();
  member.asked = false;
  --outstanding_;
  const Waiting what = member.waiting;
  member.waiting = Waiting::nothing;
  const bool accepted = args.starts_with(accepted_args);
  if (!accepted && counts_.first_refusal.empty())
    counts_.first_refusal = args.substr(0, refusal_shown_max);
  switch (what) {
    case Waiting::first_join:
    case Waiting::join:
      if (accepted) return joined(member, what);
      return;  // of no more use; the run ends with who is there
    case Waiting::leave:
      return ask(member, Waiting::join, "join-quiz", quiz_json_);
    case Waiting::answer:
    case Waiting::driven:
      return answered(member, what, accepted);
    case Waiting::nothing:
      return;
  }
}

void LiveCrowd::answered(Member& member, Waiting what, bool accepted) {
  if (accepted) ++counts_.accepted_total;
  if (measuring_) {
    ++(accepted ? counts_.accepted : counts_.refused);
    if (what == Waiting::driven) ++counts_.driven;
    counts_.answer_latency.record(
        static_cast<std::uint64_t>(std::max<std::int64_t>(now_ns_ - member.since_ns, 0)));
  }
  if (what == Waiting::answer && loading_) set_free(member);
}

// ---- what is sent ----

void LiveCrowd::ask(Member& member, Waiting what, std::string_view event, std::string_view json) {
  member.waiting = what;
  member.asked = true;
  ++outstanding_;
  member.socket.emit(event, json);
}

void LiveCrowd::start_load() {
  loading_ = true;
  now_ns_ = steady_ns();
  if (plan_.drive_ns > 0) drives_.start(now_ns_, 1e9 / static_cast<double>(plan_.drive_ns));
  answers_.start(now_ns_, plan_.answer_rate);
  churns_.start(now_ns_, plan_.churn_rate);
  for (unsigned number = 1; number <= plan_.answerers; ++number)
    if (members_[number].joined) set_free(members_[number]);
}

void LiveCrowd::stop_load() {
  loading_ = false;
  for (Pacer* pacer : {&drives_, &answers_, &churns_}) pacer->stop();
}

void LiveCrowd::drive() {
  for (; drives_.due_ns() <= now_ns_; drives_.made()) {
    Member& member = members_.front();
    if (!member.joined || member.asked) continue;  // the next one will do
    if (!answer(member, Waiting::driven, drives_.due_ns())) return drives_.stop();
  }
}

// Closed loop: at once. Open loop: when one is due.
void LiveCrowd::set_free(Member& member) {
  if (plan_.answer_rate > 0) {
    free_.push_back(member.socket.number());
  } else {
    answer(member, Waiting::answer, now_ns_);
  }
}

void LiveCrowd::answer_due() {
  while (answers_.due_ns() <= now_ns_ && !free_.empty()) {
    Member& member = members_[free_.front()];
    free_.pop_front();
    if (!member.joined || member.asked) continue;  // lost meanwhile; comes back when it has joined
    if (!answer(member, Waiting::answer, answers_.due_ns())) return answers_.stop();
    answers_.made();
  }
}

bool LiveCrowd::answer(Member& member, Waiting what, std::int64_t since_ns) {
  const auto next = what == Waiting::driven ? driven_.next() : drawn_.next();
  if (!next) {
    counts_.out_of_questions = true;
    return false;
  }
  member.since_ns = since_ns;
  ask(member, what, "submit-answer", answer_json(plan_.quiz, *next));
  return true;
}

void LiveCrowd::churn_due() {
  for (; churns_.due_ns() <= now_ns_; churns_.made()) {
    Member& member = members_[next_churner_];
    if (!member.joined || member.asked) {
      ++counts_.churns_skipped;  // it is not back yet
    } else {
      churn(member, churns_.due_ns());
    }
    if (++next_churner_ == plan_.sockets) next_churner_ = plan_.steady();
  }
}

void LiveCrowd::churn(Member& member, std::int64_t since_ns) {
  left(member);
  if (plan_.reconnects) {
    member.socket.close();
    return open(member, Waiting::join, since_ns);
  }
  member.since_ns = since_ns;
  ask(member, Waiting::leave, "leave-quiz", quiz_json_);
}

// ---- measuring ----

void LiveCrowd::start_measuring() {
  measuring_ = true;
  broadcasts_.start_measuring(steady_ns());
}

void LiveCrowd::end_measuring() {
  measuring_ = false;
  broadcasts_.end_measuring(steady_ns());
}

LiveCounts LiveCrowd::finish() {
  counts_.unanswered = outstanding_;
  return counts_;
}

}  // namespace daybook::load
