// Inflates a gzip body with the size of what comes out capped.
//
// Threads: any; pure.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>

namespace daybook::http {

// Errc::malformed: not gzip, cut short, or bytes after its end; Errc::too_large: more than
// `bytes_max`. Several members one after the other are one text (RFC 1952).
Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max);

}  // namespace daybook::http
