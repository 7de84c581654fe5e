// Dead letters that are due, between the batches. One that cannot be delivered never holds the
// stream up: letters have a back-off of their own.
#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "project/projector.h"

namespace daybook::project {
namespace {

// The letter is not open any more: a person was faster.
bool is_settled(const Error& error) {
  return error.code == Errc::not_found || error.code == Errc::conflict;
}

}  // namespace

// False: leave what is in hand.
bool Projector::try_letters() {
  if (clock_.steady_ms() < letters_not_before_ms_) return true;
  if (!checkpoint_.delivered_letters.empty() && !say_arrived()) return !watch_.interrupted();
  const std::uint64_t version = control_.version();
  const UnixUs now = clock_.now();
  if (version == letters_version_ && (!letters_due_at_ || now < *letters_due_at_)) return true;
  const auto due = control_.due(spec_.name, now, letters_per_round_max);
  for (const DueLetter& letter : due) {
    if (watch_.interrupted()) return false;
    if (!try_letter(letter)) return !watch_.interrupted();
  }
  if (due.size() == letters_per_round_max) return true;  // the rest after the next batch
  letters_version_ = version;
  letters_due_at_ = control_.next_due(spec_.name);
  return true;
}

// False: no more letters this round.
bool Projector::try_letter(const DueLetter& letter) {
  const auto event = control_.load(spec_.name, letter.position);
  if (!event.ok()) {
    if (is_settled(event.error())) return true;
    letters_not_before_ms_ = clock_.steady_ms() + letters_backoff_.next();
    return false;
  }
  SinkEvent given;
  given.event = &*event;
  given.retried = true;
  SinkProgress progress{checkpoint_.position, checkpoint_.state};
  const Delivery delivery = call_sink({&given, 1}, progress);
  const bool all = delivery.outcome == Delivery::Outcome::delivered || delivery.delivered >= 1;
  if (all && !letter_arrived(letter.position, progress.state)) return false;
  if (!all) board_.count_retry();
  switch (delivery.outcome) {
    case Delivery::Outcome::delivered:
      return true;
    case Delivery::Outcome::disabled:
      disable(delivery.reason);
      return false;
    case Delivery::Outcome::rejected:
      return all || letter_rejected(letter, delivery);
    case Delivery::Outcome::unavailable:
      break;
  }
  letters_not_before_ms_ = clock_.steady_ms() + letters_backoff_.next(delivery.retry_ms);
  return false;
}

// First the rows and the sink's state, with a note that the letter arrived; then the log is told.
// Fsynced, or a power cut could leave a checkpoint from before the letter and a log that has it
// delivered: begin() would take it from the target and nobody bring it again.
bool Projector::letter_arrived(Position position, const std::string& state) {
  checkpoint_.state = state;
  checkpoint_.delivered_letters.push_back(position);
  if (!save(Sync::now)) return false;
  board_.count_batch(1);
  rejected_in_row_ = 0;
  letters_backoff_.reset();
  return say_arrived();
}

bool Projector::say_arrived() {
  auto& letters = checkpoint_.delivered_letters;
  while (!letters.empty()) {
    const auto said = control_.letter_delivered(spec_.name, letters.front());
    if (!said.ok() && !is_settled(said.error())) {
      letters_not_before_ms_ = clock_.steady_ms() + letters_backoff_.next();
      return false;
    }
    if (!said.ok())
      log_warn("a delivered dead letter was settled otherwise",
               {{"projector", spec_.name},
                {"position", letters.front().value},
                {"reason", said.error().message}});
    letters.erase(letters.begin());
  }
  return true;
}

bool Projector::letter_rejected(const DueLetter& letter, const Delivery& delivery) {
  const auto next = delivery.final ? std::nullopt : next_try(letter.tries + 1);
  const auto said =
      control_.letter_failed(spec_.name, letter.position, {clock_.now(), delivery.reason}, next);
  if (said.ok() || is_settled(said.error())) return true;
  letters_not_before_ms_ = clock_.steady_ms() + letters_backoff_.next();
  return false;
}

}  // namespace daybook::project
