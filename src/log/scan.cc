// EventLog::scan: all topics merged in step with their group headers, or one topic alone.
#include "base/digest.h"
#include "log/reader.h"

namespace daybook::log {
namespace {

enum class Step : std::uint8_t { go_on, stop };

// Gives the record's events within [from, until] to f.
Result<Step> give_events(const StoredRecord& record, const ScanOptions& options,
                         const EventFunction& f, Position& next) {
  FrameCursor frames(record.bytes, record.header);
  EventView event;
  while (frames.next(event)) {
    if (event.position < options.from) continue;
    if (event.position > options.until) return Step::stop;
    next = event.position + 1;
    if (!f(event)) return Step::stop;
  }
  if (frames.problem() != nullptr) return to_error({frames.at(), frames.problem()});
  return Step::go_on;
}

// The hash that the group header gives for the record.
Result<void> check_hash(const Store& store, const StoredRecord& record) {
  DAYBOOK_TRY(const auto group, find_group(store, record.header.first));
  if (group) {
    Position first = group->first;
    for (const auto& part : group->parts) {
      if (first == record.header.first && part.topic == record.header.topic) {
        if (part.count == record.header.count && part.record_hash == sha256(record.bytes))
          return {};
        return to_error({first, "the record's hash is not the one in its group header"});
      }
      first = first + part.count;
    }
  }
  return to_error({record.header.first, "the record belongs to no commit group"});
}

}  // namespace

Result<void> scan_merged(const Store& store, const ScanOptions& options, Position head,
                         const EventFunction& f, Position& next) {
  GroupReader groups(store, options.from, std::min(options.until, head));
  while (groups.next()) {
    if (groups.header().first > options.until) return {};
    while (const StoredRecord* record = groups.next_record(options.verify_hashes)) {
      DAYBOOK_TRY(const Step step, give_events(*record, options, f, next));
      if (step == Step::stop) return {};
    }
  }
  if (groups.damage()) return to_error(*groups.damage());
  return {};
}

Result<void> scan_topic(const Store& store, const ScanOptions& options, Position head,
                        const EventFunction& f, Position& next) {
  const TopicStore* topic = store.find(*options.topic);
  if (topic == nullptr)
    return Error{Errc::not_found, "the log has no topic " + std::to_string(options.topic->value)};
  const Position until = std::min(options.until, head);
  const std::unique_ptr<rocksdb::Iterator> it(
      store.db->NewIterator(read_options(options.from, until), topic->handle));
  const PositionKey key = position_key(options.from);
  it->SeekForPrev({key.data(), key.size()});
  if (!it->Valid() && it->status().ok()) it->Seek({key.data(), key.size()});
  AlignedBytes buffer;
  StoredRecord record;
  Position free{1};  // no record may begin before it
  for (; it->Valid(); it->Next()) {
    const auto at = parse_position_key(to_view(it->key()));
    if (!at) return to_error({free, "a record's key is not a position"});
    if (*at > until) break;
    record.bytes = buffer.assign(to_view(it->value()));
    if (const char* problem = decode_record(record.bytes, record.header))
      return to_error({*at, problem});
    if (record.header.first != *at || record.header.topic != topic->id)
      return to_error({*at, "the record names another position or topic than its key"});
    if (*at < free) return to_error({*at, "two records overlap"});
    free = *at + record.header.count;
    if (options.verify_hashes) DAYBOOK_TRY_VOID(check_hash(store, record));
    DAYBOOK_TRY(const Step step, give_events(record, options, f, next));
    if (step == Step::stop) return {};
  }
  if (!it->status().ok()) return to_error({free, it->status().ToString()});
  return {};
}

}  // namespace daybook::log
