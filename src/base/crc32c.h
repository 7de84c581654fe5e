// CRC32C (Castagnoli, RFC 3720 appendix B.4), with the SSE 4.2 instruction where the CPU has it.
#pragma once

#include <cstdint>
#include <string_view>

namespace daybook {
// crc32c("123456789") == 0xE3069283. `seed`: the CRC so far, to go on from.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);
}  // namespace daybook
