// What can be asked of hits: JSON -> Command, with every broken rule of the body listed at once.
// Pure; strings are copied into the Arena. Threads: any.
#pragma once

#include "domains/hits/events.h"

#include <daybook/arena.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <string_view>

namespace daybook::hits {

constexpr std::size_t visitor_chars_max = 256;

struct Command {
  std::string_view id;
  std::string_view visitor;  // empty: none
  UnixMs at{0};              // 0: the server's time
};

// The body of POST /analytics, also the `data` of an NDJSON line.
Result<Command> parse_hit(const json::Value& body, Arena& arena);

}  // namespace daybook::hits
