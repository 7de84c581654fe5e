#include "cli/demo.h"

#include "base/clock.h"
#include "cli/demo_requests.h"

#include <daybook/json.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace daybook::cli {
namespace {

class DonePort final : public CompletionPort {
 public:
  void complete(Submission*) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
};

Result<ErasedCommand> parse_definition(const AnyDomain& domain, const DemoRequest& demo,
                                       const json::Value& body, Arena& arena) {
  for (const ErasedRoute& route : domain.routes()) {
    if (route.kind != ErasedRoute::Kind::command || route.method != Method::put ||
        route.pattern != demo.pattern)
      continue;
    Request request;
    request.method = Method::put;
    request.params = demo.params;
    request.now = system_now();
    return domain.parse_route(route.index, body, request, arena);
  }
  return Error{Errc::internal, "no route " + std::string(demo.pattern) + " for the demo"};
}

// A domain that this program does not have takes no part.
Result<void> add_item(Submission& submission, std::span<AnyDomain* const> domains,
                      const DemoRequest& demo, json::Parser& parser) {
  const auto domain = std::find_if(domains.begin(), domains.end(), [&](const AnyDomain* candidate) {
    return candidate->name() == demo.domain;
  });
  if (domain == domains.end()) return {};
  DAYBOOK_TRY(const json::Value body, parser.parse(demo.body, false));
  SubmissionItem item;
  item.domain = *domain;
  if (demo.pattern.empty()) {
    DAYBOOK_TRY(item.command, (*domain)->parse(body, submission.arena));
  } else {
    DAYBOOK_TRY(item.command, parse_definition(**domain, demo, body, submission.arena));
  }
  submission.items.push_back(std::move(item));
  return {};
}

// What the program itself notes in the log (projectors) is no data of a person's.
bool has_data(std::span<AnyDomain* const> domains, const std::vector<DemoRequest>& demo) {
  return std::ranges::any_of(domains, [&](const AnyDomain* domain) {
    const auto is_its = [&](const DemoRequest& request) {
      return request.domain == domain->name();
    };
    if (std::ranges::none_of(demo, is_its)) return false;
    const auto totals = domain->totals();
    return std::ranges::any_of(totals, [](const auto& total) { return total.second > 0; });
  });
}

}  // namespace

Result<std::uint64_t> load_demo(Engine& engine) {
  const auto requests = demo_requests(system_now());
  if (has_data(engine.domains(), requests)) return std::uint64_t{0};
  json::Parser parser;
  DonePort port;
  Submission submission;
  submission.port = &port;
  for (const DemoRequest& demo : requests)
    DAYBOOK_TRY_VOID(add_item(submission, engine.domains(), demo, parser));
  if (engine.sequencer().push(&submission) != nullptr)
    return Error{Errc::busy, "no room in the queue for the demo"};
  port.wait();
  std::uint64_t events = 0;
  for (const SubmissionItem& item : submission.items) {
    if (!item.outcome.accepted) return item.outcome.error;
    events += item.outcome.events;
  }
  return events;
}

}  // namespace daybook::cli
