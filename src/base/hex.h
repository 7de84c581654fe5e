// Lower-case hexadecimal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace daybook {
std::string to_hex(std::span<const std::uint8_t> bytes);
// Exactly 2 * out.size() hex digits of either case; false otherwise (out is then unspecified).
bool from_hex(std::string_view hex, std::span<std::uint8_t> out);
}  // namespace daybook
