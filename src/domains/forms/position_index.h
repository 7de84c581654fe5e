// PositionIndex: where in the log the submissions of one form are, and roughly when they came, at
// two to three bytes each. Positions are kept in blocks of 128: the first one plain, each further
// one as the varint of its distance to the one before; every block knows its first and last time.
// A page is found by binary search over the blocks, whatever the number of submissions.
//
// Invariants: positions ascend strictly; times ascend within a run. A run ends where the server's
// clock went back (rare); a block belongs to one run.
// Thread: its owner's.
#pragma once

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace daybook::forms {

// What is looked for: positions within [first, last] whose time may be within [from, until).
struct IndexRange {
  Position first{1};
  Position last = Position::max();
  UnixUs from{std::numeric_limits<std::int64_t>::min()};
  UnixUs until = {std::numeric_limits<std::int64_t>::max()};
};

class PositionIndex {
 public:
  static constexpr std::size_t block_positions = 128;

  // False: the position is not after the last one, so it is in the index already.
  bool add(Position position, UnixUs at);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool contains(Position position) const;
  // Appends up to `count` positions of the range to `out`, from its beginning or (newest_first)
  // from its end. Times are known per block only: of a block that lies partly within the time,
  // positions outside of it are given too, so the reader compares each event's own time.
  void collect(const IndexRange& range, bool newest_first, std::size_t count,
               std::vector<Position>& out) const;

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  struct Block {
    std::uint64_t first = 0;
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
    std::unique_ptr<std::uint8_t[]>
        deltas;  // of count - 1 positions; null while it is the open one
    std::uint16_t delta_bytes = 0;
    std::uint8_t count = 0;
  };
  using Positions = std::array<std::uint64_t, block_positions>;

  void seal();
  void open_block(Position position, UnixUs at);
  [[nodiscard]] std::size_t unpack(std::size_t block, Positions& to) const;
  [[nodiscard]] std::size_t block_at_or_before(Position position) const;
  [[nodiscard]] std::size_t run_of(std::size_t block) const;
  [[nodiscard]] std::size_t run_end(std::size_t run) const;
  [[nodiscard]] bool is_outside(const Block& block, const IndexRange& range) const;
  [[nodiscard]] std::size_t skip_forward(std::size_t block, const IndexRange& range) const;
  [[nodiscard]] std::size_t skip_back(std::size_t block, const IndexRange& range) const;

  std::deque<Block> blocks_;
  std::vector<std::uint8_t> open_;   // deltas of the last block
  std::uint64_t last_ = 0;           // position
  std::vector<std::uint32_t> runs_;  // the block each run after the first begins with
  std::uint64_t size_ = 0;
  std::size_t sealed_bytes_ = 0;
};

}  // namespace daybook::forms
