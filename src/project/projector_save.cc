// What a projector keeps and says: its checkpoint, why it waits, that it is disabled.
#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "project/projector.h"

namespace daybook::project {
namespace {

constexpr std::int64_t us_per_ms = 1000;

}  // namespace

bool Projector::sync_due() const {
  return synced_position_ < checkpoint_.position &&
         clock_.steady_ms() - last_sync_ms_ >= options_.sync_ms;
}

// One write: the rows of the last call and the checkpoint. Tried until it is done, pause or not:
// the target has the events already. False: to stop.
bool Projector::save(Sync sync) {
  const auto changes = changes_to_save();
  while (true) {
    const auto saved = save_once(changes, sync == Sync::now || sync_due());
    if (saved.ok()) break;
    const std::int64_t ms = save_backoff_.next();
    board_.set_state(ProjectorState::waiting, saved.error().message,
                     UnixUs{clock_.now().value + ms * us_per_ms});
    if (save_backoff_.tries() == 1)
      log_error("a projector cannot save its progress",
                {{"projector", spec_.name}, {"reason", saved.error().message}});
    unsaved_ = !watch_.wait_for_stop(ms);
    if (unsaved_) return false;
  }
  if (save_backoff_.tries() > 0) board_.set_state(ProjectorState::running);
  save_backoff_.reset();
  return true;
}

std::vector<state::Change> Projector::changes_to_save() {
  auto changes = calls_.take_changes();
  changes.push_back({state::Family::checkpoints, spec_.name, encode_checkpoint(checkpoint_)});
  return changes;
}

Result<void> Projector::save_once(const std::vector<state::Change>& changes, bool sync) {
  DAYBOOK_TRY_VOID(store_.write(changes, sync));
  saved_position_ = checkpoint_.position;
  last_save_ms_ = clock_.steady_ms();
  if (!sync) return {};
  synced_position_ = checkpoint_.position;
  last_sync_ms_ = last_save_ms_;
  board_.set_needed(synced_position_ + 1, checkpoint_.reset_number);
  return {};
}

// Progress over events that were not wanted: now and then, or nobody would know of it.
void Projector::save_looked() {
  const bool behind = saved_position_ < checkpoint_.position &&
                      clock_.steady_ms() - last_save_ms_ >= options_.checkpoint_ms;
  if (!behind && !sync_due()) return;
  calls_.start();
  static_cast<void>(save(Sync::when_due));
}

bool Projector::wait_out(std::string reason, std::int64_t not_before_ms) {
  if (watch_.interrupted()) return false;
  const std::int64_t ms = backoff_.next(not_before_ms);
  if (backoff_.tries() == 1)
    log_warn("a projector waits",
             {{"projector", spec_.name}, {"reason", reason}, {"next_try_ms", ms}});
  return wait_shown(reason, ms);
}

bool Projector::wait_shown(const std::string& reason, std::int64_t ms) {
  board_.set_state(ProjectorState::waiting, reason, UnixUs{clock_.now().value + ms * us_per_ms});
  return watch_.wait(ms);
}

// The target took something, or the sink has begun.
void Projector::recovered() {
  if (backoff_.tries() > 0) log_info("a projector goes on", {{"projector", spec_.name}});
  backoff_.reset();
  if (board_.state() != ProjectorState::running) board_.set_state(ProjectorState::running);
}

void Projector::disable(const std::string& reason) {
  log_error("a projector is disabled", {{"projector", spec_.name}, {"reason", reason}});
  begun_ = false;
  while (true) {
    const auto said = control_.disable(spec_.name, reason);
    if (said.ok()) return;
    if (!wait_out("cannot be disabled: " + said.error().message)) return;
  }
}

}  // namespace daybook::project
