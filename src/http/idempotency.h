// The idempotencyKey of a command that comes as JSON: a line of POST /events, a live message.
#pragma once

#include <daybook/json.h>
#include <daybook/result.h>

#include "sequencer/submission.h"

#include <string_view>

namespace daybook::http {

inline constexpr std::string_view idempotency_member = "idempotencyKey";

// The member of `object`, if it is there, into the item; `arena` keeps it. Returns whether it is.
// The caller sets the fingerprint. Errc::invalid names the member.
Result<bool> read_idempotency_key(const json::Value& object, Arena& arena, SubmissionItem& item);

}  // namespace daybook::http
