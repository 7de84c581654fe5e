#include "project/projector.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "base/thread.h"

namespace daybook::project {
namespace {

constexpr std::int64_t us_per_ms = 1000;

// Who wakes up beside it - an http thread, the sequencer - is to run at once. Linux from 6.12 on
// lets a running thread end its slice first, but not against one whose slice is shorter than its
// own (PREEMPT_SHORT): so a projector asks for the longest. Measured: p99 of a write beside
// one 1.45 instead of 2.2 ms. Kernels before take no slice; theirs preempts by the nice value.
constexpr std::uint64_t slice_ns = 100'000'000;

// sched_setattr(2): glibc has neither the call nor its struct, the kernel's header quarrels with
// glibc's.
struct SchedAttr {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
};

void be_nice(int nice) {
  SchedAttr wanted{};
  wanted.size = sizeof wanted;
  wanted.policy = SCHED_OTHER;
  wanted.nice = nice;
  wanted.runtime = slice_ns;
  if (::syscall(SYS_sched_setattr, 0, &wanted, 0) != 0)
    log_warn("a projector runs at normal priority", {{"nice", nice}});
}

metrics::Histogram delivery_histogram(metrics::Registry& metrics, const std::string& projector) {
  return metrics.histogram("daybook_projector_delivery_seconds",
                           "How long the sink took for a delivery.", metrics::latency_bounds_us(),
                           1e-6, {{"projector", projector}});
}

}  // namespace

Projector::Projector(ProjectorSpec spec, std::size_t number, const Parts& parts,
                     std::uint64_t jitter_seed)
    : spec_(std::move(spec)),
      number_(number),
      source_(parts.source),
      store_(parts.store),
      control_(parts.control),
      clock_(parts.clock),
      options_(parts.options),
      plan_(spec_.sink_object->retry_plan()),
      delivery_us_(delivery_histogram(parts.metrics, spec_.name)),
      watch_(spec_.name, parts.control, parts.clock, parts.options.look_ms),
      board_(spec_, parts.source, parts.control, parts.clock),
      calls_(spec_.name, watch_, parts.clock, parts.source, parts.store),
      batch_(parts.source, spec_.topic, spec_.filter,
             [this](Position position) { return wanted(position); }),
      backoff_(spec_.retry_min_ms, spec_.retry_max_ms, jitter_seed),
      letters_backoff_(spec_.retry_min_ms, spec_.retry_max_ms, jitter_seed + 1),
      save_backoff_(spec_.retry_min_ms, spec_.retry_max_ms, jitter_seed + 2) {
  register_metrics(parts.metrics, board_, spec_.name);
}

Projector::~Projector() {
  stop();
  join();
}

// In the caller's thread, before the server takes anything: with "now" what is accepted from here
// on is the projector's, also when the process is killed before the thread has got so far.
void Projector::fix_start() {
  first_end_ = source_.readable();
  if (!spec_.start_now || control_.orders(spec_.name).reset_number > 0) return;
  const auto bytes = store_.get(state::Family::checkpoints, spec_.name);
  if (!bytes.ok() || *bytes) return;  // load() tries again
  Checkpoint first;
  first.topic = spec_.topic;
  first.sink = spec_.sink;
  first.position = first_end_;
  const auto saved =
      store_.write({{state::Family::checkpoints, spec_.name, encode_checkpoint(first)}}, true);
  if (!saved.ok())
    log_warn("a projector could not save where it starts",
             {{"projector", spec_.name}, {"reason", saved.error().message}});
}

void Projector::start() {
  fix_start();
  thread_ = std::thread([this] { run(); });
}

void Projector::join() {
  if (thread_.joinable()) thread_.join();
}

void Projector::run() {
  set_thread_name(("proj-" + std::to_string(number_)).c_str());
  if (options_.nice != 0) be_nice(options_.nice);
  if (register_in_log() && load())
    while (ready()) round();
  // What was looked at and not written yet. Once: a store that fails now is found by the next run.
  if (loaded_ && blocked_.empty() && !unsaved_ && saved_position_ < checkpoint_.position) {
    calls_.start();
    if (const auto saved = save_once(changes_to_save(), false); !saved.ok())
      log_warn("a projector could not save its progress",
               {{"projector", spec_.name}, {"reason", saved.error().message}});
  }
  board_.set_state(ProjectorState::stopped);
}

bool Projector::register_in_log() {
  while (!watch_.stopping()) {
    const auto said = control_.add_projector(spec_.name, spec_.topic, spec_.sink);
    if (said.ok()) break;
    const std::int64_t ms = backoff_.next();
    board_.set_state(ProjectorState::waiting, "the log: " + said.error().message,
                     UnixUs{clock_.now().value + ms * us_per_ms});
    if (!watch_.wait_for_stop(ms)) return false;
  }
  backoff_.reset();
  return !watch_.stopping();
}

// Before anything else: what retention may take is not known until the checkpoint is.
bool Projector::load() {
  while (!watch_.stopping()) {
    const auto bytes = store_.get(state::Family::checkpoints, spec_.name);
    if (bytes.ok()) return settle_loaded(*bytes);
    const std::int64_t ms = save_backoff_.next();
    board_.set_state(ProjectorState::waiting, bytes.error().message,
                     UnixUs{clock_.now().value + ms * us_per_ms});
    if (!watch_.wait_for_stop(ms)) return false;
  }
  return false;
}

bool Projector::settle_loaded(const std::optional<std::string>& bytes) {
  dead_until_ = source_.readable();
  if (bytes) {
    auto decoded = decode_checkpoint(*bytes);
    if (decoded.ok()) {
      checkpoint_ = std::move(decoded).value();
      if (checkpoint_.topic != spec_.topic || checkpoint_.sink != spec_.sink)
        block("its checkpoint is of topic " + checkpoint_.topic + " and sink " + checkpoint_.sink);
      else if (checkpoint_.position > dead_until_ && !is_reset_ahead())
        block("its checkpoint is ahead of the log, which has lost events");
    } else {
      checkpoint_.reset_number = control_.orders(spec_.name).reset_number;
      block(decoded.error().message);
    }
    state_lost_ = checkpoint_.topic != spec_.topic || checkpoint_.sink != spec_.sink;
  } else if (const Orders orders = control_.orders(spec_.name); orders.reset_number > 0) {
    // The store was lost. What was reset once must not be reset at the target again: begin() says
    // how far that is.
    checkpoint_.position = {std::max<std::uint64_t>(orders.reset_next.value, 1) - 1};
    checkpoint_.reset_number = orders.reset_number;
  } else if (spec_.start_now) {
    checkpoint_.position = first_end_;
  }
  watch_.obeying(checkpoint_.reset_number);
  checkpoint_.topic = spec_.topic;
  checkpoint_.sink = spec_.sink;
  loaded_ = true;
  drop_batch();
  if (!blocked_.empty()) return true;
  // At once: "now" must not be later the next time, and an fsynced checkpoint frees retention.
  return save(Sync::now);
}

// Where a person's reset put it, past the end of the log: nothing was lost, it waits there.
bool Projector::is_reset_ahead() const {
  const Orders orders = control_.orders(spec_.name);
  return orders.reset_number == checkpoint_.reset_number &&
         orders.reset_next == checkpoint_.position + 1;
}

void Projector::block(std::string reason) {
  blocked_ = std::move(reason) + "; reset it to go on";
  log_error("a projector needs a reset", {{"projector", spec_.name}, {"reason", blocked_}});
}

// Returns when the projector may read: not paused, its resets obeyed, its sink begun. False: stop.
bool Projector::ready() {
  while (!watch_.stopping()) {
    const Orders orders = watch_.orders();
    if (orders.disabled || orders.paused) {
      halt(orders);
    } else if (orders.reset_number > checkpoint_.reset_number) {
      obey_reset(orders);
    } else if (!blocked_.empty()) {
      begun_ = false;
      board_.set_state(ProjectorState::waiting, blocked_);
      look_for_oldest();  // so that its lag shows, and an alarm goes off
      static_cast<void>(watch_.wait(options_.look_ms));
    } else if (begun_) {
      return true;
    } else {
      begin_sink();
    }
  }
  return false;
}

void Projector::halt(const Orders& orders) {
  if (begun_) drop_batch();
  begun_ = false;
  if (blocked_.empty()) save_looked();
  board_.set_state(orders.disabled ? ProjectorState::disabled : ProjectorState::paused,
                   orders.reason);
  look_for_oldest();
  static_cast<void>(watch_.wait_for_stop(options_.look_ms));
}

// Each step may be done again: until the checkpoint has the new number, the reset is still to be
// obeyed.
void Projector::obey_reset(const Orders& orders) {
  begun_ = false;
  watch_.obeying(orders.reset_number);
  board_.set_state(ProjectorState::starting);
  const Position position{std::max<std::uint64_t>(orders.reset_next.value, 1) - 1};
  SinkProgress progress{position, state_lost_ ? std::string() : checkpoint_.state};
  calls_.start();
  const Delivery delivery = spec_.sink_object->reset(progress, calls_);
  if (delivery.outcome == Delivery::Outcome::disabled) return disable(delivery.reason);
  if (delivery.outcome != Delivery::Outcome::delivered) {
    static_cast<void>(wait_out(delivery.reason, delivery.retry_ms));
    return;
  }
  if (position.value == 0) {
    const auto removed = store_.remove_prefix(state::Family::rows, row_prefix(spec_.name));
    if (!removed.ok()) {
      static_cast<void>(wait_out(removed.error().message));
      return;
    }
  }
  checkpoint_.position = position;
  checkpoint_.reset_number = orders.reset_number;
  checkpoint_.state = std::move(progress.state);
  // One that is behind: the log is still to be told. One ahead stays open there, and comes again
  // like every other event ahead.
  std::erase_if(checkpoint_.delivered_letters,
                [position](Position letter) { return letter > position; });
  blocked_.clear();
  state_lost_ = false;
  attempts_.clear();
  head_ = {};
  rejected_in_row_ = 0;
  saved_position_ = synced_position_ = {};
  drop_batch();
  if (save(Sync::now))
    log_info("a projector was reset", {{"projector", spec_.name}, {"next", position.value + 1}});
}

void Projector::begin_sink() {
  // Reset to there: "now" is readable a moment later, another position when the log has grown.
  if (checkpoint_.position > source_.readable()) {
    board_.set_state(ProjectorState::waiting,
                     "it was reset to a position after the end of the log, and begins there");
    static_cast<void>(watch_.wait(options_.look_ms));
    return;
  }
  if (board_.state() != ProjectorState::waiting) board_.set_state(ProjectorState::starting);
  look_for_oldest();  // it may take long: the lag shows meanwhile
  SinkProgress progress{checkpoint_.position, checkpoint_.state};
  calls_.start();
  const Delivery delivery = spec_.sink_object->begin(progress, calls_);
  if (delivery.outcome == Delivery::Outcome::disabled) return disable(delivery.reason);
  if (delivery.outcome != Delivery::Outcome::delivered) {
    board_.count_retry();
    static_cast<void>(wait_out(delivery.reason, delivery.retry_ms));
    return;
  }
  if (progress.position > source_.readable())
    return block("its target is ahead of the log, which has lost events");
  const bool changed = progress.position != checkpoint_.position ||
                       progress.state != checkpoint_.state || calls_.has_changes();
  if (progress.position < checkpoint_.position)  // it reads again what it has lost
    board_.set_needed(progress.position + 1, checkpoint_.reset_number);
  checkpoint_.position = progress.position;
  checkpoint_.state = std::move(progress.state);
  drop_batch();
  if (changed && !save(Sync::when_due)) return;
  letters_version_ = none_seen;
  begun_ = true;
  recovered();
}

// One look at the log. A full batch goes at once, another when its first event is batch_ms old, or
// when what follows it cannot be read.
void Projector::round() {
  const bool was_empty = batch_.empty();
  const auto filled = batch_.fill({spec_.batch_events_max, spec_.batch_bytes_max});
  if (!filled.ok() && batch_.empty()) {
    static_cast<void>(wait_out("the log: " + filled.error().message));
    return;
  }
  if (filled.ok() && backoff_.tries() > 0) recovered();
  if (was_empty && !batch_.empty()) {
    const UnixUs came = batch_.events().front().server_time;
    const std::int64_t age_ms = (clock_.now().value - came.value) / us_per_ms;
    gathered_since_ms_ = clock_.steady_ms() - std::clamp<std::int64_t>(age_ms, 0, spec_.batch_ms);
    board_.set_oldest(came);
  }
  if (batch_.empty()) {
    checkpoint_.position = std::max(checkpoint_.position, batch_.seen());
    board_.set_position(checkpoint_.position);
    board_.set_oldest({});
  } else if (batch_.full() || due_in_ms() <= 0 || !filled.ok()) {
    const bool all = deliver_batch();
    drop_batch();
    if (!all || watch_.interrupted()) return;
    static_cast<void>(try_letters());
    return;
  }
  if (!try_letters()) return;
  save_looked();
  if (batch_.behind()) return;
  const std::int64_t poll_ms = std::max<std::int64_t>(options_.poll_ms, 1);
  const std::int64_t ms =
      batch_.empty() ? poll_ms : std::clamp<std::int64_t>(due_in_ms(), 1, poll_ms);
  static_cast<void>(watch_.wait_for_stop(ms));
}

std::int64_t Projector::due_in_ms() const {
  return gathered_since_ms_ + spec_.batch_ms - clock_.steady_ms();
}

// While nothing is delivered: how old is what waits? Holds one event.
void Projector::look_for_oldest() {
  if (!batch_.empty()) return;
  const auto filled = batch_.fill({1, 1});
  if (filled.ok() && !batch_.empty()) board_.set_oldest(batch_.events().front().server_time);
}

// What was gathered is read again.
void Projector::drop_batch() {
  batch_.seek(checkpoint_.position);
  board_.set_position(checkpoint_.position);
  board_.set_oldest({});
}

bool Projector::wanted(Position position) const {
  return position > dead_until_ || !control_.was_dead(spec_.name, position);
}

}  // namespace daybook::project
