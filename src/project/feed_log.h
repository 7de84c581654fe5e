// Bounded looks at a topic, up to what a crash cannot take back.
//
// Threads: one at a time (the front's worker).
#pragma once

#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include "domain/any_domain.h"
#include "log/event_log.h"
#include "sequencer/sequencer.h"

#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace daybook::project {

class FeedLog {
 public:
  // One look; about 20 ms of the worker's time at most.
  static constexpr std::size_t look_events_max = 10'000;
  static constexpr std::size_t look_bytes_max = 4u << 20;  // of payloads

  FeedLog(log::EventLog& log, const Sequencer& sequencer, std::span<AnyDomain* const> domains)
      : log_(log), sequencer_(sequencer), domains_(domains.begin(), domains.end()) {}

  // The last position that may be shown: committed and durable.
  [[nodiscard]] Position readable() const;
  [[nodiscard]] Position head() const { return log_.head(); }
  [[nodiscard]] std::span<AnyDomain* const> domains() const { return domains_; }
  [[nodiscard]] const AnyDomain* find(std::string_view topic) const;  // null: there is none

  struct Look {
    Position seen{};      // every event up to it was looked at
    bool at_end = false;  // that is all there is now
  };
  // Calls f for the wanted events from `from` on, until f returns false (that event counts as
  // seen), the look is at its limits, or all was seen.
  Result<Look> look(const AnyDomain& topic, Position from, const EventFilter& filter,
                    const std::function<bool(const PublicEvent&)>& f);

 private:
  // There is no event of a topic at these positions, and will be none: a hundred readers of a quiet
  // topic need not look for themselves whenever another topic moves the log.
  struct Quiet {
    Position from{1};
    Position until{};
  };

  log::EventLog& log_;
  const Sequencer& sequencer_;
  const std::vector<AnyDomain*> domains_;
  std::map<TopicId, Quiet> quiet_;
  PublicEvent event_;  // used again and again
};

}  // namespace daybook::project
