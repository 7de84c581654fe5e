// What `serve --demo` puts into an empty log, as the requests of an admin and of clients.
//
// Thread: any.
#pragma once

#include <daybook/ids.h>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::cli {

struct DemoRequest {
  std::string_view domain;  // its name
  // Of a PUT route of the domain, with its parameters. Empty: `body` is a record, as the `data` of
  // a line of POST /events.
  std::string_view pattern;
  std::vector<std::string> params;
  std::string body;  // JSON
};

// Definitions come before the records that need them. `now`: what the hits' times count from.
std::vector<DemoRequest> demo_requests(UnixUs now);

}  // namespace daybook::cli
