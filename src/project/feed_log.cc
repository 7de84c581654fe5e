#include "project/feed_log.h"

#include <algorithm>

namespace daybook::project {

Position FeedLog::readable() const { return std::min(sequencer_.visible(), log_.synced()); }

const AnyDomain* FeedLog::find(std::string_view topic) const {
  for (const AnyDomain* domain : domains_)
    if (domain->name() == topic) return domain;
  return nullptr;
}

Result<FeedLog::Look> FeedLog::look(const AnyDomain& topic, Position from,
                                    const EventFilter& filter,
                                    const std::function<bool(const PublicEvent&)>& f) {
  const Position until = readable();
  if (from > until) return Look{Position{from.value - 1}, true};
  Quiet& quiet = quiet_[topic.topic()];
  const bool known = quiet.from <= from && from <= quiet.until + 1;
  log::ScanOptions options;
  options.topic = topic.topic();
  options.from = known ? quiet.until + 1 : from;
  options.until = until;
  if (options.from > until) return Look{until, true};
  std::size_t events = 0, bytes = 0;
  Position seen = until;
  Result<void> published;
  DAYBOOK_TRY_VOID(log_.scan(options, [&](const log::EventView& view) {
    const auto wanted = topic.publish(view, filter, event_);
    if (!wanted.ok()) {
      published = wanted.error();
      return false;
    }
    ++events;
    bytes += view.payload.size();
    const bool go_on = !*wanted || f(event_);
    if (go_on && events < look_events_max && bytes < look_bytes_max) return true;
    seen = view.position;
    return false;
  }));
  DAYBOOK_TRY_VOID(published);
  if (events == 0) quiet = {known ? quiet.from : from, until};
  return Look{seen, seen == until};
}

}  // namespace daybook::project
