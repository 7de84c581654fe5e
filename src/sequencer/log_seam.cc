#include "sequencer/log_seam.h"

#include "base/clock.h"

namespace daybook {
namespace {

Result<SequencerSeam::Recalled> recall_from(log::EventLog& log, Position first,
                                            std::string_view key) {
  SequencerSeam::Recalled recalled;
  recalled.first = first;
  log::ScanOptions options;
  options.from = first;
  DAYBOOK_TRY_VOID(log.scan(options, [&](const log::EventView& event) {
    if (event.idempotency_key != key) return false;
    if (recalled.found && event.topic != recalled.topic) return false;
    recalled.found = true;
    recalled.fingerprint = event.fingerprint;
    recalled.topic = event.topic;
    recalled.events.emplace_back(
        event.schema_version,
        std::string(reinterpret_cast<const char*>(event.payload.data()), event.payload.size()));
    return true;
  }));
  if (!recalled.found) return recalled;
  DAYBOOK_TRY(const log::GroupInfo group, log.group_of(first));
  recalled.group_hash = group.hash;
  return recalled;
}

}  // namespace

SequencerSeam make_log_seam(log::EventLog& log) {
  SequencerSeam seam;
  seam.now = [] { return system_now(); };
  seam.append = [&log](std::span<const log::GroupPart> parts) { return log.append(parts); };
  seam.publish = {};
  seam.recall = [&log](Position first, std::string_view key) {
    return recall_from(log, first, key);
  };
  return seam;
}

}  // namespace daybook
