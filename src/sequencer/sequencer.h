// The sequencer: one thread that turns commands into durable events, in one order.
//
// Stages of one commit group, in order:
//
//   drain    take everything that waits, up to group_commands_max and group_bytes_max
//   due      ask each domain what the passing of time brings about: events like any others
//   recall   a known idempotency key gets its first answer again; in flight: conflict; other body:
//            invalid
//   decide   domain: state + command → events or a rejection; apply each event to the (private)
//            state
//   encode   event → envelope frame, collected per topic
//   append   ONE durable write of the group (the log's, through the seam)
//   project  the committed events into the views that readers see
//   publish  the visible position moves
//   answer   every submission goes back to its port, one hand-over per port and group
//
// When the events grow to group_frames_bytes_max before all is decided, append to publish come
// early, and decide goes on; so one submission may be committed in parts, each a group of the log.
//
// A group whose events are all of topics with Durability::interval is written without its fsync;
// the next synced group, or the end of sync_interval_ms, makes it durable.
//
// Why refusals wait for append too: a refusal may rest on an event of the same group that is not on
// disk yet, and no answer may show what a crash could take back. A group without events is answered
// at once.
//
// Fail-stop: the first failed append ends writing for good. Everything that waits or comes later is
// answered `unavailable`, failed() turns true and on_failure is called once; the process is to
// exit.
//
// Threads: push() from any; everything else of a group runs on the thread named "sequencer". No
// globals; one process may hold several.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include "log/event_log.h"
#include "sequencer/submission.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace daybook {

struct SequencerLimits {
  std::size_t queue_commands_max = 65536;
  std::size_t queue_bytes_max = 256u << 20;
  std::size_t group_commands_max = 8192;
  std::size_t group_bytes_max = 16u << 20;
  // A group that has grown to this is committed, the rest of its commands is the next: a command
  // may make events many times its size, and a topic's share must fit log::record_bytes_max
  // together with the largest command's.
  std::size_t group_frames_bytes_max = 16u << 20;
  std::size_t idempotency_keys_max = 50'000'000;
  // How long a group of Durability::interval may wait for its fsync.
  std::int64_t sync_interval_ms = 100;
};

// The sequencer's whole outside world, so that a test can commit without a disk.
struct SequencerSeam {
  std::function<UnixUs()> now;
  std::function<Result<log::Committed>(std::span<const log::GroupPart>, Durability)> append;
  // Makes everything appended so far durable. Asked for only after an interval append.
  std::function<Result<void>()> sync;
  std::function<void(Position visible)> publish;
  // The events from `first` on that carry this idempotency key, from the log.
  struct Recalled {
    bool found = false;  // the event at `first` carries the key
    Position first{};
    Id128 fingerprint{};
    TopicId topic{};
    Hash256 group_hash{};
    std::vector<std::pair<std::uint16_t, std::string>>
        events;  // {schema version, payload}, in order
  };
  std::function<Result<Recalled>(Position first, std::string_view key)> recall;
  std::uint64_t id_seed = 0;  // for ids and secrets; 0: from the system
};

// Counters any thread may read; written by the sequencer only.
struct SequencerStats {
  std::atomic<std::uint64_t> groups{0}, commands{0}, events{0}, refused{0}, repeated{0}, busy{0};
  std::atomic<std::uint64_t> busy_us{0}, append_us{0};  // working at all; inside append
  std::atomic<std::uint64_t> idempotency_keys{0};
};

class Sequencer {
 public:
  // `domains`: not owned, one per topic. The log behind the seam is at `head`.
  Sequencer(std::span<AnyDomain* const> domains, const SequencerLimits& limits, SequencerSeam seam,
            Position head);
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Before start(): tells of an event already in the log that carries a key (replay).
  void remember(std::string_view idempotency_key, Position first);

  void start();
  // Takes no more, commits and answers all that was accepted, ends the thread. Idempotent.
  void drain_and_stop();

  // Hands over a list of submissions (linked by `next`, ending in null; ownership passes), in
  // order, with one wake-up. Returns the rest of the list that found no room (ownership stays with
  // the caller; answer those `busy`); null when all went in. After drain or failure everything is
  // handed back.
  [[nodiscard]] Submission* push(Submission* first);

  [[nodiscard]] Position visible() const;
  [[nodiscard]] bool failed() const;
  [[nodiscard]] bool stopping() const;
  [[nodiscard]] std::size_t queue_commands() const;
  [[nodiscard]] const SequencerStats& stats() const;
  // Called once on the sequencer thread when append fails. Set before start().
  std::function<void(const Error&)> on_failure;
  // Called after each group with {events, write_us}; for the histograms. Set before start().
  std::function<void(std::uint32_t events, std::int64_t write_us)> on_group;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook
