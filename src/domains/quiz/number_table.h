// NumberTable: from a key to a 32-bit number, 8 bytes a slot: the keys stay with their owner, who
// tells them by number. Open addressing, linear probing; nothing is ever removed. A slot keeps 32
// bits of the key's hash, so growing reads nothing but the table itself.
// Thread: the owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace daybook::quiz {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

class NumberTable {
 public:
  // is_it(number): whether that is the one, for those whose hash looks the same. none: not there.
  template <class IsIt>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsIt&& is_it) const {
    if (slots_.empty()) return none;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = tag & mask(); slots_[at].number != none; at = (at + 1) & mask())
      if (slots_[at].tag == tag && is_it(slots_[at].number)) return slots_[at].number;
    return none;
  }
  // REQUIRES: the key is not there yet
  void insert(std::uint64_t hash, std::uint32_t number) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
    put({tag_of(hash), number});
    ++count_;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  static constexpr std::size_t slots_min = 16;

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = none;
  };

  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash * 0x9E37'79B9'7F4A'7C15U) >> 32);
  }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  void put(Slot slot) {
    std::size_t at = slot.tag & mask();
    while (slots_[at].number != none) at = (at + 1) & mask();
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

}  // namespace daybook::quiz
