// Where a projector reads from: the log, up to what a crash cannot take back. A seam, so that a
// test needs no disk.
//
// Threads: any.
#pragma once

#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include <functional>
#include <optional>
#include <string_view>

namespace daybook::project {

class Source {
 public:
  virtual ~Source() = default;
  // The last position that may be read: visible and synced.
  [[nodiscard]] virtual Position readable() const = 0;
  // Calls f for the topic's wanted events from `from` on, in order, until f returns false,
  // readable() is reached, or it has looked at so much that its caller should have a turn; `f` may
  // move the event's strings out. Returns the last position that was looked at: readable() when all
  // was seen, that of the event f returned false for (which f has been given, too), or where it
  // stopped.
  virtual Result<Position> read(std::string_view topic, Position from, const EventFilter& filter,
                                const std::function<bool(PublicEvent& event)>& f) = 0;
  [[nodiscard]] virtual std::optional<Columns> columns(const PublicEvent& event) = 0;
  // SinkContext::append.
  virtual Result<Position> append(std::string_view topic, std::string_view line,
                                  std::string_view idempotency_key) = 0;
};

}  // namespace daybook::project
