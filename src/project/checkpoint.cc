#include "project/checkpoint.h"

#include <daybook/bytes.h>

#include "base/crc32c.h"

namespace daybook::project {
namespace {

constexpr std::uint8_t checkpoint_version = 1;
constexpr std::size_t crc_bytes = sizeof(std::uint32_t);

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  ByteWriter out;
  out.u8(checkpoint_version);
  out.u64(checkpoint.position.value);
  out.u64(checkpoint.reset_number);
  out.bytes(checkpoint.topic);
  out.bytes(checkpoint.sink);
  out.bytes(checkpoint.state);
  out.u32(static_cast<std::uint32_t>(checkpoint.delivered_letters.size()));
  for (const Position letter : checkpoint.delivered_letters) out.u64(letter.value);
  out.u32(crc32c(out.data()));
  return out.take();
}

Result<Checkpoint> decode_checkpoint(std::string_view bytes) {
  const Error damaged{Errc::corrupt, "its checkpoint is damaged"};
  if (bytes.size() <= crc_bytes) return damaged;
  const std::string_view body = bytes.substr(0, bytes.size() - crc_bytes);
  if (ByteReader(bytes.substr(body.size())).u32() != crc32c(body)) return damaged;
  ByteReader in(body);
  const std::uint8_t version = in.u8();
  if (version > checkpoint_version)
    return Error{Errc::corrupt, "its checkpoint was written by a newer version of daybook"};
  Checkpoint out;
  out.position = {in.u64()};
  out.reset_number = in.u64();
  out.topic = in.bytes();
  out.sink = in.bytes();
  out.state = in.bytes();
  const std::uint32_t letters = in.u32();
  for (std::uint32_t i = 0; i < letters && in.ok(); ++i)
    out.delivered_letters.push_back({in.u64()});
  if (version == 0 || !in.ok() || !in.at_end()) return damaged;
  return out;
}

}  // namespace daybook::project
