#include "load/worker.h"

#include <daybook/check.h>

#include "base/files.h"
#include "load/epoll_wait.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace daybook::load {
namespace {

constexpr std::size_t input_bytes = 256 * 1024;
constexpr std::size_t events_max = 256;           // taken from epoll at once
constexpr std::int64_t look_up_ns = 100'000'000;  // how often a quiet worker looks at its stop flag
// Above 5,000 a second, requests go out up to 0.1 ms late rather than by a timer each: a timer
// costs several times what a request costs, on the cores the server needs.
constexpr std::int64_t fast_nap_ns = 100'000;
constexpr double fast_interval_ns = 200'000;
constexpr std::int64_t server_gone_ns = 3'000'000'000;  // no connection at all for so long: give up

std::int64_t clock_ns(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

std::int64_t steady_ns() { return clock_ns(CLOCK_MONOTONIC); }

Worker::Worker(const WorkerPlan& plan, std::unique_ptr<RequestSource> source)
    : plan_(plan),
      source_(std::move(source)),
      slot_bytes_(source_->request_bytes_max()),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(plan.connections),
      free_(plan.connections),
      input_(std::make_unique<char[]>(input_bytes)),
      down_(plan.connections),
      requests_left_(plan.requests),
      nap_ns_min_(plan.interval_ns < fast_interval_ns ? fast_nap_ns : 0) {
  DAYBOOK_CHECK(epoll_ >= 0 && plan.connections > 0 && plan.pipeline > 0);
  for (Connection& c : connections_) {
    c.buffer = std::make_unique<char[]>(slot_bytes_ * plan.pipeline);
    for (unsigned i = 0; i < plan.pipeline; ++i) source_->prepare(&c.buffer[i * slot_bytes_]);
    c.due_ns.resize(plan.pipeline);
    c.parser = ResponseParser(plan.lines ? Capture::always : Capture::refusals);
  }
}

Worker::~Worker() {
  for (const Connection& c : connections_)
    if (c.fd >= 0) ::close(c.fd);
  ::close(epoll_);
}

void Worker::refresh_clock() { now_ns_ = steady_ns(); }

Worker::Progress Worker::progress() const {
  return {shown_answers_.load(std::memory_order_relaxed),
          shown_lines_.load(std::memory_order_relaxed),
          shown_failed_.load(std::memory_order_relaxed)};
}

void Worker::publish() {
  shown_answers_.store(tally_.answers_total, std::memory_order_relaxed);
  shown_lines_.store(tally_.lines_total.all(), std::memory_order_relaxed);
  shown_failed_.store(tally_.failed(), std::memory_order_relaxed);
}

// ---- connections ----

void Worker::watch(Connection& c, bool writing, int operation) {
  epoll_event event{};
  event.events = writing ? (EPOLLIN | EPOLLOUT) : EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(&c - connections_.data());
  c.watches_writing = writing;
  DAYBOOK_CHECK(epoll_ctl(epoll_, operation, c.fd, &event) == 0);
}

void Worker::open(Connection& c) {
  --down_;
  c.link = Link::connecting;
  c.fd = ::socket(plan_.target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int failed =
      c.fd < 0 ? -1
               : ::connect(c.fd, reinterpret_cast<const sockaddr*>(&plan_.target->address),
                           plan_.target->address_bytes);
  if (failed != 0 && errno != EINPROGRESS) {
    if (connect_error_.empty()) connect_error_ = errno_text(errno);
    return lose(c, Failure::connect);
  }
  const int on = 1;
  ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch(c, true, EPOLL_CTL_ADD);
}

void Worker::opened(Connection& c) {
  int error = 0;
  socklen_t bytes = sizeof error;
  ::getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
  if (error != 0) {
    if (connect_error_.empty()) connect_error_ = errno_text(error);
    return lose(c, Failure::connect);
  }
  c.link = Link::up;
  ++up_;
  last_sign_ns_ = now_ns_;
  watch(c, false, EPOLL_CTL_MOD);
  if (running_) set_free(c);
}

void Worker::shut(Connection& c, std::int64_t retry_at_ns) {
  if (c.fd >= 0) ::close(c.fd);  // epoll forgets it with its last descriptor
  c.fd = -1;
  if (c.link == Link::up && --up_ == 0) last_sign_ns_ = now_ns_;
  c.link = Link::down;
  ++down_;
  c.retry_at_ns = retry_at_ns;
  in_flight_ -= c.in_flight;
  c.in_flight = 0;
  c.unsent_from = c.unsent_to = 0;
  c.parser.reset();
}

void Worker::lose(Connection& c, Failure failure) {
  tally_.failure(failure) += failure == Failure::connect ? 1 : std::max(c.in_flight, 1u);
  shut(c, now_ns_ + retry_pause_ns);
}

void Worker::retry_lost() {
  for (Connection& c : connections_)
    if (c.link == Link::down && c.retry_at_ns <= now_ns_) open(c);
}

unsigned Worker::connect() {
  refresh_clock();
  const std::int64_t deadline_ns = now_ns_ + connect_timeout_ns;
  for (Connection& c : connections_) open(c);
  while (up_ + down_ < connections_.size() && now_ns_ < deadline_ns &&
         !stop_.load(std::memory_order_relaxed)) {
    std::array<epoll_event, events_max> events;
    const int n = epoll_wait_ns(epoll_, events, look_up_ns);
    refresh_clock();
    for (int i = 0; i < n; ++i) {
      Connection& c = connections_[events[static_cast<std::size_t>(i)].data.u64];
      if (c.link == Link::connecting) {
        opened(c);
      } else {
        lose(c, Failure::connect);  // readable before any request: it was closed again
      }
    }
  }
  if (up_ == 0 && connect_error_.empty()) connect_error_ = "no answer in time";
  return up_;
}

// ---- the loop ----

bool Worker::sending() const { return requests_left_ > 0 && now_ns_ < schedule_.end_ns; }

bool Worker::finished() const {
  if (now_ns_ - last_sign_ns_ > silence_ns_max && in_flight_ > 0) return true;
  if (up_ == 0 && now_ns_ - last_sign_ns_ > server_gone_ns) return true;
  if (sending()) return false;
  return in_flight_ == 0 || now_ns_ >= schedule_.end_ns + straggler_timeout_ns;
}

void Worker::run(const Schedule& schedule) {
  schedule_ = schedule;
  running_ = true;
  refresh_clock();
  wall_offset_ns_ = clock_ns(CLOCK_REALTIME) - now_ns_;
  last_sign_ns_ = now_ns_;
  for (Connection& c : connections_)
    if (c.link == Link::up) set_free(c);
  std::array<epoll_event, events_max> events;
  while (!finished()) {
    std::int64_t timeout_ns = look_up_ns;
    if (plan_.interval_ns > 0 && sending()) {
      send_due();
      if (free_count_ > 0) {
        const double due = plan_.first_due_ns + static_cast<double>(due_made_) * plan_.interval_ns;
        const std::int64_t due_ns = schedule_.start_ns + static_cast<std::int64_t>(due);
        timeout_ns = std::clamp(due_ns - now_ns_, nap_ns_min_, look_up_ns);
      }
    }
    const int n = epoll_wait_ns(epoll_, events, timeout_ns);
    refresh_clock();
    for (int i = 0; i < n; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      on_ready(connections_[event.data.u64], event.events);
    }
    if (stop_.load(std::memory_order_relaxed))
      schedule_.end_ns = std::min(schedule_.end_ns, now_ns_);
    if (down_ > 0 && sending()) retry_lost();
    publish();
  }
  settle();
  publish();
}

void Worker::settle() {
  tally_.failure(Failure::unanswered) += in_flight_;
  if (plan_.interval_ns <= 0 || requests_left_ == 0) return;
  // Due before the end and never sent: no connection was free.
  const double span = static_cast<double>(std::min(schedule_.end_ns, now_ns_) - schedule_.start_ns);
  const double due = (span - plan_.first_due_ns) / plan_.interval_ns;
  if (due > static_cast<double>(due_made_))
    tally_.unsent = std::min(static_cast<std::uint64_t>(due) - due_made_, requests_left_);
}

void Worker::on_ready(Connection& c, std::uint32_t events) {
  if (c.link == Link::connecting) return opened(c);
  if (c.link == Link::down) return;  // lost earlier in this round
  if ((events & EPOLLOUT) != 0 && c.unsent_to != 0) {
    if (!flush(c)) return;
    if (c.unsent_to == 0) set_free(c);
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive(c);
}

// ---- requests ----

void Worker::set_free(Connection& c) {
  if (plan_.interval_ns <= 0) return make_requests(c);
  if (c.queued) return;
  c.queued = true;
  free_[(free_head_ + free_count_++) % free_.size()] =
      static_cast<std::uint32_t>(&c - connections_.data());
}

Worker::Connection* Worker::take_free() {
  while (free_count_ > 0) {
    Connection& c = connections_[free_[free_head_]];
    free_head_ = (free_head_ + 1) % free_.size();
    --free_count_;
    c.queued = false;
    // A connection that was lost, or whose last request is not out, comes back when that has
    // changed.
    if (c.link == Link::up && c.unsent_to == 0 && c.in_flight < plan_.pipeline) return &c;
  }
  return nullptr;
}

void Worker::send_due() {
  for (;;) {
    const double due = plan_.first_due_ns + static_cast<double>(due_made_) * plan_.interval_ns;
    const std::int64_t due_ns = schedule_.start_ns + static_cast<std::int64_t>(due);
    if (due_ns > now_ns_ || due_ns >= schedule_.end_ns) return;
    Connection* const c = take_free();
    if (c == nullptr || !make_request(*c, due_ns)) return;
    ++due_made_;
    if (flush(*c) && c->in_flight < plan_.pipeline) set_free(*c);
  }
}

void Worker::make_requests(Connection& c) {
  if (c.unsent_to != 0 || !sending()) return;
  while (c.in_flight < plan_.pipeline && make_request(c, now_ns_)) {
  }
  if (c.unsent_to != 0) flush(c);
}

bool Worker::make_request(Connection& c, std::int64_t due_ns) {
  if (requests_left_ == 0) return false;
  const std::int64_t unix_ms = (now_ns_ + wall_offset_ns_) / 1'000'000;
  const std::size_t bytes = source_->next(&c.buffer[c.unsent_to], unix_ms);
  if (bytes == 0) {
    requests_left_ = 0;
    return false;
  }
  DAYBOOK_CHECK(bytes == slot_bytes_ || (plan_.pipeline == 1 && bytes < slot_bytes_));
  if (in_flight_ == 0) last_sign_ns_ = now_ns_;  // silence counts from the first open question
  --requests_left_;
  c.unsent_to += bytes;
  c.due_ns[(c.due_head + c.in_flight) % plan_.pipeline] = due_ns;
  ++c.in_flight;
  ++in_flight_;
  return true;
}

// False when the connection was lost.
bool Worker::flush(Connection& c) {
  while (c.unsent_from < c.unsent_to) {
    const ssize_t n = ::send(c.fd, &c.buffer[c.unsent_from], c.unsent_to - c.unsent_from,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
      if (!c.watches_writing) watch(c, true, EPOLL_CTL_MOD);
      return true;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      lose(c, Failure::reset);
      return false;
    }
    c.unsent_from += static_cast<std::size_t>(n);
    tally_.bytes_sent += static_cast<std::uint64_t>(n);
  }
  c.unsent_from = c.unsent_to = 0;
  if (c.watches_writing) watch(c, false, EPOLL_CTL_MOD);
  return true;
}

// ---- answers ----

void Worker::receive(Connection& c) {
  const ssize_t n = ::recv(c.fd, input_.get(), input_bytes, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    if (c.in_flight > 0) return lose(c, n == 0 ? Failure::closed : Failure::reset);
    ++tally_.reconnects;  // an idle connection the server no longer wanted
    return shut(c, now_ns_ + retry_pause_ns);
  }
  tally_.bytes_received += static_cast<std::uint64_t>(n);
  now_ns_ = steady_ns();
  std::string_view in(input_.get(), static_cast<std::size_t>(n));
  while (!in.empty()) {
    switch (c.parser.feed(in)) {
      case ResponseParser::State::need_more:
        return;
      case ResponseParser::State::bad:
        return lose(c, Failure::malformed);
      case ResponseParser::State::complete:
        break;
    }
    if (c.in_flight == 0) return lose(c, Failure::malformed);  // an answer nobody asked for
    answered(c);
    if (c.parser.close()) {
      if (c.in_flight > 0) return lose(c, Failure::closed);
      ++tally_.reconnects;
      return shut(c, now_ns_);
    }
  }
  set_free(c);
}

void Worker::answered(Connection& c) {
  const std::int64_t due_ns = c.due_ns[c.due_head];
  c.due_head = (c.due_head + 1) % plan_.pipeline;
  --c.in_flight;
  --in_flight_;
  last_sign_ns_ = now_ns_;
  const int status = c.parser.status();
  const bool measured = due_ns >= schedule_.measure_from_ns;
  const std::size_t code = std::min(static_cast<std::size_t>(status), status_end - 1);
  ++tally_.answers_total;
  ++tally_.codes_total[code];
  if (status >= 200 && status < 300) ++tally_.accepted_total;
  if (status >= 400 && status != 409 && tally_.first_refusal.empty())
    tally_.first_refusal = c.parser.body().substr(0, refusal_bytes_max);
  if (plan_.lines && status == 200) {
    const LineCounts lines = count_lines(c.parser.body(), tally_.first_refusal);
    tally_.lines_total += lines;
    if (measured) tally_.lines += lines;
  }
  if (!measured) return;
  ++tally_.answers;
  ++tally_.codes[code];
  tally_.latency.record(static_cast<std::uint64_t>(std::max<std::int64_t>(now_ns_ - due_ns, 0)));
  tally_.last_answer_ns = now_ns_;
}

}  // namespace daybook::load
