#include "sequencer/idempotency_index.h"

namespace daybook {

void IdempotencyIndex::place(std::vector<Slot>& slots, const Slot& slot) {
  std::size_t at = start_of(slot.hash, slots.size());
  while (slots[at].position != 0) at = at + 1 == slots.size() ? 0 : at + 1;
  slots[at] = slot;
}

void IdempotencyIndex::insert(std::uint64_t hash, Position first) {
  Shard& shard = shards_[hash % shards];
  // At most three quarters full, growing by half: linear probing stays short.
  if ((shard.used + 1) * 4 > shard.slots.size() * 3) {
    std::vector<Slot> larger(shard.slots.size() < 8 ? 8 : shard.slots.size() * 3 / 2);
    for (const Slot& slot : shard.slots)
      if (slot.position != 0) place(larger, slot);
    shard.slots = std::move(larger);
  }
  place(shard.slots, Slot{hash, first.value});
  ++shard.used;
  ++size_;
}

}  // namespace daybook
