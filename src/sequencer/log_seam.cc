#include "sequencer/log_seam.h"

#include "base/clock.h"

#include <memory>

namespace daybook {
namespace {

// The keyed events of one commit group, kept between recalls: a batch that is sent again asks for
// one event of the same group after the other, and must not read the group each time. Confined to
// the sequencer thread. Holds one group, so at most a record's size per topic.
class RecalledGroup {
 public:
  explicit RecalledGroup(log::EventLog& log) : log_(log) {}

  Result<SequencerSeam::Recalled> find(Position first, std::string_view key) {
    if (!holds(first)) DAYBOOK_TRY_VOID(load(first));
    SequencerSeam::Recalled recalled;
    recalled.first = first;
    recalled.group_hash = group_.hash;
    // A command's events are contiguous and of one topic.
    for (std::size_t i = first.value - group_.first.value; i < events_.size(); ++i) {
      const Event& event = events_[i];
      if (event.key != key || (recalled.found && event.topic != recalled.topic)) break;
      recalled.found = true;
      recalled.fingerprint = event.fingerprint;
      recalled.topic = event.topic;
      recalled.events.emplace_back(event.schema_version, event.payload);
    }
    return recalled;
  }

 private:
  struct Event {
    TopicId topic{};
    std::uint16_t schema_version = 0;
    std::string key;
    Id128 fingerprint{};
    std::string payload;  // only with a key
  };

  [[nodiscard]] bool holds(Position position) const {
    return !events_.empty() && position >= group_.first &&
           position.value - group_.first.value < events_.size();
  }

  Result<void> load(Position position) {
    events_.clear();
    DAYBOOK_TRY(group_, log_.group_of(position));
    log::ScanOptions options;
    options.from = group_.first;
    options.until = group_.first + (group_.count - 1);
    events_.resize(group_.count);
    auto scanned = log_.scan(options, [this](const log::EventView& view) {
      Event& event = events_[view.position.value - group_.first.value];
      if (view.idempotency_key.empty()) return true;
      event.topic = view.topic;
      event.schema_version = view.schema_version;
      event.key = view.idempotency_key;
      event.fingerprint = view.fingerprint;
      event.payload.assign(reinterpret_cast<const char*>(view.payload.data()), view.payload.size());
      return true;
    });
    if (!scanned.ok()) events_.clear();
    return scanned;
  }

  log::EventLog& log_;
  log::GroupInfo group_;
  std::vector<Event> events_;  // of the whole group, by position; no key: retention removed it
};

}  // namespace

SequencerSeam make_log_seam(log::EventLog& log) {
  SequencerSeam seam;
  seam.now = [] { return system_now(); };
  seam.append = [&log](std::span<const log::GroupPart> parts, Durability durability) {
    return log.append(parts, durability);
  };
  seam.sync = [&log] { return log.sync(); };
  seam.publish = {};
  seam.recall = [group = std::make_shared<RecalledGroup>(log)](
                    Position first, std::string_view key) { return group->find(first, key); };
  return seam;
}

}  // namespace daybook
