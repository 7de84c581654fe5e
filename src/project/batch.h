// The one batch a projector holds, and where it reads on.
//
// Threads: the projector's. Invariants: events are in the order of the log, all after the position
// sought; at most events_max of them, at most bytes_max together unless one alone is larger.
#pragma once

#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "project/source.h"

namespace daybook::project {

struct BatchLimits {
  std::size_t events_max = 0;
  std::size_t bytes_max = 0;
};

// What an event counts for in bytes_max.
inline std::size_t event_bytes(const PublicEvent& event) {
  return event.key.size() + event.data.size() + event.row.size();
}

class Batch {
 public:
  // `wanted`: asked for each event before it is taken.
  Batch(Source& source, std::string topic, EventFilter filter,
        std::function<bool(Position)> wanted);

  // Empties the batch; the next event is after `position`.
  void seek(Position position);
  // Adds what is readable now, up to the limits. Costs one look at readable() when there is
  // nothing new. After an error the batch has what was read before it, and goes on behind that.
  Result<void> fill(const BatchLimits& limits);

  [[nodiscard]] const std::vector<PublicEvent>& events() const { return events_; }
  [[nodiscard]] bool empty() const { return events_.empty(); }
  // A limit was met: it will not grow.
  [[nodiscard]] bool full() const { return full_; }
  // The source ended its look early: there is more to look at, now.
  [[nodiscard]] bool behind() const { return behind_; }
  // The last position that was looked at; every wanted event up to it is in the batch or before it.
  [[nodiscard]] Position seen() const { return {next_.value - 1}; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  bool take(PublicEvent& event, const BatchLimits& limits, bool& left);

  Source& source_;
  const std::string topic_;
  const EventFilter filter_;
  const std::function<bool(Position)> wanted_;
  std::vector<PublicEvent> events_;
  std::size_t bytes_ = 0;
  bool full_ = false;
  bool behind_ = false;
  Position next_{1};  // the first position not looked at
};

}  // namespace daybook::project
