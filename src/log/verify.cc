// EventLog::verify: every byte read, every CRC and hash computed again.
#include "log/reader.h"

namespace daybook::log {
namespace {

constexpr std::uint64_t progress_groups = 1024;  // how often progress is told

bool verify_group(GroupReader& groups, VerifyReport& report, std::optional<Damage>& damage) {
  EventView event;
  while (const StoredRecord* record = groups.next_record(true)) {
    FrameCursor frames(record->bytes, record->header);
    while (frames.next(event)) ++report.events;
    if (frames.problem() != nullptr) {
      damage = Damage{frames.at(), frames.problem()};
      return false;
    }
    ++report.records;
    report.bytes += record->bytes.size();
  }
  if (groups.damage()) return false;
  ++report.groups;
  report.head = groups.header().last();
  report.head_hash = groups.hash();
  return true;
}

}  // namespace

VerifyReport verify_store(const Store& store, Position head, bool closed,
                          const std::function<void(Position)>& progress) {
  VerifyReport report;
  std::optional<Damage> damage;
  GroupReader groups(store, {1}, std::max(head, Position{1}));
  if (head.value > 0) {
    while (!damage && groups.next()) {
      if (!verify_group(groups, report, damage)) break;
      if (progress && report.groups % progress_groups == 0) progress(report.head);
    }
  }
  if (!damage && !groups.damage() && groups.no_stray_record(closed ? Position::max() : head))
    groups.none_missing_but_removed();
  report.removed = groups.missing();
  if (!damage) damage = groups.damage();
  if (damage) {
    report.problem = to_error(*damage).message;
    report.problem_at = damage->at;
  }
  if (progress) progress(report.head);
  return report;
}

}  // namespace daybook::log
