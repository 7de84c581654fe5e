// One projector: its thread, and the loop from the log to its sink.
//
//   1 register   Control::add_projector; once
//   2 load       the checkpoint from the state store; none: the beginning. With start_now there is
//                one: start() keeps the log's end, before the server takes anything
//   3 obey       while paused or disabled nothing is done; a reset is obeyed; then Sink::begin
//   4 gather     events from the log into the batch, until it is full or batch_ms old
//   5 deliver    the batch to the sink, split where it holds poison
//   6 commit     rows and checkpoint in one write of the state store
//   7 letters    dead letters that are due, each alone; then 3 again
//
// A kill at any instant loses no event, and doubles none for a sink whose begin() repairs its
// target from its state:
//
//   killed                               | what is found                 | what happens
//   before or while delivering           | the old checkpoint            | begin() repairs the
//   target
//                                        |                               | if part had arrived; the
//                                        |                               | events are read again
//   delivered, not committed             | the old checkpoint            | the same
//   while committing                     | all of the write or none      | one of its neighbours
//   rejected alone, between the tries    | the old checkpoint            | the tries begin anew
//   a dead letter durable, position not  | the old checkpoint            | Control::was_dead: the
//   event moved                                |                               | is passed over
//   letter delivered, not committed      | old state, letter due         | begin() repairs; it
//   comes
//                                        |                               | again, `retried`
//   letter committed, log not told       | its position in the checkpoint| the log is told; it is
//   not
//                                        |                               | delivered again
//   while obeying a reset                | the old reset number          | the reset is obeyed
//   again while disabling                      | no order                      | begin() or the
//   next batch
//                                        |                               | finds it out again
//   power cut                            | an older whole checkpoint     | as "not committed";
//   was_dead
//                                        | (WAL order), log fsynced      | for the letters since
//
// Checkpoints are written without fsync, but for one every sync_ms: what the sink keeps in
// progress.state is safe at its target before the checkpoint is written, so an older one only means
// that begin() has more to take back or to skip. Retention goes by the fsynced one. A delivered
// dead letter is fsynced before the log is told, because the log forgets it then.
//
// A target that rejects rejections_in_row_max different events with nothing delivered between them
// is itself what is wrong: the last of them waits, tried again like an unavailable one, and makes
// no dead letter. A `final` rejection says that it is the event, and is not counted.
//
// Memory: one batch (batch_bytes_max, or one event), one dead letter, the rows of one call.
//
// Threads: start(), stop() by the owner; status(), needed_from() from any; the rest is the
// projector's own.
#pragma once

#include <daybook/sink.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "metrics/metrics.h"
#include "project/backoff.h"
#include "project/batch.h"
#include "project/checkpoint.h"
#include "project/runtime.h"
#include "project/sink_calls.h"
#include "project/split.h"
#include "project/status_board.h"
#include "project/watch.h"

namespace daybook::project {

constexpr std::size_t rejections_in_row_max = 10;
constexpr std::size_t letters_per_round_max = 10;

class Projector {
 public:
  struct Parts {  // none owned
    Source& source;
    state::Store& store;
    Control& control;
    Clock& clock;
    metrics::Registry& metrics;
    const RuntimeOptions& options;
  };
  // `number`: of its thread's name.
  Projector(ProjectorSpec spec, std::size_t number, const Parts& parts, std::uint64_t jitter_seed);
  ~Projector();
  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;

  void start();
  // Asks the thread to end; join() waits for it. Both idempotent.
  void stop() { watch_.stop(); }
  void join();

  [[nodiscard]] const std::string& name() const { return spec_.name; }
  [[nodiscard]] ProjectorStatus status() const { return board_.status(); }
  [[nodiscard]] Position needed_from() const { return board_.needed_from(); }

 private:
  // --- projector.cc: the loop. False everywhere: leave what is in hand; stop, or look at the
  // orders.
  void run();
  void fix_start();
  bool register_in_log();
  bool load();
  bool settle_loaded(const std::optional<std::string>& bytes);
  [[nodiscard]] bool is_reset_ahead() const;
  void block(std::string reason);
  bool ready();
  void halt(const Orders& orders);
  void obey_reset(const Orders& orders);
  void begin_sink();
  void round();
  void look_for_oldest();
  void drop_batch();
  [[nodiscard]] std::int64_t due_in_ms() const;
  bool wanted(Position position) const;

  // --- projector_deliver.cc: one batch.
  bool deliver_batch();
  Delivery call_sink(std::span<const SinkEvent> events, SinkProgress& progress);
  bool rejected(Split& split, const Delivery& delivery, std::size_t first);
  bool rejected_alone(Split& split, const std::string& reason, bool final);
  bool wait_for_room();
  bool bury(Split& split, const std::string& reason);
  bool commit(std::size_t upto, const std::string& state);
  void note_attempt(Position position, const std::string& reason);
  [[nodiscard]] std::optional<UnixUs> next_try(std::uint32_t tries) const;

  // --- projector_letters.cc: dead letters.
  bool try_letters();
  bool try_letter(const DueLetter& letter);
  bool letter_arrived(Position position, const std::string& state);
  bool say_arrived();
  bool letter_rejected(const DueLetter& letter, const Delivery& delivery);

  // --- projector_save.cc: checkpoint, waiting, words into the log.
  enum class Sync : std::uint8_t { when_due, now };
  bool save(Sync sync);
  [[nodiscard]] std::vector<state::Change> changes_to_save();
  Result<void> save_once(const std::vector<state::Change>& changes, bool sync);
  void save_looked();
  [[nodiscard]] bool sync_due() const;
  // Waits with back-off and shows why. False: interrupted.
  bool wait_out(std::string reason, std::int64_t not_before_ms = 0);
  bool wait_shown(const std::string& reason, std::int64_t ms);
  void disable(const std::string& reason);
  void recovered();

  ProjectorSpec spec_;
  const std::size_t number_;
  Source& source_;
  state::Store& store_;
  Control& control_;
  Clock& clock_;
  const RuntimeOptions options_;
  const RetryPlan plan_;
  const metrics::Histogram delivery_us_;
  Watch watch_;
  StatusBoard board_;
  SinkCalls calls_;
  Batch batch_;
  Backoff backoff_;
  Backoff letters_backoff_;
  Backoff save_backoff_;

  Checkpoint checkpoint_;          // as the target is; saved_position_ trails it
  Position saved_position_{};      // in the state store
  Position synced_position_{};     // fsynced there
  std::int64_t last_save_ms_ = 0;  // steady
  std::int64_t last_sync_ms_ = 0;
  bool loaded_ = false;
  bool begun_ = false;
  bool unsaved_ = false;                // save() gave up: rows of the checkpoint in memory are lost
  bool state_lost_ = false;             // checkpoint_.state is not this sink's
  std::string blocked_;                 // not empty: only a reset helps, and why
  std::int64_t gathered_since_ms_ = 0;  // steady; when the batch's first event came

  // Dead letters are asked about up to here only: they are of a former run, or of this one.
  Position dead_until_{};
  Position first_end_{};  // the log's end when start() was called

  // The event that was rejected last.
  Position head_{};
  std::vector<Attempt> attempts_;    // at most attempts_kept_max
  std::size_t tries_in_line_ = 0;    // waits of plan_.in_line_ms already made
  std::size_t rejected_in_row_ = 0;  // dead letters since anything was delivered
  struct Culprit {                   // named by the sink, not alone yet
    std::size_t index = 0;
    std::string reason;
    bool final = false;
  };
  std::optional<Culprit> culprit_;

  static constexpr std::uint64_t none_seen = ~std::uint64_t{0};
  std::uint64_t letters_version_ = none_seen;  // of Control, when none was due
  std::optional<UnixUs> letters_due_at_;
  std::int64_t letters_not_before_ms_ = 0;  // steady

  std::thread thread_;
};

}  // namespace daybook::project
