// A sink: where a projector brings events - a file, a sheet, a mailbox, another program. One folder
// under src/project/sinks and one line in sink_entries.cc; then it can be named in any number of
// [[projector]] tables. docs/add-a-sink.md walks through one.
//
// The runtime (src/project) reads the log, makes batches, retries, splits off what is poison and
// keeps the checkpoint; a sink only brings a batch to its target and says what became of it.
//
// Exactly once: `progress.state` is kept in one durable write with the position. A sink whose
// target can be read back or cut (a file's length, a sheet's metadata) uses it so that a batch
// which comes again - after a kill, after a lost answer - changes nothing. Others are at least
// once, with the event id for the target to know a repetition by.
//
// Threads: a sink belongs to its projector's thread.
#pragma once

#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

// One event of a batch. `retried`: it comes out of the dead letters, so its position may be before
// ones that were delivered already.
struct SinkEvent {
  const PublicEvent* event = nullptr;
  bool retried = false;
  const PublicEvent* operator->() const { return event; }
  const PublicEvent& operator*() const { return *event; }
};

// How far the target is. Kept by the runtime in the state store.
struct SinkProgress {
  Position position{};  // every wanted event up to it is at the target, skipped or a dead letter
  std::string state;    // the sink's own words: a file's length, a row number
};

// What became of a batch.
struct Delivery {
  enum class Outcome : std::uint8_t {
    delivered,    // all of it is safe at the target
    unavailable,  // the target takes nothing now, or its answer is lost: the same comes again later
    rejected,     // the target does not take one of these events; others it would
    disabled,     // only a person can help (a wrong key, 410): the projector stops until resumed
  };
  Outcome outcome = Outcome::delivered;
  // Not delivered: how many events from the front are safe at the target; `progress.state` is of
  // exactly those.
  std::size_t delivered = 0;
  // rejected: which one, an index into the batch, >= delivered. Absent: not known; the batch is
  // split.
  std::optional<std::size_t> culprit;
  bool final = false;         // rejected: trying it again is of no use
  std::string reason;         // for a person; no personal data, no secrets
  std::int64_t retry_ms = 0;  // unavailable: not before (Retry-After); 0: the runtime's back-off

  static Delivery done() { return {}; }
  static Delivery unavailable(std::string why, std::int64_t not_before_ms = 0,
                              std::size_t delivered_in = 0) {
    return {Outcome::unavailable, delivered_in, {}, false, std::move(why), not_before_ms};
  }
  static Delivery rejected(std::string why, std::optional<std::size_t> which = {},
                           bool is_final = false, std::size_t delivered_in = 0) {
    return {Outcome::rejected, delivered_in, which, is_final, std::move(why), 0};
  }
  static Delivery disabled(std::string why, std::size_t delivered_in = 0) {
    return {Outcome::disabled, delivered_in, {}, false, std::move(why), 0};
  }
};

// What a sink may use besides its target. Valid during the call it is given to.
class SinkContext {
 public:
  virtual ~SinkContext() = default;
  [[nodiscard]] virtual std::string_view projector() const = 0;  // its name
  [[nodiscard]] virtual UnixUs now() const = 0;                  // the wall clock
  [[nodiscard]] virtual std::int64_t steady_ms() const = 0;      // never steps
  // Waits. False: the projector is to stop, pause or reset; return `unavailable` soon.
  [[nodiscard]] virtual bool wait(std::int64_t ms) = 0;
  // The same question without waiting; any thread (a transfer's progress callback).
  [[nodiscard]] virtual bool interrupted() const = 0;

  // The columns of the event's entity as they are now; nullopt: its domain knows none.
  [[nodiscard]] virtual std::optional<Columns> columns(const PublicEvent& event) = 0;

  // This projector's rows in the state store: changed in one write with the progress, or not at
  // all. A read sees the changes of this batch. Keys are bytes; order is bytewise.
  virtual Result<std::optional<std::string>> row(std::string_view key) = 0;
  virtual void put_row(std::string_view key, std::string_view value) = 0;
  virtual void remove_row(std::string_view key) = 0;
  // Calls f for rows whose key begins with the prefix, in order, until it returns false; changes
  // of this batch are not seen.
  virtual Result<void> each_row(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>& f) = 0;

  // A command through the sequencer; returns when it is durable. `line`: the `data` of an NDJSON
  // line, JSON. `idempotency_key`: makes a repetition harmless; not empty. A full queue is waited
  // for. Errors: as the domain refused it; Errc::unavailable when stopping.
  virtual Result<Position> append(std::string_view topic, std::string_view line,
                                  std::string_view idempotency_key) = 0;
};

// When an event that the target rejects is tried again. Between the tries of `in_line_ms` the
// projector waits; then the event goes to the dead letters and the rest go on, and it is tried
// again from there by itself after each of `later_ms` - unless the projector's table says
// otherwise.
struct RetryPlan {
  std::vector<std::int64_t> in_line_ms{1000, 5000};
  std::vector<std::int64_t> later_ms;  // empty: the projector's dead_letter_retry_s and _tries_max
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Once before the first batch, and again after a pause or a disable was lifted: compares the
  // target with `progress` (as last saved; empty state: never begun), takes back what the target
  // has too much, or raises progress to what it already holds. `unavailable` is tried again.
  virtual Delivery begin(SinkProgress& progress, SinkContext& context) = 0;

  // Brings the batch to the target and, when that is safe there, updates progress.state.
  // progress.position is the runtime's. Events are in the order of the log. After an outcome that
  // is not `delivered` the runtime keeps progress.state for the `delivered` ones only.
  virtual Delivery deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                           SinkContext& context) = 0;

  // A person asked to go on from elsewhere; progress.position is already there (0: the beginning),
  // the old state still in progress.state. What is at the target stays unless the sink says
  // otherwise in its README. Rows of the state store are removed by the runtime when it is the
  // beginning.
  virtual Delivery reset(SinkProgress& progress, SinkContext& context) {
    static_cast<void>(context);
    progress.state.clear();
    return Delivery::done();
  }

  // What is this sink's alone, for a person: "out/rows.csv". Two projectors of one target are
  // refused by `config check`; empty: any number may share it.
  [[nodiscard]] virtual std::string target() const { return {}; }

  [[nodiscard]] virtual RetryPlan retry_plan() const { return {}; }
};

// What a sink is told of its projector when it is made.
struct SinkSource {
  std::string projector;  // its name: [A-Za-z0-9_-]{1,64}
  std::string topic;
  EventFilter filter;
  std::string data_dir;  // server.data; relative paths of options are the process's own
};

// One kind of sink: the line in sink_entries.cc.
struct SinkType {
  std::string_view name;  // "csv": `sink = "csv"`
  // Its rows of a [[projector]] table, keys without a dot ("path"). Secrets are files: "key_file".
  std::span<const SettingSpec> options;
  // What it asks of a batch when the table does not say: events, bytes, and how long the first
  // waits for others.
  std::size_t batch_events = 500;
  std::int64_t batch_ms = 1000;
  // Checks the options and makes one; reads secret files, touches no target (`config check` calls
  // it too). Errc::invalid names the option and the rule.
  Result<std::unique_ptr<Sink>> (*make)(const Settings& options,
                                        const SinkSource& source) = nullptr;
};

}  // namespace daybook
