// One commit group: the stages of sequencer.h, in their order.
#include "base/clock.h"
#include "base/logging.h"
#include "sequencer/sequencer_impl.h"

namespace daybook {
namespace {

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

}  // namespace

// False when the log failed. `group` may be null: then only what is due.
bool Sequencer::Impl::run_group(Submission* group) {
  context.now = next_time(context.now, seam.now());
  context.secret = ids.secret();
  context.arena = &arena;
  keys_in_group.clear();
  decide_due();
  std::uint64_t commands = 0;
  for (Submission* s = group; s != nullptr; s = s->next) {
    for (SubmissionItem& item : s->items) {
      ++commands;
      if (is_full()) {
        if (!commit(group)) return false;
        context.secret = ids.secret();
      }
      if (!item.idempotency_key.empty() && recall(item)) continue;
      decide(item);
    }
  }
  stats.commands.fetch_add(commands, std::memory_order_relaxed);
  if (!commit(group)) return false;
  answer(group);
  return true;
}

bool Sequencer::Impl::is_full() const {
  return std::any_of(parts.begin(), parts.end(), [this](const Part& part) {
    return part.frames.size() >= limits.group_frames_bytes_max;
  });
}

// What is decided becomes durable and visible. False when the log failed.
bool Sequencer::Impl::commit(Submission* group) {
  auto committed = append();
  if (!committed.ok()) {
    const Error error = std::move(committed).error();
    stop_writing();  // before anybody is told
    fail(group, error);
    if (on_failure) on_failure(error);
    return false;
  }
  if (committed->count > 0) project(*committed);
  finish(*committed);
  arena.reset();
  return true;
}

// True when the item is answered (or refused) by what an earlier use of its key left.
bool Sequencer::Impl::recall(SubmissionItem& item) {
  Outcome& outcome = item.outcome;
  if (keys_in_group.contains(item.idempotency_key)) {
    refuse(outcome, Errc::conflict, "a request with this Idempotency-Key is being worked on");
    return true;
  }
  auto recalled = find_key(KeyHash{key_seed}(item.idempotency_key), item.idempotency_key);
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
  outcome.durability = item.domain->durability();
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

// What the passing of time brings about comes first: a command finds everything expired that is.
void Sequencer::Impl::decide_due() {
  constexpr std::int64_t quiet_us = 100'000;
  log::FrameFields fields;
  fields.server_time = context.now;
  for (Part& part : parts) {
    const auto due = part.domain->next_due();
    if (!due || *due > context.now) continue;
    context.id = ids.command_id(context.now);
    context.token = ids.secret();
    fields.topic = part.domain->topic();
    fields.schema_version = part.domain->event_version();
    fields.event_id = context.id;
    const std::uint32_t events =
        part.domain->decide_due(context, [&](std::span<const std::uint8_t> payload) {
          frame_writer.append(part.frames, fields, payload);
          part.ids.push_back(fields.event_id);
          fields.event_id = ids.event_id(context.now);
        });
    if (events == 0) quiet_until_us = steady_us() + quiet_us;
  }
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
  context.id = ids.command_id(context.now);
  context.token = ids.secret();
  fields.event_id = context.id;
  auto decided = item.domain->decide_and_apply(
      item.command, context,
      [&](std::span<const std::uint8_t> payload) {
        frame_writer.append(part.frames, fields, payload);
        part.ids.push_back(fields.event_id);
        fields.event_id = ids.event_id(context.now);
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
  if (*decided == 0) return;
  written.push_back(&item);
  if (!item.idempotency_key.empty()) keys_in_group.insert(item.idempotency_key);
}

Result<log::Committed> Sequencer::Impl::append() {
  group_parts.clear();
  std::uint32_t events = 0;
  Durability durability = Durability::interval;  // unless one topic of the group wants more
  for (const Part& part : parts) {
    if (part.ids.empty()) continue;
    const auto count = static_cast<std::uint32_t>(part.ids.size());
    group_parts.push_back({part.domain->topic(), count, part.frames});
    events += count;
    if (part.domain->durability() == Durability::synced) durability = Durability::synced;
  }
  if (events == 0) return log::Committed{};
  const std::int64_t from_us = steady_us();
  auto committed = seam.append(group_parts, durability);
  stats.append_us.fetch_add(static_cast<std::uint64_t>(steady_us() - from_us),
                            std::memory_order_relaxed);
  if (!committed.ok()) return committed;
  DAYBOOK_CHECK(committed->count == events);
  if (durability == Durability::synced) {
    sync_by_us = 0;
  } else if (sync_by_us == 0) {
    sync_by_us = from_us + limits.sync_interval_ms * 1000;
  }
  group_durability = durability;
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
void Sequencer::Impl::finish(const log::Committed& committed) {
  for (SubmissionItem* item : written) {
    Outcome& outcome = item->outcome;
    outcome.position = part_of(item->domain).first + (outcome.position.value - 1);
    outcome.group_hash = committed.hash;
    outcome.durability = group_durability;
    if (!item->idempotency_key.empty())
      index.insert(KeyHash{key_seed}(item->idempotency_key), outcome.position);
  }
  written.clear();
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
