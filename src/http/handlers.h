// From a whole request to an answer, a submission or a job for the worker.
//
// Threads: http-k.
#pragma once

#include "http/io_thread.h"

#include <cstdint>
#include <string_view>

namespace daybook::http {

// REQUIRES: plan.status == 0; `body` has json::Parser::padding_bytes readable bytes behind it. All
// views end with the call.
void handle_request(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                    const Head& head, std::string_view body);

}  // namespace daybook::http
