// UTF-8 (RFC 3629) of a text that arrives in pieces. Pure. Threads: any.
#pragma once

#include <cstddef>
#include <string_view>

namespace daybook::websocket {

// How many bytes of the text's end are a character that is not whole yet: 0 to 3.
std::size_t unfinished_bytes(std::string_view text);
// Whether some valid character begins with these bytes. REQUIRES: 1 to 3 bytes, as
// unfinished_bytes counts them.
bool may_begin_character(std::string_view bytes);
// The longest beginning of a valid text that ends with a whole character and has at most
// `bytes_max`.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);

}  // namespace daybook::websocket
