// Submission: one or more commands on their way through the sequencer and back.
//
// Life: an http thread fills it (arena, items) and pushes it; the sequencer fills each item's
// outcome and, when everything the outcomes rest on is durable, hands it to `completion`; the http
// thread reads the outcomes and returns it to its pool. It is owned by exactly one of them at a
// time.
#pragma once

#include <daybook/arena.h>
#include <daybook/domain.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include "domain/any_domain.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace daybook {

struct Outcome {
  bool accepted = false;
  Answer answer;        // accepted
  Error error;          // refused
  Position position{};  // accepted: of the command's first event; 0 when it made none
  std::uint32_t events = 0;
  Hash256 group_hash{};                        // with position: for the receipt
  Durability durability = Durability::synced;  // of those events
  bool repeated = false;  // the idempotency key was known: this is the first answer again
};

struct SubmissionItem {
  AnyDomain* domain = nullptr;
  ErasedCommand command = nullptr;   // in the submission's arena
  std::string_view idempotency_key;  // in the arena; empty: none
  Id128 fingerprint{};               // with the key
  Id128 trace_id{};
  Outcome outcome;  // written by the sequencer
};

struct Submission;

// Where finished submissions go. One per http thread.
class CompletionPort {
 public:
  virtual ~CompletionPort() = default;
  // Takes the finished submissions of one commit group, linked by `next`. Called by the sequencer,
  // at most once per group and port; must not block.
  virtual void complete(Submission* first) = 0;
};

struct Submission {
  Arena arena;
  std::vector<SubmissionItem> items;
  std::size_t bytes = 0;               // of the request, for the queue's byte limit
  CompletionPort* port = nullptr;      // not owned
  std::uint64_t tag_a = 0, tag_b = 0;  // the port's own: which connection, which slot
  Submission* next = nullptr;          // intrusive list, by whoever owns it

  void reset() {
    items.clear();
    arena.reset();
    bytes = 0;
    tag_a = tag_b = 0;
    next = nullptr;
  }
};

}  // namespace daybook
