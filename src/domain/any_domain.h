// AnyDomain: a domain with its types erased - what the sequencer, the log tools and the HTTP front
// see. One AnyDomain holds one domain's state (private to the sequencer, runs ahead of the disk)
// and its view (behind a mutex, committed events only).
//
// Threads: decide_and_apply, project, replay: the sequencer (or the replaying thread before it
// starts). parse, handle_read, handle_scan, with the view's mutex inside: any.
#pragma once

#include <daybook/arena.h>
#include <daybook/domain.h>
#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include "domain/any_live.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook {

namespace log {
class EventLog;
struct EventView;
}  // namespace log

// A command whose type only its domain knows; lives in an Arena.
using ErasedCommand = const void*;

// Receives each encoded event of a decision, in order.
using PayloadSink = std::function<void(std::span<const std::uint8_t> payload)>;

// What one route does, with the domain's types erased.
struct ErasedRoute {
  enum class Kind : std::uint8_t { command, read, scan };
  Kind kind = Kind::read;
  Method method = Method::get;
  std::string pattern;
  Access access = Access::open;
  Bodies bodies = Bodies::json;  // command
  std::size_t index = 0;         // into the domain's own list of that kind
};

// Checks one domain's rules over its events in order (AuditedDomain).
class AnyAudit {
 public:
  virtual ~AnyAudit() = default;
  // Errc::corrupt: in words, which rule is broken at which position.
  virtual Result<void> check(const log::EventView& event) = 0;
};

class AnyDomain {
 public:
  virtual ~AnyDomain() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual TopicId topic() const = 0;
  [[nodiscard]] virtual std::uint16_t event_version() const = 0;
  [[nodiscard]] virtual const std::vector<ErasedRoute>& routes() const = 0;

  // --- http threads
  virtual Result<ErasedCommand> parse(const json::Value& body, Arena& arena) const = 0;
  virtual Result<ErasedCommand> parse_route(std::size_t index, const json::Value& body,
                                            const Request& request, Arena& arena) const = 0;
  // Whether only the admin may send this line (an object).
  [[nodiscard]] virtual bool needs_admin(const json::Value& line) const = 0;
  virtual Result<Response> handle_read(std::size_t index, const Request& request) const = 0;
  // --- worker thread
  virtual Result<Response> handle_scan(std::size_t index, const Request& request,
                                       log::EventLog& log, Position visible) const = 0;

  // --- sequencer
  // Decides; on success applies each event to the state, encodes it into `sink`, keeps it for
  // project_pending, and fills `answer`. A rejection changes nothing.
  // The command's arena must live until project_pending or replaying ends.
  virtual Result<std::uint32_t> decide_and_apply(ErasedCommand command, const Context& context,
                                                 const PayloadSink& sink, Answer& answer) = 0;
  // When decide_due has something to do; nullopt: nothing waits, or the domain knows no time.
  [[nodiscard]] virtual std::optional<UnixUs> next_due() const = 0;
  // What the time until context.now brings about; as decide_and_apply, without command and answer.
  virtual std::uint32_t decide_due(const Context& context, const PayloadSink& sink) = 0;
  // The answer of an earlier decision, from its events as the log has them (a repeated idempotency
  // key).
  virtual Result<Answer> answer_again(
      ErasedCommand command,
      std::span<const std::pair<std::uint16_t, std::string>> events) const = 0;
  // After the group is durable: projects the kept events, the first at `first`. `ids`: one per
  // event.
  virtual void project_pending(Position first, UnixUs server_time, std::span<const Id128> ids) = 0;
  // Start-up and `daybook replay`: decode, apply, project.
  virtual Result<void> replay(const log::EventView& event) = 0;

  // --- any thread
  [[nodiscard]] virtual Durability durability() const = 0;
  // Removable events before this position may be removed from the log. Position{}: none.
  [[nodiscard]] virtual Position removable_before(UnixUs now) const = 0;
  [[nodiscard]] virtual Result<bool> removable(const log::EventView& event) const = 0;
  // --- how events look from outside; any thread
  [[nodiscard]] virtual std::span<const std::string_view> event_types() const = 0;
  // Fills `out`. False: the event is hidden, or the filter does not want it; `out` is as it was.
  virtual Result<bool> publish(const log::EventView& event, const EventFilter& filter,
                               PublicEvent& out) const = 0;
  [[nodiscard]] virtual std::optional<Columns> columns(std::string_view key) const = 0;

  // Null: nobody can follow the domain live.
  [[nodiscard]] virtual AnyLive* live() = 0;

  // Null: the domain has no rules to check over a log.
  [[nodiscard]] virtual std::unique_ptr<AnyAudit> make_audit() const = 0;

  // --- snapshots and looking inside
  virtual void save_state(ByteWriter& out) const = 0;
  virtual Result<void> load_state(ByteReader& in) = 0;
  virtual void save_view(ByteWriter& out) const = 0;
  virtual Result<void> load_view(ByteReader& in) = 0;
  // State + view. The state's share is refreshed after each group that changed it (any thread may
  // ask).
  [[nodiscard]] virtual std::size_t memory_bytes() const = 0;
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::uint64_t>> totals() const = 0;
};

}  // namespace daybook
