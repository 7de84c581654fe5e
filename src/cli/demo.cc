#include "cli/demo.h"

#include "base/clock.h"

#include <daybook/json.h>

#include <condition_variable>
#include <mutex>

namespace daybook::cli {
namespace {

struct DemoRequest {
  Method method;
  std::string pattern;
  std::vector<std::string> params;
  std::string body;
};

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

std::vector<DemoRequest> attendance_requests() {
  struct School {
    const char* id;
    const char* name;
    const char* zone;
  };
  constexpr School schools[] = {{"0", "Riverside Primary", "UTC"},
                                {"1", "Hilltop Secondary", "Asia/Ho_Chi_Minh"},
                                {"2", "St Anne's College", "Europe/Berlin"}};
  constexpr std::size_t pupils = 40;
  std::vector<DemoRequest> requests;
  for (const School& school : schools) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("name", school.name)
        .member("timeZone", school.zone)
        .end_object();
    requests.push_back({Method::put, "/schools/{id}", {school.id}, std::move(body)});
  }
  for (const School& school : schools) {
    for (std::size_t n = 0; n < pupils; ++n) {
      std::string body;
      json::Writer writer(body);
      writer.begin_object().member("type", "checkin").member("schoolId", school.id);
      writer.member("userId", "demo-" + std::string(school.id) + "-" + std::to_string(n));
      // One pupil in ten has a fever.
      writer.key("temperature").real(n % 10 == 0 ? 38.4 : 36.2 + 0.02 * static_cast<double>(n));
      writer.member("image", "").end_object();
      requests.push_back({Method::post, "/attendances", {}, std::move(body)});
    }
  }
  return requests;
}

Result<void> add_item(Submission& submission, std::span<AnyDomain* const> domains,
                      const DemoRequest& demo, json::Parser& parser) {
  for (AnyDomain* domain : domains) {
    for (const ErasedRoute& route : domain->routes()) {
      if (route.kind != ErasedRoute::Kind::command || route.method != demo.method ||
          route.pattern != demo.pattern)
        continue;
      Request request;
      request.method = demo.method;
      request.params = demo.params;
      request.now = system_now();
      DAYBOOK_TRY(const json::Value body, parser.parse(demo.body, false));
      SubmissionItem item;
      item.domain = domain;
      DAYBOOK_TRY(item.command, domain->parse_route(route.index, body, request, submission.arena));
      submission.items.push_back(std::move(item));
      return {};
    }
  }
  return Error{Errc::internal, "no route " + demo.pattern + " for the demo"};
}

}  // namespace

Result<std::uint64_t> load_demo(Engine& engine) {
  if (engine.log().head().value > 0) return std::uint64_t{0};
  json::Parser parser;
  DonePort port;
  Submission submission;
  submission.port = &port;
  for (const DemoRequest& demo : attendance_requests())
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
