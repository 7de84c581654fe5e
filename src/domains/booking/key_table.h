// KeyTable: from a 128-bit key to a 32-bit number, 8 bytes a slot: the keys stay with their owner,
// who tells them by number. Open addressing, linear probing, removal without tombstones. A slot
// keeps 32 bits of the key's hash, so growing reads nothing but the table itself.
// Keys must be spread well by themselves in their last 8 bytes (random ids, hashes).
// Thread: the owner's.
#pragma once

#include <daybook/ids.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

namespace daybook::booking {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

class KeyTable {
 public:
  // key_of(number) -> const Id128&, for every number in the table.
  template <class KeyOf>
  [[nodiscard]] std::uint32_t find(const Id128& key, KeyOf&& key_of) const {
    if (slots_.empty()) return none;
    const std::uint32_t tag = tag_of(key);
    for (std::size_t at = home(tag); slots_[at].number != none; at = next(at))
      if (slots_[at].tag == tag && key_of(slots_[at].number) == key) return slots_[at].number;
    return none;
  }
  // REQUIRES: no such key yet
  void insert(const Id128& key, std::uint32_t number) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    put({tag_of(key), number});
    ++count_;
  }
  // The key's number becomes another. REQUIRES: the key is there, with `from`
  void replace(const Id128& key, std::uint32_t from, std::uint32_t to) {
    slots_[place_of(key, from)].number = to;
  }
  // REQUIRES: the key is there, with this number
  void erase(const Id128& key, std::uint32_t number) {
    std::size_t hole = place_of(key, number);
    // Moves up what was displaced over the hole.
    for (std::size_t at = next(hole); slots_[at].number != none; at = next(at)) {
      const std::size_t wanted = home(slots_[at].tag);
      if (((at - wanted) & mask()) < ((at - hole) & mask())) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = {};
    --count_;
  }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  static constexpr std::size_t slots_min = 64;

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = none;
  };

  static std::uint32_t tag_of(const Id128& key) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.bytes.data() + 8, sizeof(word));
    return static_cast<std::uint32_t>((word * 0x9E37'79B9'7F4A'7C15U) >> 32);
  }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
  [[nodiscard]] std::size_t home(std::uint32_t tag) const { return tag & mask(); }
  [[nodiscard]] std::size_t place_of(const Id128& key, std::uint32_t number) const {
    std::size_t at = home(tag_of(key));
    while (slots_[at].number != number) at = next(at);
    return at;
  }
  void put(Slot slot) {
    std::size_t at = home(slot.tag);
    while (slots_[at].number != none) at = next(at);
    slots_[at] = slot;
  }
  void grow() {
    const std::vector<Slot> old = std::exchange(slots_, {});
    slots_.assign(old.empty() ? slots_min : old.size() * 2, Slot{});
    for (const Slot& slot : old)
      if (slot.number != none) put(slot);
  }

  std::vector<Slot> slots_;  // a power of two, or empty
  std::size_t count_ = 0;
};

}  // namespace daybook::booking
