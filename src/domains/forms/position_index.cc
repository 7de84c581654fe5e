#include "domains/forms/position_index.h"

#include <algorithm>
#include <cstring>

namespace daybook::forms {
namespace {

constexpr std::size_t varint_bytes_max = 10;

void put_varint(std::vector<std::uint8_t>& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

std::uint64_t get_varint(const std::uint8_t*& at) {
  std::uint64_t value = 0;
  unsigned shift = 0;
  while (*at >= 0x80) {
    value |= static_cast<std::uint64_t>(*at++ & 0x7F) << shift;
    shift += 7;
  }
  return value | static_cast<std::uint64_t>(*at++) << shift;
}

// Whether the bytes are exactly `count` varints of at least 1 each, whose sum stays below the last
// position.
bool are_deltas(std::string_view bytes, std::size_t count, std::uint64_t first,
                std::uint64_t& last) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto* end = at + bytes.size();
  last = first;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* stop = std::find_if(at, end, [](std::uint8_t b) { return b < 0x80; });
    if (stop == end || static_cast<std::size_t>(stop - at) >= varint_bytes_max) return false;
    const std::uint64_t delta = get_varint(at);
    if (delta == 0 || delta > Position::max().value - last) return false;
    last += delta;
  }
  return at == end;
}

}  // namespace

bool PositionIndex::add(Position position, UnixUs at) {
  if (position.value <= last_) return false;
  const bool clock_went_back = !blocks_.empty() && at.value < blocks_.back().last_us;
  if (blocks_.empty() || clock_went_back || blocks_.back().count == block_positions) {
    if (clock_went_back) runs_.push_back(static_cast<std::uint32_t>(blocks_.size()));
    open_block(position, at);
  } else {
    Block& block = blocks_.back();
    put_varint(open_, position.value - last_);
    block.last_us = at.value;
    ++block.count;
  }
  last_ = position.value;
  ++size_;
  return true;
}

void PositionIndex::seal() {
  Block& block = blocks_.back();
  block.deltas = std::make_unique_for_overwrite<std::uint8_t[]>(open_.size());
  std::copy(open_.begin(), open_.end(), block.deltas.get());
  block.delta_bytes = static_cast<std::uint16_t>(open_.size());
  sealed_bytes_ += open_.size();
  open_.clear();
}

void PositionIndex::open_block(Position position, UnixUs at) {
  if (!blocks_.empty()) seal();
  Block& block = blocks_.emplace_back();
  block.first = position.value;
  block.first_us = block.last_us = at.value;
  block.count = 1;
}

std::size_t PositionIndex::unpack(std::size_t index, Positions& to) const {
  const Block& block = blocks_[index];
  const std::uint8_t* at = block.deltas != nullptr ? block.deltas.get() : open_.data();
  to[0] = block.first;
  for (std::size_t i = 1; i < block.count; ++i) to[i] = to[i - 1] + get_varint(at);
  return block.count;
}

// The block that holds the position or the last one before it; the first when there is none.
std::size_t PositionIndex::block_at_or_before(Position position) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), position.value,
                       [](std::uint64_t p, const Block& block) { return p < block.first; });
  return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

bool PositionIndex::contains(Position position) const {
  if (blocks_.empty()) return false;
  Positions unpacked;
  const std::size_t count = unpack(block_at_or_before(position), unpacked);
  return std::binary_search(unpacked.begin(), unpacked.begin() + static_cast<std::ptrdiff_t>(count),
                            position.value);
}

// Runs are numbered from 0; run r begins at block runs_[r - 1].
std::size_t PositionIndex::run_of(std::size_t block) const {
  return static_cast<std::size_t>(std::upper_bound(runs_.begin(), runs_.end(), block) -
                                  runs_.begin());
}

std::size_t PositionIndex::run_end(std::size_t run) const {
  return run < runs_.size() ? runs_[run] : blocks_.size();
}

bool PositionIndex::is_outside(const Block& block, const IndexRange& range) const {
  return block.last_us < range.from.value || block.first_us >= range.until.value;
}

// The next block that may be within the time. REQUIRES: this one is not.
std::size_t PositionIndex::skip_forward(std::size_t block, const IndexRange& range) const {
  const std::size_t end = run_end(run_of(block));
  if (blocks_[block].first_us >= range.until.value) return end;
  const auto begin = blocks_.begin();
  return static_cast<std::size_t>(
      std::partition_point(begin + static_cast<std::ptrdiff_t>(block),
                           begin + static_cast<std::ptrdiff_t>(end),
                           [&](const Block& b) { return b.last_us < range.from.value; }) -
      begin);
}

// The same towards the beginning; `none` before the first.
std::size_t PositionIndex::skip_back(std::size_t block, const IndexRange& range) const {
  const std::size_t run = run_of(block);
  const std::size_t first = run == 0 ? 0 : runs_[run - 1];
  if (blocks_[block].last_us < range.from.value) return first - 1;  // 0 - 1 is none
  const auto begin = blocks_.begin();
  return static_cast<std::size_t>(
             std::partition_point(begin + static_cast<std::ptrdiff_t>(first),
                                  begin + static_cast<std::ptrdiff_t>(block),
                                  [&](const Block& b) { return b.first_us < range.until.value; }) -
             begin) -
         1;
}

void PositionIndex::collect(const IndexRange& range, bool newest_first, std::size_t count,
                            std::vector<Position>& out) const {
  if (blocks_.empty() || range.first > range.last) return;
  Positions unpacked;
  const auto give = [&](std::uint64_t position) {
    if (position < range.first.value || position > range.last.value || count == 0) return;
    out.push_back({position});
    --count;
  };
  std::size_t at = block_at_or_before(newest_first ? range.last : range.first);
  while (at < blocks_.size() && count > 0) {
    const Block& block = blocks_[at];
    if (!newest_first && block.first > range.last.value) return;
    if (is_outside(block, range)) {
      at = newest_first ? skip_back(at, range) : skip_forward(at, range);
      continue;
    }
    const std::size_t positions = unpack(at, unpacked);
    if (newest_first) {
      for (std::size_t i = positions; i-- > 0;) give(unpacked[i]);
      if (block.first <= range.first.value) return;
      --at;  // 0 - 1 is none
    } else {
      for (std::size_t i = 0; i < positions; ++i) give(unpacked[i]);
      ++at;
    }
  }
}

std::size_t PositionIndex::memory_bytes() const {
  constexpr std::size_t allocation_bytes = 16;  // of a sealed block's deltas, about
  constexpr std::size_t deque_bytes = 576;      // an empty deque's first chunk and map
  return sizeof(PositionIndex) + deque_bytes + blocks_.size() * (sizeof(Block) + allocation_bytes) +
         sealed_bytes_ + open_.capacity() + runs_.capacity() * sizeof(std::uint32_t);
}

// index = size blocks { first first_us last_us count starts_run deltas }
void PositionIndex::save(ByteWriter& out) const {
  out.u64(size_);
  out.u64(blocks_.size());
  std::size_t run = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = blocks_[i];
    const bool starts_run = run < runs_.size() && runs_[run] == i;
    if (starts_run) ++run;
    out.u64(block.first);
    out.i64(block.first_us);
    out.i64(block.last_us);
    out.u8(block.count);
    out.u8(starts_run ? 1 : 0);
    const bool is_open = i + 1 == blocks_.size();
    const auto* deltas = is_open ? open_.data() : block.deltas.get();
    out.bytes({reinterpret_cast<const char*>(deltas), is_open ? open_.size() : block.delta_bytes});
  }
}

Result<void> PositionIndex::load(ByteReader& in) {
  const Error damaged{Errc::corrupt, "forms snapshot: the index is damaged"};
  const std::uint64_t size = in.u64();
  const std::uint64_t blocks = in.u64();
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const std::uint64_t first = in.u64();
    const std::int64_t first_us = in.i64();
    const std::int64_t last_us = in.i64();
    const std::uint8_t count = in.u8();
    const bool starts_run = in.u8() == 1;
    const std::string_view deltas = in.bytes();
    std::uint64_t last = 0;
    const bool is_sound = in.ok() && first > last_ && first_us <= last_us && count >= 1 &&
                          count <= block_positions && are_deltas(deltas, count - 1U, first, last);
    const bool is_back = !blocks_.empty() && first_us < blocks_.back().last_us;
    if (!is_sound || is_back != starts_run) return damaged;
    if (starts_run) runs_.push_back(static_cast<std::uint32_t>(blocks_.size()));
    open_block({first}, {first_us});
    blocks_.back().last_us = last_us;
    blocks_.back().count = count;
    open_.assign(deltas.begin(), deltas.end());
    last_ = last;
    size_ += count;
  }
  if (!in.ok() || size_ != size) return damaged;
  return {};
}

}  // namespace daybook::forms
