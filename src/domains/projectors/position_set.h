// PositionSet: the positions of closed dead letters, ascending, at most closed_positions_max. Over
// it the lowest go: a projector asks only for positions its checkpoint has not passed yet, which
// are those of the batch it was killed in. Shared by State and View. Thread: its owner's.
#pragma once

#include <daybook/bytes.h>
#include <daybook/ids.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::projectors {

// Of one projector since its last reset; far more than the events of any batch. 8 bytes each.
constexpr std::size_t closed_positions_max = 100'000;

class PositionSet {
 public:
  [[nodiscard]] bool contains(Position position) const {
    return std::binary_search(positions_.begin(), positions_.end(), position.value);
  }
  void insert(Position position) {
    const auto at = std::lower_bound(positions_.begin(), positions_.end(), position.value);
    if (at != positions_.end() && *at == position.value) return;
    positions_.insert(at, position.value);
    if (positions_.size() > closed_positions_max) positions_.erase(positions_.begin());
  }
  void erase(Position position) {
    const auto at = std::lower_bound(positions_.begin(), positions_.end(), position.value);
    if (at != positions_.end() && *at == position.value) positions_.erase(at);
  }
  void clear() { std::vector<std::uint64_t>{}.swap(positions_); }
  [[nodiscard]] std::size_t size() const { return positions_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const {
    return positions_.capacity() * sizeof(std::uint64_t);
  }

  // count { position }
  void save(ByteWriter& out) const {
    out.u64(positions_.size());
    for (const std::uint64_t position : positions_) out.u64(position);
  }
  // False: not what save wrote.
  [[nodiscard]] bool load(ByteReader& in) {
    const std::uint64_t count = in.u64();
    if (count > closed_positions_max) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t position = in.u64();
      if (!in.ok() || position <= (positions_.empty() ? 0 : positions_.back())) return false;
      positions_.push_back(position);
    }
    return in.ok();
  }

 private:
  std::vector<std::uint64_t> positions_;
};

}  // namespace daybook::projectors
