// Idempotency index: which position first carried a key, for every key the log has ever held.
// Keeps 64-bit hashes only (16 bytes a slot); the log itself is asked whether the key is really the
// same. Sharded so that growing one shard never takes long. Confined to the sequencer thread.
#pragma once

#include <daybook/ids.h>

#include <array>
#include <cstdint>
#include <vector>

namespace daybook {

class IdempotencyIndex {
 public:
  static constexpr std::size_t shards = 1024;

  // Adds a position for this hash. Equal hashes of different keys may both be in.
  void insert(std::uint64_t hash, Position first);

  // Calls f(Position) for each position under this hash until it returns true.
  template <class F>
  bool any_of(std::uint64_t hash, F&& f) const {
    const Shard& shard = shards_[hash % shards];
    if (shard.slots.empty()) return false;
    for (std::size_t at = start_of(hash, shard.slots.size());;
         at = at + 1 == shard.slots.size() ? 0 : at + 1) {
      const Slot& slot = shard.slots[at];
      if (slot.position == 0) return false;
      if (slot.hash == hash && f(Position{slot.position})) return true;
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t position = 0;  // 0: free
  };
  struct Shard {
    std::vector<Slot> slots;
    std::size_t used = 0;
  };
  static std::size_t start_of(std::uint64_t hash, std::size_t slots) {
    return (hash / shards) % slots;
  }
  static void place(std::vector<Slot>& slots, const Slot& slot);

  std::array<Shard, shards> shards_;
  std::size_t size_ = 0;
};

}  // namespace daybook
