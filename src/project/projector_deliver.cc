// A batch on its way to the sink: what is delivered is committed, what is poison is split off.
#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/logging.h"
#include "project/projector.h"

namespace daybook::project {
namespace {

constexpr std::int64_t us_per_ms = 1000;
constexpr std::int64_t us_per_s = 1'000'000;

}  // namespace

// False: the rest is to be read again.
bool Projector::deliver_batch() {
  const auto& events = batch_.events();
  std::vector<SinkEvent> given(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) given[i].event = &events[i];
  Split split(events.size());
  culprit_.reset();
  while (!split.done()) {
    if (watch_.interrupted()) return false;
    const auto part = split.part();
    if (culprit_ && part.size() == 1 && culprit_->index == part.from) {
      const Culprit known = *std::exchange(culprit_, std::nullopt);
      note_attempt(events[part.from].position, known.reason);
      if (known.final) {
        if (!rejected_alone(split, known.reason, true)) return false;
        continue;
      }
    }
    SinkProgress progress{checkpoint_.position, checkpoint_.state};
    const Delivery delivery = call_sink({given.data() + part.from, part.size()}, progress);
    const bool all = delivery.outcome == Delivery::Outcome::delivered;
    const std::size_t taken = all ? part.size() : std::min(delivery.delivered, part.size());
    if (taken > 0) {
      split.settled(taken);
      if (!commit(part.from + taken, progress.state)) return false;
      board_.count_batch(taken);
      rejected_in_row_ = 0;
      recovered();
    }
    if (taken == part.size() && delivery.outcome != Delivery::Outcome::disabled) continue;
    board_.count_retry();
    if (delivery.outcome == Delivery::Outcome::disabled) {
      disable(delivery.reason);
      return false;
    }
    const bool on = delivery.outcome == Delivery::Outcome::unavailable
                        ? wait_out(delivery.reason, delivery.retry_ms)
                        : rejected(split, delivery, part.from);
    if (!on) return false;
  }
  return true;
}

Delivery Projector::call_sink(std::span<const SinkEvent> events, SinkProgress& progress) {
  calls_.start();
  const std::int64_t began_us = steady_us();
  Delivery delivery = spec_.sink_object->deliver(events, progress, calls_);
  delivery_us_.observe(
      static_cast<std::uint64_t>(std::max<std::int64_t>(steady_us() - began_us, 0)));
  return delivery;
}

// `first`: where in the batch the rejected call began.
bool Projector::rejected(Split& split, const Delivery& delivery, std::size_t first) {
  const auto part = split.part();
  const bool named = delivery.culprit && *delivery.culprit < part.to - first &&
                     first + *delivery.culprit >= part.from;
  if (part.size() == 1) {
    note_attempt(batch_.events()[part.from].position, delivery.reason);
    return rejected_alone(split, delivery.reason, delivery.final);
  }
  if (!named) {
    split.halve();
    return true;
  }
  const std::size_t index = first + *delivery.culprit;
  culprit_ = Culprit{index, delivery.reason, delivery.final};
  split.isolate(index);
  return true;
}

// The attempt is noted. True: go on with the part, the same one or the next.
bool Projector::rejected_alone(Split& split, const std::string& reason, bool final) {
  if (!final) {
    if (tries_in_line_ < plan_.in_line_ms.size())
      return wait_shown("rejected: " + reason, plan_.in_line_ms[tries_in_line_++]);
    if (rejected_in_row_ + 1 >= rejections_in_row_max)
      return wait_out("the target rejected " + std::to_string(rejections_in_row_max) +
                      " events in a row: " + reason);
  }
  if (control_.dead_letters(spec_.name) >= spec_.dead_letters_max) return wait_for_room();
  if (!bury(split, reason)) return false;
  if (!final) ++rejected_in_row_;
  return true;
}

// As many dead letters as may be are open: a person, or a letter's own retry, must make room. The
// event is tried again each time.
bool Projector::wait_for_room() {
  const std::int64_t ms = backoff_.next();
  const std::int64_t until_ms = clock_.steady_ms() + ms;
  const std::string reason = "there are " + std::to_string(spec_.dead_letters_max) +
                             " open dead letters, and another event was rejected";
  board_.set_state(ProjectorState::waiting, reason, UnixUs{clock_.now().value + ms * us_per_ms});
  if (backoff_.tries() == 1)
    log_warn("a projector waits", {{"projector", spec_.name}, {"reason", reason}});
  while (clock_.steady_ms() < until_ms) {
    if (!watch_.wait(std::min(options_.look_ms, until_ms - clock_.steady_ms()))) return false;
    if (!try_letters()) return false;
    if (control_.dead_letters(spec_.name) < spec_.dead_letters_max) break;
  }
  return true;
}

// The letter is durable before the position moves on.
bool Projector::bury(Split& split, const std::string& reason) {
  const std::size_t at = split.part().from;
  const PublicEvent& event = batch_.events()[at];
  const DeadLetter letter{event, reason, attempts_, next_try(0)};
  while (true) {
    const auto said = control_.add_dead_letter(spec_.name, letter);
    if (said.ok()) break;
    if (!wait_out("cannot keep a dead letter: " + said.error().message)) return false;
    // There may be too many: those whose time has come, or that a person asked for, make room.
    if (!try_letters()) return false;
  }
  log_warn("an event became a dead letter", {{"projector", spec_.name},
                                             {"position", event.position.value},
                                             {"reason", reason},
                                             {"attempts", attempts_.size()}});
  dead_until_ = std::max(dead_until_, event.position);
  split.settled(1);
  calls_.start();  // the rows of the rejected call
  if (!commit(at + 1, checkpoint_.state)) return false;
  recovered();
  return true;
}

// Everything before `upto` is settled, and `state` is the sink's word for it.
bool Projector::commit(std::size_t upto, const std::string& state) {
  const auto& events = batch_.events();
  const bool whole = upto == events.size();
  checkpoint_.position = whole ? batch_.seen() : events[upto - 1].position;
  checkpoint_.state = state;
  attempts_.clear();
  tries_in_line_ = 0;
  head_ = {};
  if (!save(Sync::when_due)) return false;
  board_.set_position(checkpoint_.position);
  if (whole)
    board_.set_oldest({});
  else
    board_.set_oldest(events[upto].server_time);
  return true;
}

// The first one and the latest are kept.
void Projector::note_attempt(Position position, const std::string& reason) {
  if (head_ != position) {
    head_ = position;
    attempts_.clear();
    tries_in_line_ = 0;
  }
  if (attempts_.size() >= attempts_kept_max) attempts_.erase(attempts_.begin() + 1);
  attempts_.push_back({clock_.now(), reason});
}

// When a letter that was tried `tries` times out of the dead letters is tried again by itself.
std::optional<UnixUs> Projector::next_try(std::uint32_t tries) const {
  const UnixUs now = clock_.now();
  if (!plan_.later_ms.empty() && !spec_.own_retries) {
    if (tries >= plan_.later_ms.size()) return std::nullopt;
    return UnixUs{now.value + plan_.later_ms[tries] * us_per_ms};
  }
  if (spec_.dead_letter_retry_s <= 0 || tries >= spec_.dead_letter_tries_max) return std::nullopt;
  return UnixUs{now.value + spec_.dead_letter_retry_s * us_per_s};
}

}  // namespace daybook::project
