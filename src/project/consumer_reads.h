// Reads of named consumers: one reader at a time, by a lease that lives in memory only. The lease
// is handed out with events and ends when the checkpoint has moved past them, or with its time; a
// restart forgets it, so an event may be read twice, never by nobody.
//
// Threads: one at a time (the front's worker).
#pragma once

#include "project/feed.h"
#include "project/feed_body.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::project {

class ConsumerReads {
 public:
  static constexpr std::size_t entries_max = 10'000;  // then those without a lease are forgotten

  // Another than `lease` reads: for at most so many ms more. Nullopt: nobody does.
  [[nodiscard]] std::optional<std::int64_t> held_ms(std::string_view name,
                                                    const ConsumerDefinition& definition,
                                                    std::string_view lease, std::int64_t now_ms);
  // The events up to `until` are with the holder of `lease`.
  void hold(std::string_view name, std::string_view lease, Position until, std::int64_t ends_ms);
  // No event from the definition's `next` up to `seen` is wanted; need not be looked at again.
  void skip(std::string_view name, const ConsumerDefinition& definition, Position seen);
  // The last position that need not be looked at.
  [[nodiscard]] Position seen(std::string_view name, const ConsumerDefinition& definition) const;
  void forget(std::string_view name);

 private:
  struct Entry {
    std::string lease;  // empty: none
    Position until{};
    std::int64_t ends_ms = 0;
    ConsumerDefinition skipped_by;
    Position skipped_to{};
  };
  Entry& entry(std::string_view name);

  std::map<std::string, Entry, std::less<>> entries_;
};

// GET /consumers/{name}/events.
class ConsumerBody final : public PageBody {
 public:
  using Find = std::function<std::optional<ConsumerDefinition>(std::string_view name)>;

  ConsumerBody(FeedLog& log, ConsumerReads& reads, Find find, std::string name,
               const ConsumerQuery& query);

 private:
  Result<std::optional<std::int64_t>> enter() override;
  void looked() override;
  void write_members(json::Writer& writer) const override;
  void add_headers(std::vector<std::pair<std::string, std::string>>& lines) const override;

  ConsumerReads& reads_;
  const Find find_;
  const std::string name_;
  const std::int64_t lease_ms_;
  std::string lease_;  // empty: none yet
  ConsumerDefinition definition_;
};

}  // namespace daybook::project
