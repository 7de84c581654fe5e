// Reading topics over HTTP, from any language: pages by cursor, long polls, server-sent events and
// named consumers (docs/consumers.md). Routes only; src/http serves them, and asks for the parts of
// an answer one turn at a time, so that a reader of a hundred million events blocks nobody.
//
// Threads: feed_routes() before serving; the routes and their bodies on the front's one worker.
// Invariant: nothing is shown that a crash could take back.
#pragma once

#include <daybook/http.h>
#include <daybook/publish.h>

#include "domain/any_domain.h"
#include "log/event_log.h"
#include "sequencer/sequencer.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::project {

// A named consumer as the log has it now.
struct ConsumerDefinition {
  std::string topic;
  EventFilter filter;
  Position next{};  // the first position it has not acknowledged
};

struct FeedDependencies {  // none owned; all outlive the routes
  log::EventLog* log = nullptr;
  Sequencer* sequencer = nullptr;
  std::span<AnyDomain* const> domains{};
  // Nullopt: there is none of this name. Empty: no named consumers are served.
  std::function<std::optional<ConsumerDefinition>(std::string_view name)> consumer{};
  // How long server-sent events are silent before a comment says that they are not over.
  std::int64_t keep_alive_ms = 15'000;
};

// GET /topics, GET /topics/{topic}/events, GET /consumers/{name}/events; Access::admin.
std::vector<ServiceRoute> feed_routes(const FeedDependencies& dependencies);

}  // namespace daybook::project
