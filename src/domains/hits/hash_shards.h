// HashShards: an open-addressing table in 4096 shards, ordered by hash: the first 12 bits of a hash
// choose the shard, the next 32 the place in it. Hence
//   - the ids of a part (events.h) lie in one stretch and are found without looking at the rest;
//   - a shard grows by a quarter, from its own slots alone, so no pause grows with the table.
// A Slot has a member `bits` (those 32 bits, never 0 in a used slot). Nothing is ever removed.
//
// Thread: the owner's.
#pragma once

#include "domains/hits/events.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace daybook::hits {

template <class Slot>
class HashShards {
 public:
  static constexpr std::uint32_t shard_bits = 12;
  static constexpr std::uint32_t shards = 1u << shard_bits;

  HashShards() : shards_(shards) {}

  static std::uint32_t shard_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> (64 - shard_bits));
  }
  static std::uint32_t bits_of(std::uint64_t hash) {
    return std::max(1u, static_cast<std::uint32_t>(hash >> (32 - shard_bits)));
  }

  // The first slot with the hash's bits for which is_it(slot) holds; nullptr: none.
  template <class F>
  const Slot* find(std::uint64_t hash, F&& is_it) const {
    const Shard& shard = shards_[shard_of(hash)];
    if (shard.capacity == 0) return nullptr;
    const std::uint32_t bits = bits_of(hash);
    for (std::uint32_t i = home_of(bits, shard.capacity);; i = next(i, shard.capacity)) {
      const Slot& slot = shard.slots[i];
      if (slot.bits == 0) return nullptr;
      if (slot.bits == bits && is_it(slot)) return &slot;
    }
  }
  template <class F>
  Slot* find(std::uint64_t hash, F&& is_it) {
    return const_cast<Slot*>(
        static_cast<const HashShards*>(this)->find(hash, std::forward<F>(is_it)));
  }

  // A new slot with the hash's bits set. Ends every pointer to a slot.
  Slot& add(std::uint64_t hash) {
    Shard& shard = shards_[shard_of(hash)];
    if ((shard.size + 1) * 5ull > shard.capacity * 4ull) grow(shard);
    ++shard.size;
    ++size_;
    Slot& slot = free_slot(shard, bits_of(hash));
    slot.bits = bits_of(hash);
    return slot;
  }

  // Calls f(slot) for every slot of the shard, about in the order of their hashes.
  template <class F>
  void each_of_shard(std::uint32_t shard, F&& f) {
    for (std::uint32_t i = 0; i < shards_[shard].capacity; ++i)
      if (shards_[shard].slots[i].bits != 0) f(shards_[shard].slots[i]);
  }
  // Calls f(slot, shard) for every slot of the parts [from, until), one after the other.
  template <class F>
  void each_of_parts(std::uint32_t from, std::uint32_t until, F&& f) const {
    constexpr std::uint32_t sub_bits = part_bits - shard_bits;
    for (std::uint32_t shard = from >> sub_bits; shard << sub_bits < until; ++shard) {
      const std::uint32_t first = std::max(from, shard << sub_bits) - (shard << sub_bits);
      const std::uint32_t last = std::min(until, (shard + 1) << sub_bits) - (shard << sub_bits);
      each_between(shards_[shard], std::uint64_t{first} << (32 - sub_bits),
                   std::uint64_t{last} << (32 - sub_bits),
                   [&](const Slot& slot) { f(slot, shard); });
    }
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return shards_.size() * sizeof(Shard) + slot_bytes_;
  }

 private:
  struct Shard {
    std::unique_ptr<Slot[]> slots;
    std::uint32_t capacity = 0;
    std::uint32_t size = 0;
  };
  static constexpr std::size_t block_overhead_bytes = 16;  // of malloc

  static std::uint32_t home_of(std::uint32_t bits, std::uint32_t capacity) {
    return static_cast<std::uint32_t>((std::uint64_t{bits} * capacity) >> 32);
  }
  static std::uint32_t next(std::uint32_t i, std::uint32_t capacity) {
    return i + 1 == capacity ? 0 : i + 1;
  }
  static Slot& free_slot(Shard& shard, std::uint32_t bits) {
    std::uint32_t i = home_of(bits, shard.capacity);
    while (shard.slots[i].bits != 0) i = next(i, shard.capacity);
    return shard.slots[i];
  }
  void grow(Shard& shard) {
    Shard grown;
    grown.capacity = shard.capacity + shard.capacity / 4 + 4;
    grown.slots = std::make_unique<Slot[]>(grown.capacity);
    for (std::uint32_t i = 0; i < shard.capacity; ++i)
      if (shard.slots[i].bits != 0) free_slot(grown, shard.slots[i].bits) = shard.slots[i];
    grown.size = shard.size;
    if (shard.capacity == 0) slot_bytes_ += block_overhead_bytes;
    slot_bytes_ += (grown.capacity - shard.capacity) * sizeof(Slot);
    shard = std::move(grown);
  }

  // Slots with bits in [low, high): they lie from low's home on, at the latest up to the first free
  // slot behind high's home; slots pushed over the end go on at the start.
  template <class F>
  static void each_between(const Shard& shard, std::uint64_t low, std::uint64_t high, F&& f) {
    if (shard.size == 0) return;
    const std::uint64_t home_low = (low * shard.capacity) >> 32;
    const std::uint64_t home_high = (high * shard.capacity) >> 32;
    auto i = static_cast<std::uint32_t>(home_low);
    for (std::uint64_t step = 0; step < shard.capacity; ++step, i = next(i, shard.capacity)) {
      const Slot& slot = shard.slots[i];
      if (slot.bits == 0 && home_low + step >= home_high) return;
      if (slot.bits != 0 && slot.bits >= low && slot.bits < high) f(slot);
    }
  }

  std::vector<Shard> shards_;
  std::uint64_t size_ = 0;
  std::size_t slot_bytes_ = 0;
};

}  // namespace daybook::hits
