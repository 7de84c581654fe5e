// The world of the runtime's tests: a log in memory, the words about projectors in memory, a store
// that can lose what was not fsynced, a target that can be judged, and a kill at any instant.
//
// Threads: any, but for what says otherwise. What outlives a kill - log, control, store, target -
// is kept apart from the Runtime, which is made anew.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "metrics/metrics.h"
#include "project/runtime.h"
#include "sim_clock.h"

namespace daybook::project {

// Counts what has an effect, and dies at one of them: before it or after it. The dead do nothing.
class Kill {
 public:
  // At the `step`-th effect from now (from 1).
  void at(std::uint64_t step, bool after);
  void revive();
  // Whether this effect happens; then whether its caller hears of it.
  struct Instant {
    bool happens = true;
    bool heard = true;
  };
  [[nodiscard]] Instant next();
  [[nodiscard]] bool dead() const;
  [[nodiscard]] std::uint64_t steps() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t steps_ = 0;
  std::optional<std::uint64_t> kill_at_;
  bool after_ = false;
  bool dead_ = false;
};

class FakeSource final : public Source {
 public:
  explicit FakeSource(SimClock& clock) : clock_(clock) {}
  // An event of the topic at the next position.
  Position add(std::string type, std::string key, std::string data, std::string topic = "forms");
  // Positions of other topics.
  void skip(std::uint64_t positions);
  void fail(std::optional<Error> error);
  void cut(Position last);  // the log loses what is after it

  [[nodiscard]] Position readable() const override;
  Result<Position> read(std::string_view topic, Position from, const EventFilter& filter,
                        const std::function<bool(PublicEvent& event)>& f) override;
  [[nodiscard]] std::optional<Columns> columns(const PublicEvent& event) override;
  Result<Position> append(std::string_view topic, std::string_view line,
                          std::string_view idempotency_key) override;
  std::vector<std::string> appended;  // by the sink; after the runtime is stopped

 private:
  SimClock& clock_;
  mutable std::mutex mutex_;
  std::vector<PublicEvent> events_;
  Position last_{0};
  std::optional<Error> error_;
};

class FakeControl final : public Control {
 public:
  explicit FakeControl(Kill& kill) : kill_(kill) {}

  // What a person does.
  void pause(const std::string& projector, std::string reason = "a person");
  void resume(const std::string& projector);
  void reset(const std::string& projector, Position next);
  void retry(const std::string& projector, Position position);
  void edit(const std::string& projector, Position position, std::string data);
  void skip(const std::string& projector, Position position);
  // The log takes nothing: every word into it is answered with this.
  void refuse(std::optional<Error> error);

  struct Letter {
    DeadLetter letter;
    std::uint32_t tries = 0;
    bool asked = false;
    bool open = true;
    bool delivered = false;
  };
  [[nodiscard]] std::optional<Letter> letter(const std::string& projector, Position position) const;
  [[nodiscard]] std::set<std::uint64_t> open_letters(const std::string& projector) const;
  [[nodiscard]] std::vector<std::string> registered() const;

  [[nodiscard]] std::uint64_t version() const override;
  [[nodiscard]] Orders orders(std::string_view projector) const override;
  [[nodiscard]] std::vector<DueLetter> due(std::string_view projector, UnixUs now,
                                           std::size_t max) const override;
  [[nodiscard]] std::optional<UnixUs> next_due(std::string_view projector) const override;
  [[nodiscard]] std::size_t dead_letters(std::string_view projector) const override;
  [[nodiscard]] bool was_dead(std::string_view projector, Position position) const override;
  Result<PublicEvent> load(std::string_view projector, Position position) const override;
  Result<void> add_projector(std::string_view projector, std::string_view topic,
                             std::string_view sink) override;
  Result<void> add_dead_letter(std::string_view projector, const DeadLetter& letter) override;
  Result<void> letter_delivered(std::string_view projector, Position position) override;
  Result<void> letter_failed(std::string_view projector, Position position, const Attempt& attempt,
                             std::optional<UnixUs> next_try_at) override;
  Result<void> disable(std::string_view projector, std::string_view reason) override;

 private:
  struct Of {
    Orders orders;
    std::map<std::uint64_t, Letter> letters;
  };
  template <class F>
  Result<void> say(std::string_view projector, F&& f);
  template <class F>
  void person(const std::string& projector, F&& f);

  Kill& kill_;
  mutable std::mutex mutex_;
  std::map<std::string, Of, std::less<>> projectors_;
  std::vector<std::string> registered_;
  std::uint64_t version_ = 0;
  std::optional<Error> refused_;
};

// Keeps what was not fsynced apart, so that a power cut can take some of it back.
class MemoryStore final : public state::Store {
 public:
  explicit MemoryStore(Kill& kill) : kill_(kill) {}
  // Loses the last `lost` of the writes since the last fsync; all of them when there are fewer.
  void power_cut(std::size_t lost);
  [[nodiscard]] std::size_t unsynced() const;
  void fail(std::optional<Error> error);

  Result<std::optional<std::string>> get(state::Family family, std::string_view key) const override;
  Result<void> write(const std::vector<state::Change>& changes, bool sync) override;
  Result<void> remove_prefix(state::Family family, std::string_view prefix) override;
  Result<void> scan(
      state::Family family, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& f) const override;
  void close() override {}

 private:
  using Rows = std::map<std::pair<state::Family, std::string>, std::string>;
  Result<void> change(bool sync, const std::function<void(Rows&)>& f);

  Kill& kill_;
  mutable std::mutex mutex_;
  Rows rows_;
  std::vector<Rows> before_;  // each unsynced write, the oldest first
  std::optional<Error> error_;
};

// Where events go: survives kills. Its sink is exact: the state is how many rows there are.
class Target {
 public:
  struct Row {
    Position position{};
    bool retried = false;
    std::string data;
  };
  struct Call {
    std::int64_t at_ms = 0;
    std::vector<std::uint64_t> positions;
    bool retried = false;
  };
  // What becomes of these events; asked before any of them is kept. Null: delivered.
  using Judge = std::function<Delivery(std::span<const SinkEvent> events, SinkContext& context)>;
  using Begin = std::function<Delivery(SinkProgress& progress, SinkContext& context)>;

  void judge(Judge judge);
  void on_begin(Begin begin);
  void on_reset(Begin reset);
  [[nodiscard]] std::vector<Row> rows() const;
  [[nodiscard]] std::vector<std::uint64_t> positions() const;
  [[nodiscard]] std::vector<Call> calls() const;
  [[nodiscard]] std::size_t begins() const;
  [[nodiscard]] std::size_t batch_bytes_seen_max() const;
  void forget_calls();

 private:
  friend class TargetSink;
  mutable std::mutex mutex_;
  Judge judge_;
  Begin begin_, reset_;
  std::vector<Row> rows_;
  std::vector<Call> calls_;
  std::size_t begins_ = 0;
  std::size_t bytes_max_ = 0;
};

class World {
 public:
  World();
  // The usual projector "p": topic forms, batches of 4, at once, one in-line try after 1 s.
  ProjectorSpec spec(Target& target, std::string name = "p");
  RetryPlan plan{{1000}, {}};  // of every sink made by spec()

  void start(ProjectorSpec spec);
  void start(std::vector<ProjectorSpec> specs);
  void stop() {
    runtime.reset();
    clock.set_threads(0);
  }
  void run_for(std::int64_t ms);
  [[nodiscard]] ProjectorStatus status(const std::string& name = "p") const;

  Kill kill;
  SimClock clock;
  FakeSource source{clock};
  FakeControl control{kill};
  MemoryStore store{kill};
  state::Store* use_store = &store;
  RuntimeOptions options;
  std::unique_ptr<metrics::Registry> metrics;
  std::unique_ptr<Runtime> runtime;
};

// {from, ..., to}
std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to);
// Rejects the events whose data is `poison`: named, or for the runtime to find.
Target::Judge rejects_poison(bool named, bool final = false);
inline constexpr auto poison = "\"poison\"";

}  // namespace daybook::project
