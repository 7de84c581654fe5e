// A projector's checkpoint as bytes: the value under its name in Family::checkpoints.
//
//   checkpoint = version u8 (1), position u64, reset_number u64, topic text, sink text, state text,
//                count u32, letter u64 * count, crc u32
//   text       = length u64, bytes
//
// All numbers little-endian; `crc` is the CRC32C of everything before it.
//
// Threads: any; pure functions.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::project {

struct Checkpoint {
  Position position{};             // every wanted event up to it is settled
  std::uint64_t reset_number = 0;  // the last reset that was obeyed
  std::string topic;               // what the position and the state are of: under another topic or
  std::string sink;                // sink they mean nothing
  std::string state;               // SinkProgress::state
  // Dead letters that are at the target, which the log has not been told yet: they are not
  // delivered again. One, but for a log that takes no writes.
  std::vector<Position> delivered_letters;
};

std::string encode_checkpoint(const Checkpoint& checkpoint);
// Errc::corrupt: damaged, or of a newer version.
Result<Checkpoint> decode_checkpoint(std::string_view bytes);

}  // namespace daybook::project
