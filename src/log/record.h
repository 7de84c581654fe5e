// The codec of what lies in the log: records, frames and group headers (docs/log-format.md).
// Pure functions over bytes; they trust nothing they decode. Thread: any.
#pragma once

#include <daybook/ids.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/event_log.h"

namespace daybook::log {

constexpr std::size_t record_header_bytes = 32;
constexpr std::size_t frame_header_bytes = 8;
constexpr std::size_t frame_alignment_bytes = 8;
constexpr std::size_t group_fixed_bytes = 56;
constexpr std::size_t group_part_bytes = 40;
constexpr std::size_t group_trailer_bytes = 8;

// Bytes at an 8-aligned address: RocksDB's slices are not, FlatBuffers must be. Grows, never
// shrinks.
class AlignedBytes {
 public:
  std::string_view assign(std::string_view bytes);

 private:
  std::vector<std::uint64_t> words_;
};

struct RecordHeader {
  TopicId topic{};
  Position first{};
  std::uint32_t count = 0;
  std::uint32_t payload_bytes = 0;
};

// out = header and frames. REQUIRES: frames.size() is a multiple of 8 and below 2^32.
void encode_record(std::string& out, TopicId topic, Position first, std::uint32_t count,
                   std::string_view frames);
// Null when the record's size, magic, version and CRC are right; else what is wrong, in words.
const char* decode_record(std::string_view record, RecordHeader& out);

// Walks the events of a record that decode_record() accepted.
class FrameCursor {
 public:
  // REQUIRES: `record` is 8-aligned and outlives the views given out.
  FrameCursor(std::string_view record, const RecordHeader& header);
  // False at the end and on damage; problem() tells which.
  bool next(EventView& out);
  // What is wrong, in words; null: nothing so far.
  [[nodiscard]] const char* problem() const { return problem_; }
  // Where the event that next() looked at last stands, or would stand.
  [[nodiscard]] Position at() const { return header_.first + index_; }

 private:
  bool fail(const char* problem);

  std::string_view rest_;
  RecordHeader header_;
  std::uint32_t given_ = 0;
  std::uint32_t index_ = 0;
  const char* problem_ = nullptr;
};

// Null when `bytes` (8-aligned) verify as an Envelope; fills all of `out` but the position.
const char* decode_envelope(std::string_view bytes, EventView& out);

struct GroupPartHash {
  TopicId topic{};
  std::uint32_t count = 0;
  Hash256 record_hash{};
};

struct GroupHeader {
  Position first{};
  std::uint32_t count = 0;
  Hash256 previous{};
  std::vector<GroupPartHash> parts;
  [[nodiscard]] Position last() const { return {first.value + count - 1}; }
};

void encode_group_header(std::string& out, const GroupHeader& header);
// Null when sound. Reuses out.parts' memory.
const char* decode_group_header(std::string_view bytes, GroupHeader& out);

// Keys are big-endian so that RocksDB's order is the order of positions.
using PositionKey = std::array<char, 8>;
using GroupKey = std::array<char, 9>;
PositionKey position_key(Position position);
GroupKey group_key(Position first);
std::optional<Position> parse_position_key(std::string_view key);
std::optional<Position> parse_group_key(std::string_view key);

// Little-endian, at any address.
template <class T>
inline void put_le(char* at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<char>((value >> (8 * i)) & 0xFF);
}
template <class T>
inline T get_le(const char* at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(at[i])) << (8 * i);
  return static_cast<T>(value);
}

}  // namespace daybook::log
