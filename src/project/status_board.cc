#include "project/status_board.h"

#include <daybook/fields.h>

#include <algorithm>
#include <utility>

namespace daybook::project {
namespace {

constexpr double us_per_s = 1e6;

constexpr std::array<std::pair<ProjectorState, std::string_view>, 6> state_names{
    {{ProjectorState::starting, "starting"},
     {ProjectorState::running, "running"},
     {ProjectorState::waiting, "waiting"},
     {ProjectorState::paused, "paused"},
     {ProjectorState::disabled, "disabled"},
     {ProjectorState::stopped, "stopped"}}};

constexpr std::size_t reason_bytes_max = 1000;

// A reason comes from a target: any bytes, any length.
std::string shown(std::string reason) {
  const bool is_text = json::is_valid_utf8(reason);
  if (reason.size() > reason_bytes_max) {
    std::size_t end = reason_bytes_max;
    while (is_text && end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) --end;
    reason.resize(end);
  }
  if (is_text) return reason;
  std::replace_if(
      reason.begin(), reason.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; },
      '?');
  return reason;
}

}  // namespace

std::string_view state_name(ProjectorState state) {
  for (const auto& [known, name] : state_names)
    if (known == state) return name;
  return "stopped";
}

void Rate::add(std::int64_t now_ms, std::uint64_t count) {
  const std::int64_t second = now_ms / ms_per_s;
  Bucket& bucket = buckets_[static_cast<std::size_t>(second % window_s)];
  if (bucket.second != second) bucket = {second, 0};
  bucket.count += count;
}

double Rate::per_s(std::int64_t now_ms) const {
  const std::int64_t second = now_ms / ms_per_s;
  std::uint64_t total = 0;
  for (const Bucket& bucket : buckets_)
    if (bucket.second > second - window_s && bucket.second <= second) total += bucket.count;
  const std::int64_t seconds = std::clamp<std::int64_t>(second - started_s_ + 1, 1, window_s);
  return static_cast<double>(total) / static_cast<double>(seconds);
}

StatusBoard::StatusBoard(const ProjectorSpec& spec, const Source& source, const Control& control,
                         Clock& clock)
    : name_(spec.name),
      topic_(spec.topic),
      sink_(spec.sink),
      source_(source),
      control_(control),
      clock_(clock),
      rate_(clock.steady_ms()) {}

void StatusBoard::set_state(ProjectorState state, std::string reason,
                            std::optional<UnixUs> next_try_at) {
  LockGuard lock(mutex_);
  state_ = state;
  reason_ = shown(std::move(reason));
  next_try_at_ = next_try_at;
}

ProjectorState StatusBoard::state() const {
  LockGuard lock(mutex_);
  return state_;
}

void StatusBoard::set_needed(Position needed_from, std::uint64_t obeyed_reset) {
  needed_from_.store(needed_from.value);
  obeyed_reset_.store(obeyed_reset);
}

void StatusBoard::set_oldest(std::optional<UnixUs> server_time) {
  oldest_us_.store(server_time ? server_time->value : no_time, std::memory_order_relaxed);
}

void StatusBoard::count_batch(std::uint64_t events) {
  batches_.fetch_add(1, std::memory_order_relaxed);
  delivered_.fetch_add(events, std::memory_order_relaxed);
  last_delivered_us_.store(clock_.now().value, std::memory_order_relaxed);
  const std::int64_t now_ms = clock_.steady_ms();
  LockGuard lock(mutex_);
  rate_.add(now_ms, events);
}

Position StatusBoard::needed_from() const {
  const std::uint64_t obeyed = obeyed_reset_.load();
  const Orders orders = control_.orders(name_);
  const Position needed{needed_from_.load()};
  return orders.reset_number > obeyed ? std::min(needed, orders.reset_next) : needed;
}

ProjectorStatus StatusBoard::status() const {
  ProjectorStatus out;
  out.name = name_;
  out.topic = topic_;
  out.sink = sink_;
  out.position = {position_.load()};
  out.needed_from = needed_from();
  const std::uint64_t readable = source_.readable().value;
  out.lag_events = readable > out.position.value ? readable - out.position.value : 0;
  const std::int64_t oldest = oldest_us_.load(std::memory_order_relaxed);
  if (oldest != no_time)
    out.lag_s = std::max(0.0, static_cast<double>(clock_.now().value - oldest) / us_per_s);
  out.delivered = delivered_.load(std::memory_order_relaxed);
  out.batches = batches_.load(std::memory_order_relaxed);
  out.retries = retries_.load(std::memory_order_relaxed);
  out.last_delivered_at = {last_delivered_us_.load(std::memory_order_relaxed)};
  out.dead_letters = control_.dead_letters(name_);
  const std::int64_t now_ms = clock_.steady_ms();
  LockGuard lock(mutex_);
  out.state = state_;
  out.reason = reason_;
  out.next_try_at = next_try_at_;
  out.events_per_s = rate_.per_s(now_ms);
  return out;
}

void register_metrics(metrics::Registry& metrics, const StatusBoard& board,
                      const std::string& projector) {
  const metrics::Labels labels{{"projector", projector}};
  const auto gauge = [&](std::string_view name, std::string_view help, auto read) {
    metrics.gauge(
        name, help, [&board, read] { return static_cast<double>(read(board.status())); }, labels);
  };
  const auto counter = [&](std::string_view name, std::string_view help, auto read) {
    metrics.counter_function(
        name, help, [&board, read] { return static_cast<double>(read(board.status())); }, labels);
  };
  using Status = ProjectorStatus;
  gauge("daybook_projector_lag_events", "Positions of the log a projector has not looked at.",
        [](const Status& s) { return s.lag_events; });
  gauge("daybook_projector_lag_seconds", "Age of the oldest wanted event that is not delivered.",
        [](const Status& s) { return s.lag_s; });
  gauge("daybook_projector_position", "Every wanted event up to it is settled.",
        [](const Status& s) { return s.position.value; });
  gauge("daybook_projector_dead_letters", "Open dead letters.",
        [](const Status& s) { return s.dead_letters; });
  counter("daybook_projector_delivered_total", "Events delivered.",
          [](const Status& s) { return s.delivered; });
  counter("daybook_projector_batches_total", "Deliveries that brought events to the target.",
          [](const Status& s) { return s.batches; });
  counter("daybook_projector_retries_total", "Deliveries the target did not take.",
          [](const Status& s) { return s.retries; });
  for (const auto& [state, name] : state_names)
    metrics.gauge("daybook_projector_state", "1 for the state a projector is in.",
                  [&board, state = state] { return board.state() == state ? 1.0 : 0.0; },
                  {{"projector", projector}, {"state", std::string(name)}});
}

}  // namespace daybook::project
