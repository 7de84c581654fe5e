// Hashes of texts and ids for the state's tables and for PINs, and ids in snapshots. Pure.
#pragma once

#include <daybook/bytes.h>
#include <daybook/ids.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace daybook::quiz {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed);
std::uint64_t hash_of(const Id128& id, std::uint64_t seed);

// Half of a token: a seed that nobody else knows.
inline std::uint64_t seed_of(const Id128& token) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, token.bytes.data(), sizeof(seed));
  return seed;
}

struct IdHash {
  std::size_t operator()(const Id128& id) const { return hash_of(id, 0); }
};

inline void put_id(ByteWriter& out, const Id128& id) { out.raw(id.bytes.data(), id.bytes.size()); }
inline Id128 get_id(ByteReader& in) {
  Id128 id;
  const std::string_view bytes = in.raw(id.bytes.size());
  if (in.ok()) bytes.copy(reinterpret_cast<char*>(id.bytes.data()), id.bytes.size());
  return id;
}

}  // namespace daybook::quiz
