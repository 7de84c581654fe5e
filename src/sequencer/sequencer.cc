#include "sequencer/sequencer.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/logging.h"
#include "base/random.h"
#include "base/thread.h"
#include "sequencer/command_queue.h"
#include "sequencer/idempotency_index.h"

#include <algorithm>
#include <thread>
#include <unordered_set>

namespace daybook {
namespace {

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

// UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, then random.
Id128 make_event_id(UnixUs now, Rng& rng) {
  Id128 id;
  const auto ms = static_cast<std::uint64_t>(now.value / 1000);
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  std::uint64_t a = rng.next();
  const std::uint64_t b = rng.next();
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (a & 0x0F));
  a >>= 8;
  id.bytes[7] = static_cast<std::uint8_t>(a);
  for (std::size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(b >> (8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

// Small steps back of the wall clock are held until time catches up. A large one is followed: a
// clock that was wrong once must not make every later event look too old until the next restart.
UnixUs next_time(UnixUs last, UnixUs wall) {
  constexpr std::int64_t held_us_max = 5'000'000;
  if (wall >= last) return wall;
  if (last.value - wall.value <= held_us_max) return last;
  log_warn("the wall clock went back", {{"seconds", (last.value - wall.value) / 1'000'000}});
  return wall;
}

void refuse(Outcome& outcome, Errc code, std::string_view message) {
  outcome.accepted = false;
  outcome.error = Error{code, std::string(message)};
}

constexpr std::string_view log_failed_words =
    "the log failed and nothing more is written; whether this request was stored shows after the "
    "restart";

}  // namespace

struct Sequencer::Impl {
  Impl(std::span<AnyDomain* const> domains, const SequencerLimits& limits_in, SequencerSeam seam_in,
       Position head)
      : limits(limits_in),
        seam(std::move(seam_in)),
        queue(limits.queue_commands_max, limits.queue_bytes_max),
        rng(seam.id_seed != 0 ? seam.id_seed : system_random_u64()),
        visible(head.value) {
    for (AnyDomain* domain : domains) parts.push_back({domain, {}, {}, {}});
    std::sort(parts.begin(), parts.end(),
              [](const Part& a, const Part& b) { return a.domain->topic() < b.domain->topic(); });
  }

  void run();
  bool run_group(Submission* group);
  bool recall(SubmissionItem& item);
  Result<SequencerSeam::Recalled> find_key(std::uint64_t hash, std::string_view key);
  void decide(SubmissionItem& item);
  Result<log::Committed> append();
  void project(const log::Committed& committed);
  void finish(Submission* group, const log::Committed& committed);
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
  std::unordered_set<std::string_view> keys_in_group;
  IdempotencyIndex index;
  std::string last_remembered_key;
  log::FrameWriter frame_writer;
  Rng rng;
  Context context;

  std::atomic<std::uint64_t> visible;
  std::atomic<bool> failed{false};
  std::atomic<bool> stopping{false};
  std::thread thread;
};

Sequencer::Sequencer(std::span<AnyDomain* const> domains, const SequencerLimits& limits,
                     SequencerSeam seam, Position head)
    : impl_(std::make_unique<Impl>(domains, limits, std::move(seam), head)) {}

Sequencer::~Sequencer() { drain_and_stop(); }

void Sequencer::remember(std::string_view idempotency_key, Position first) {
  const std::uint64_t hash = xxh64(idempotency_key);
  // The later events of one command follow its first and carry the same key.
  if (idempotency_key == impl_->last_remembered_key) return;
  impl_->last_remembered_key = idempotency_key;
  impl_->index.insert(hash, first);
  impl_->stats.idempotency_keys.store(impl_->index.size(), std::memory_order_relaxed);
}

void Sequencer::start() {
  impl_->on_failure = on_failure;
  impl_->on_group = on_group;
  impl_->thread = std::thread([this] { impl_->run(); });
}

void Sequencer::drain_and_stop() {
  impl_->stopping.store(true, std::memory_order_release);
  impl_->queue.close();
  if (impl_->thread.joinable()) impl_->thread.join();
}

Submission* Sequencer::push(Submission* first) {
  Submission* rest = impl_->queue.push(first);
  std::uint64_t busy = 0;
  for (const Submission* s = rest; s != nullptr; s = s->next) ++busy;
  if (busy > 0) impl_->stats.busy.fetch_add(busy, std::memory_order_relaxed);
  return rest;
}

Position Sequencer::visible() const { return {impl_->visible.load(std::memory_order_acquire)}; }
bool Sequencer::failed() const { return impl_->failed.load(std::memory_order_acquire); }
bool Sequencer::stopping() const { return impl_->stopping.load(std::memory_order_acquire); }
std::size_t Sequencer::queue_commands() const { return impl_->queue.commands(); }
const SequencerStats& Sequencer::stats() const { return impl_->stats; }

void Sequencer::Impl::run() {
  set_thread_name("sequencer");
  while (Submission* group = queue.take(limits.group_commands_max, limits.group_bytes_max)) {
    if (failed.load(std::memory_order_relaxed)) {
      fail(group, Error{Errc::unavailable, std::string(log_failed_words)});
      continue;
    }
    const std::int64_t from_us = steady_us();
    run_group(group);
    stats.busy_us.fetch_add(static_cast<std::uint64_t>(steady_us() - from_us),
                            std::memory_order_relaxed);
  }
}

// The stages of sequencer.h, in their order. False when the log failed.
bool Sequencer::Impl::run_group(Submission* group) {
  context.now = next_time(context.now, seam.now());
  keys_in_group.clear();
  std::uint64_t commands = 0;
  for (Submission* s = group; s != nullptr; s = s->next) {
    for (SubmissionItem& item : s->items) {
      ++commands;
      if (!item.idempotency_key.empty() && recall(item)) continue;
      decide(item);
    }
  }
  stats.commands.fetch_add(commands, std::memory_order_relaxed);

  auto committed = append();
  if (!committed.ok()) {
    const Error error = std::move(committed).error();
    failed.store(true, std::memory_order_release);
    queue.close();
    fail(group, error);
    if (on_failure) on_failure(error);
    return false;
  }
  if (committed->count > 0) project(*committed);
  finish(group, *committed);
  answer(group);
  return true;
}

// True when the item is answered (or refused) by what an earlier use of its key left.
bool Sequencer::Impl::recall(SubmissionItem& item) {
  Outcome& outcome = item.outcome;
  if (keys_in_group.contains(item.idempotency_key)) {
    refuse(outcome, Errc::conflict, "a request with this Idempotency-Key is being worked on");
    return true;
  }
  auto recalled = find_key(xxh64(item.idempotency_key), item.idempotency_key);
  if (!recalled.ok()) {
    outcome.accepted = false;
    outcome.error =
        Error{Errc::internal, "the first answer for this Idempotency-Key could not be read"};
    return true;
  }
  if (!recalled->found) {
    if (index.size() < limits.idempotency_keys_max) return false;
    refuse(outcome, Errc::unavailable,
           "no room for another Idempotency-Key (sequencer.idempotency_keys_max)");
    return true;
  }
  if (recalled->fingerprint != item.fingerprint || recalled->topic != item.domain->topic()) {
    outcome.accepted = false;
    outcome.error =
        Error::field("Idempotency-Key", "reused", "was used before with another request");
    return true;
  }
  auto again = item.domain->answer_again(item.command, recalled->events);
  if (!again.ok()) {
    outcome.accepted = false;
    outcome.error = std::move(again).error();
    return true;
  }
  outcome.accepted = true;
  outcome.repeated = true;
  outcome.answer = *std::move(again);
  outcome.position = recalled->first;
  outcome.events = static_cast<std::uint32_t>(recalled->events.size());
  outcome.group_hash = recalled->group_hash;
  stats.repeated.fetch_add(1, std::memory_order_relaxed);
  return true;
}

Result<SequencerSeam::Recalled> Sequencer::Impl::find_key(std::uint64_t hash,
                                                          std::string_view key) {
  Result<SequencerSeam::Recalled> result{SequencerSeam::Recalled{}};
  index.any_of(hash, [&](Position first) {
    auto recalled = seam.recall(first, key);
    if (recalled.ok() && !recalled->found) return false;  // another key with the same hash
    result = std::move(recalled);
    return true;
  });
  return result;
}

Part& Sequencer::Impl::part_of(const AnyDomain* domain) {
  for (Part& part : parts)
    if (part.domain == domain) return part;
  DAYBOOK_CHECK(false && "a command of a domain this sequencer does not have");
  return parts.front();
}

void Sequencer::Impl::decide(SubmissionItem& item) {
  Part& part = part_of(item.domain);
  Outcome& outcome = item.outcome;
  const auto first_ordinal = part.ids.size();
  log::FrameFields fields;
  fields.topic = item.domain->topic();
  fields.schema_version = item.domain->event_version();
  fields.server_time = context.now;
  fields.trace_id = item.trace_id;
  fields.idempotency_key = item.idempotency_key;
  fields.fingerprint = item.fingerprint;
  auto decided = item.domain->decide_and_apply(
      item.command, context,
      [&](std::span<const std::uint8_t> payload) {
        fields.event_id = make_event_id(context.now, rng);
        frame_writer.append(part.frames, fields, payload);
        part.ids.push_back(fields.event_id);
      },
      outcome.answer);
  if (!decided.ok()) {
    outcome.accepted = false;
    outcome.error = std::move(decided).error();
    stats.refused.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  outcome.accepted = true;
  outcome.events = *decided;
  outcome.position = {*decided > 0 ? first_ordinal + 1
                                   : 0};  // within its part until append says where
  if (!item.idempotency_key.empty() && *decided > 0) keys_in_group.insert(item.idempotency_key);
}

Result<log::Committed> Sequencer::Impl::append() {
  group_parts.clear();
  std::uint32_t events = 0;
  for (const Part& part : parts) {
    if (part.ids.empty()) continue;
    const auto count = static_cast<std::uint32_t>(part.ids.size());
    group_parts.push_back({part.domain->topic(), count, part.frames});
    events += count;
  }
  if (events == 0) return log::Committed{};
  const std::int64_t from_us = steady_us();
  auto committed = seam.append(group_parts);
  stats.append_us.fetch_add(static_cast<std::uint64_t>(steady_us() - from_us),
                            std::memory_order_relaxed);
  if (committed.ok()) DAYBOOK_CHECK(committed->count == events);
  return committed;
}

void Sequencer::Impl::project(const log::Committed& committed) {
  Position next = committed.first;
  for (Part& part : parts) {
    if (part.ids.empty()) continue;
    part.first = next;
    next = next + part.ids.size();
    part.domain->project_pending(part.first, context.now, part.ids);
  }
  visible.store(next.value - 1, std::memory_order_release);
  if (seam.publish) seam.publish({next.value - 1});
  stats.groups.fetch_add(1, std::memory_order_relaxed);
  stats.events.fetch_add(committed.count, std::memory_order_relaxed);
  if (on_group) on_group(committed.count, committed.write_us);
}

// Turns ordinals into positions and remembers the group's keys.
void Sequencer::Impl::finish(Submission* group, const log::Committed& committed) {
  for (Submission* s = group; s != nullptr; s = s->next) {
    for (SubmissionItem& item : s->items) {
      Outcome& outcome = item.outcome;
      if (!outcome.accepted || outcome.repeated || outcome.events == 0) continue;
      outcome.position = part_of(item.domain).first + (outcome.position.value - 1);
      outcome.group_hash = committed.hash;
      if (!item.idempotency_key.empty())
        index.insert(xxh64(item.idempotency_key), outcome.position);
    }
  }
  if (!keys_in_group.empty()) stats.idempotency_keys.store(index.size(), std::memory_order_relaxed);
  for (Part& part : parts) {
    part.frames.clear();
    part.ids.clear();
  }
}

void Sequencer::Impl::answer(Submission* group) {
  ports.clear();
  while (group != nullptr) {
    Submission* next = group->next;
    group->next = nullptr;
    auto at = std::find_if(ports.begin(), ports.end(),
                           [&](const PortList& p) { return p.port == group->port; });
    if (at == ports.end()) {
      ports.push_back({group->port, group, group});
    } else {
      at->last->next = group;
      at->last = group;
    }
    group = next;
  }
  for (const PortList& list : ports) list.port->complete(list.first);
}

void Sequencer::Impl::fail(Submission* group, const Error& error) {
  for (Submission* s = group; s != nullptr; s = s->next)
    for (SubmissionItem& item : s->items)
      refuse(item.outcome, Errc::unavailable,
             error.code == Errc::unavailable ? std::string_view(error.message) : log_failed_words);
  answer(group);
}

}  // namespace daybook
