// Hashes: SHA-256 (OpenSSL) for the chain and the key file, SHA-1 where a protocol asks for it,
// XXH3-128 for fingerprints and tables.
#pragma once

#include <daybook/ids.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace daybook {
Hash256 sha256(std::string_view bytes);
// Of WebSocket's handshake; protects nothing.
using Sha1 = std::array<std::uint8_t, 20>;
Sha1 sha1(std::string_view bytes);
// RFC 2104.
Hash256 hmac_sha256(std::string_view key, std::string_view bytes);
Id128 xxh128(std::string_view bytes, std::uint64_t seed = 0);
std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed = 0);  // XXH3-64
// Time independent of where the bytes differ. REQUIRES: equal sizes are compared; others are
// unequal at once.
bool equal_constant_time(std::string_view a, std::string_view b);
}  // namespace daybook
