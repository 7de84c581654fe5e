// Base64 (RFC 4648). Pure. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace daybook {
std::string base64(std::string_view bytes);     // with padding
std::string base64url(std::string_view bytes);  // section 5, without padding
// Of base64()'s alphabet, with padding; nullopt for anything else.
std::optional<std::string> from_base64(std::string_view text);
}  // namespace daybook
