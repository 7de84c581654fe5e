// What the sequencer holds, for its own two files. Thread: see sequencer.h.
#pragma once

#include "base/digest.h"
#include "base/random.h"
#include "sequencer/command_queue.h"
#include "sequencer/event_ids.h"
#include "sequencer/idempotency_index.h"
#include "sequencer/sequencer.h"

#include <algorithm>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace daybook {

// One topic's share of the group being made.
struct Part {
  AnyDomain* domain = nullptr;
  std::string frames;
  std::vector<Id128> ids;  // one per event
  Position first{};        // known after append
};

// One port's answers of the group.
struct PortList {
  CompletionPort* port = nullptr;
  Submission* first = nullptr;
  Submission* last = nullptr;
};

// With a seed nobody knows: clients choose the keys, and must not find many of one hash.
struct KeyHash {
  std::uint64_t seed = 0;
  std::size_t operator()(std::string_view key) const { return xxh64(key, seed); }
};

constexpr std::string_view log_failed_words =
    "the log failed and nothing more is written; whether this request was stored shows after the "
    "restart";

struct Sequencer::Impl {
  Impl(std::span<AnyDomain* const> domains, const SequencerLimits& limits_in, SequencerSeam seam_in,
       Position head)
      : limits(limits_in),
        seam(std::move(seam_in)),
        queue(limits.queue_commands_max, limits.queue_bytes_max),
        key_seed(seam.id_seed != 0 ? seam.id_seed : system_random_u64()),
        ids(seam.id_seed),
        visible(head.value) {
    for (AnyDomain* domain : domains) parts.push_back({domain, {}, {}, {}});
    std::sort(parts.begin(), parts.end(),
              [](const Part& a, const Part& b) { return a.domain->topic() < b.domain->topic(); });
  }

  // sequencer.cc
  void run();
  [[nodiscard]] std::int64_t wait_us() const;
  [[nodiscard]] bool is_due() const;
  void sync();
  void stop_writing();

  // commit_group.cc: one group, stage by stage
  bool run_group(Submission* group);
  void decide_due();
  bool recall(SubmissionItem& item);
  Result<SequencerSeam::Recalled> find_key(std::uint64_t hash, std::string_view key);
  void decide(SubmissionItem& item);
  [[nodiscard]] bool is_full() const;
  bool commit(Submission* group);
  Result<log::Committed> append();
  void project(const log::Committed& committed);
  void finish(const log::Committed& committed);
  void answer(Submission* group);
  void fail(Submission* group, const Error& error);
  Part& part_of(const AnyDomain* domain);

  const SequencerLimits limits;
  const SequencerSeam seam;
  CommandQueue queue;
  SequencerStats stats;
  std::function<void(const Error&)> on_failure;
  std::function<void(std::uint32_t, std::int64_t)> on_group;

  // Sequencer thread (before start(): the thread that made it).
  std::vector<Part> parts;  // ascending by topic
  std::vector<log::GroupPart> group_parts;
  std::vector<PortList> ports;
  std::vector<SubmissionItem*> written;  // decided, their positions not known yet
  const std::uint64_t key_seed;          // of the idempotency keys' hashes
  std::unordered_set<std::string_view, KeyHash> keys_in_group{0, KeyHash{key_seed}};
  IdempotencyIndex index;
  std::string last_remembered_key;
  log::FrameWriter frame_writer;
  EventIds ids;
  Context context;
  Arena arena;                      // the group's: strings that decide makes
  std::int64_t quiet_until_us = 0;  // steady; a domain that was due and did nothing is left alone
  Durability group_durability = Durability::synced;
  std::int64_t sync_by_us = 0;  // steady; 0: everything appended is durable

  std::atomic<std::uint64_t> visible;
  std::atomic<bool> failed{false};
  std::atomic<bool> stopping{false};
  std::thread thread;
};

}  // namespace daybook
