// The front's own small pages: health, metrics, root.
//
// Threads: http-k.
#pragma once

#include "http/shared.h"

#include <string_view>

namespace daybook::http {

bool is_system_route(RouteKind kind);
Response system_response(const Shared& shared, RouteKind kind, std::string_view query);

}  // namespace daybook::http
