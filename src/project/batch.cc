#include "project/batch.h"

#include <utility>

namespace daybook::project {

Batch::Batch(Source& source, std::string topic, EventFilter filter,
             std::function<bool(Position)> wanted)
    : source_(source),
      topic_(std::move(topic)),
      filter_(std::move(filter)),
      wanted_(std::move(wanted)) {}

void Batch::seek(Position position) {
  events_.clear();
  bytes_ = 0;
  full_ = behind_ = false;
  next_ = position + 1;
}

// False: the batch is full. `left`: without this event, which is the next batch's first.
bool Batch::take(PublicEvent& event, const BatchLimits& limits, bool& left) {
  if (!wanted_(event.position)) return true;
  const std::size_t bytes = event_bytes(event);
  left = !events_.empty() && bytes_ + bytes > limits.bytes_max;
  if (left) return false;
  bytes_ += bytes;
  events_.push_back(std::move(event));
  return events_.size() < limits.events_max && bytes_ < limits.bytes_max;
}

Result<void> Batch::fill(const BatchLimits& limits) {
  behind_ = false;
  if (full_ || next_ > source_.readable()) return {};
  const Position until = source_.readable();
  bool left = false;
  DAYBOOK_TRY(const Position looked_at,
              source_.read(topic_, next_, filter_, [&](PublicEvent& event) {
                const Position position = event.position;
                full_ = !take(event, limits, left);
                // At once: the rest of the read may fail, and what is taken must not come again.
                if (!left) next_ = position + 1;
                return !full_;
              }));
  next_ = left ? looked_at : looked_at + 1;
  behind_ = !full_ && seen() < until;
  return {};
}

}  // namespace daybook::project
