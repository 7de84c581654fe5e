// Error answers: application/problem+json (RFC 9457), the one dialect of every route. The one table
// from Errc to status is here.
//
// Threads: any; pure functions.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>

namespace daybook::http {

int status_of(Errc code);
// "Not Found"; "Unknown" for a number that is not in the table.
std::string_view status_title(int status);

// Appends {type, title, status, detail, message, errors?} and the error's own members.
// Texts must be valid UTF-8.
void append_problem(std::string& out, int status, const Error& error);
// Appends ,"message":...,"errors":[...] and the error's own members, as one NDJSON line of POST
// /events has them.
void append_error_members(std::string& out, const Error& error);

}  // namespace daybook::http
