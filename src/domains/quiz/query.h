// Query parameters that several reading routes take. Pure. Threads: any.
#pragma once

#include <daybook/http.h>
#include <daybook/result.h>

#include <cstddef>

namespace daybook::quiz {

// ?limit=, 1 to `max`; `preset` when there is none. Errc::invalid.
Result<std::size_t> limit_of(const Request& request, std::size_t preset, std::size_t max);

}  // namespace daybook::quiz
