// Requests to Socket.IO's path: polls, which may be answered much later, messages posted, and
// WebSockets. What they mean is src/socketio's business.
//
// A Socket.IO session lives in the io thread that opened it, and its id says which; a connection
// whose request names a session of another thread moves there, and stays.
//
// Threads: http-k.
#pragma once

#include "http/io_thread.h"

#include <optional>
#include <string_view>

namespace daybook::http {

void handle_socketio(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                     const Head& head, std::string_view body);

// The io thread that has the session named in `query`, when it is another one.
std::optional<unsigned> other_home(IoThread& io, std::string_view query);

}  // namespace daybook::http
