#include "log/removal.h"

#include <rocksdb/write_batch.h>

#include "base/crc32c.h"
#include "log/reader.h"
#include "log/record.h"

namespace daybook::log {
namespace {

constexpr std::uint32_t mark_magic = 0x014D4244;  // "DBM", version 1
constexpr std::size_t mark_crc_at = 48;
constexpr std::size_t readahead_bytes = 2u << 20;
constexpr auto mark_key_prefix = "removed/";

std::string mark_key(const TopicStore& topic) { return mark_key_prefix + topic.name; }

// One step after the other; each looks at some records and writes once.
class Removal {
 public:
  Removal(Store& store, const TopicStore& topic, Position limit, const RemovableFunction& removable)
      : store_(store), topic_(topic), limit_(limit), removable_(removable) {}

  Result<void> begin() {
    DAYBOOK_TRY(mark_, read_removal_mark(store_, topic_));
    at_end_ = mark_.looked_before >= limit_;
    return {};
  }
  [[nodiscard]] bool at_end() const { return at_end_; }
  [[nodiscard]] const Removed& removed() const { return removed_; }
  [[nodiscard]] Position looked_before() const { return mark_.looked_before; }

  Result<void> step(const FailureSink& write_failed) {
    batch_.Clear();
    run_first_.reset();
    step_ = {};
    RemovalMark next = mark_;
    DAYBOOK_TRY(next.looked_before, look());
    end_run(next);
    next.removed.records += step_.records;
    next.removed.events += step_.events;
    next.removed.bytes += step_.bytes;
    put_removal_mark(batch_, store_, next);
    const bool first = mark_.removed.records == 0 && step_.records > 0;
    if (first) put_format(batch_, store_, store_format_version);
    // A mark that only says how far was looked may be lost.
    rocksdb::WriteOptions options;
    options.sync = step_.records > 0;
    const auto status = store_.db->Write(options, &batch_);
    if (!status.ok()) {
      write_failed("cannot remove records from the log: " + status.ToString());
      return Error{Errc::unavailable, "cannot remove records: " + status.ToString()};
    }
    if (first) store_.format = store_format_version;
    mark_ = next;
    removed_.records += step_.records;
    removed_.events += step_.events;
    removed_.bytes += step_.bytes;
    return {};
  }

 private:
  // Notes the removable records from the mark on. Returns how far it looked.
  Result<Position> look() {
    const PositionKey from = position_key(mark_.looked_before);
    const PositionKey until = position_key(limit_);
    const rocksdb::Slice bound(until.data(), until.size());
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = readahead_bytes;
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> it(store_.db->NewIterator(options, topic_.handle));
    std::size_t records = 0, bytes = 0;
    Position looked = mark_.looked_before;
    for (it->Seek({from.data(), from.size()}); it->Valid(); it->Next()) {
      if (records == removal_step_records_max || bytes >= removal_step_bytes_max) return looked;
      DAYBOOK_TRY(const StoredRecord record, read(*it, looked));
      const Position end = record.header.first + record.header.count;
      if (end > limit_) {
        at_end_ = true;
        return record.header.first;
      }
      DAYBOOK_TRY(const bool goes, all_removable(record));
      note(record, goes);
      looked = end;
      ++records;
      bytes += record.bytes.size();
    }
    if (!it->status().ok()) return to_error({looked, it->status().ToString()});
    at_end_ = true;
    return limit_;
  }

  Result<StoredRecord> read(const rocksdb::Iterator& it, Position free) {
    const auto at = parse_position_key(to_view(it.key()));
    if (!at) return to_error({free, "a record's key is not a position"});
    StoredRecord record;
    record.bytes = buffer_.assign(to_view(it.value()));
    if (const char* problem = decode_record(record.bytes, record.header))
      return to_error({*at, problem});
    if (record.header.first != *at || record.header.topic != topic_.id)
      return to_error({*at, "the record names another position or topic than its key"});
    return record;
  }

  Result<bool> all_removable(const StoredRecord& record) const {
    FrameCursor frames(record.bytes, record.header);
    EventView event;
    while (frames.next(event)) {
      DAYBOOK_TRY(const bool goes, removable_(event));
      if (!goes) return false;
    }
    if (frames.problem() != nullptr) return to_error({frames.at(), frames.problem()});
    return true;
  }

  void note(const StoredRecord& record, bool goes) {
    if (!goes) {
      close_run();
      return;
    }
    if (!run_first_) run_first_ = record.header.first;
    run_end_ = record.header.first + record.header.count;
    ++step_.records;
    step_.events += record.header.count;
    step_.bytes += record.bytes.size();
  }

  // One tombstone for all records of the topic that follow each other.
  void close_run() {
    if (!run_first_) return;
    const PositionKey from = position_key(*run_first_);
    const PositionKey until = position_key(run_end_);
    batch_.DeleteRange(topic_.handle, {from.data(), from.size()}, {until.data(), until.size()});
    run_first_.reset();
  }

  void end_run(RemovalMark& next) {
    close_run();
    next.topic = topic_.id;
    if (step_.records > 0) next.removed_before = run_end_;
  }

  Store& store_;
  const TopicStore& topic_;
  const Position limit_;
  const RemovableFunction& removable_;
  RemovalMark mark_;
  Removed removed_;
  bool at_end_ = false;  // nothing is left to look at
  // Of one step.
  rocksdb::WriteBatch batch_;
  Removed step_;
  std::optional<Position> run_first_;
  Position run_end_{};
  AlignedBytes buffer_;
};

// Rewrites the tables that hold removed records, so that the disk has their space again.
Result<void> give_space_back(const Store& store, const TopicStore& topic, Position until,
                             std::atomic<bool>* stop) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.canceled = stop;
  const PositionKey key = position_key(until);
  const rocksdb::Slice end(key.data(), key.size());
  const auto status = store.db->CompactRange(options, topic.handle, nullptr, &end);
  if (status.ok() || (stop != nullptr && stop->load())) return {};
  return Error{Errc::unavailable, "cannot give back the space of removed records of topic '" +
                                      topic.name + "': " + status.ToString()};
}

}  // namespace

std::string encode_removal_mark(const RemovalMark& mark) {
  std::string out(removal_mark_bytes, '\0');
  put_le(out.data(), mark_magic);
  put_le(out.data() + 4, mark.topic.value);
  put_le(out.data() + 8, mark.removed_before.value);
  put_le(out.data() + 16, mark.looked_before.value);
  put_le(out.data() + 24, mark.removed.records);
  put_le(out.data() + 32, mark.removed.events);
  put_le(out.data() + 40, mark.removed.bytes);
  put_le(out.data() + mark_crc_at, crc32c(std::string_view(out).substr(0, mark_crc_at)));
  return out;
}

const char* decode_removal_mark(std::string_view bytes, RemovalMark& out) {
  if (bytes.size() != removal_mark_bytes) return "a removal mark has another size";
  if (get_le<std::uint32_t>(bytes.data()) != mark_magic) return "not a removal mark";
  if (get_le<std::uint32_t>(bytes.data() + mark_crc_at) != crc32c(bytes.substr(0, mark_crc_at)))
    return "the removal mark's CRC is wrong";
  if (get_le<std::uint16_t>(bytes.data() + 6) != 0 ||
      get_le<std::uint32_t>(bytes.data() + mark_crc_at + 4) != 0)
    return "the removal mark's reserved bytes are not 0";
  out.topic = {get_le<std::uint16_t>(bytes.data() + 4)};
  out.removed_before = {get_le<std::uint64_t>(bytes.data() + 8)};
  out.looked_before = {get_le<std::uint64_t>(bytes.data() + 16)};
  out.removed.records = get_le<std::uint64_t>(bytes.data() + 24);
  out.removed.events = get_le<std::uint64_t>(bytes.data() + 32);
  out.removed.bytes = get_le<std::uint64_t>(bytes.data() + 40);
  if (out.looked_before < out.removed_before)
    return "the removal mark's positions are in the wrong order";
  return nullptr;
}

Result<RemovalMark> read_removal_mark(const Store& store, const TopicStore& topic) {
  rocksdb::PinnableSlice value;
  const auto status = store.db->Get(rocksdb::ReadOptions(), store.meta, mark_key(topic), &value);
  RemovalMark mark;
  mark.topic = topic.id;
  if (status.IsNotFound()) return mark;
  const std::string of_topic = " (topic '" + topic.name + "')";
  if (!status.ok())
    return Error{Errc::corrupt, "cannot read the removal mark: " + status.ToString() + of_topic};
  const char* problem = decode_removal_mark(to_view(value), mark);
  if (problem == nullptr && mark.topic != topic.id)
    problem = "the removal mark names another topic than its key";
  if (problem != nullptr) return Error{Errc::corrupt, problem + of_topic};
  return mark;
}

void put_removal_mark(rocksdb::WriteBatch& batch, const Store& store, const RemovalMark& mark) {
  const TopicStore* topic = store.find(mark.topic);
  DAYBOOK_CHECK(topic != nullptr);
  batch.Put(store.meta, mark_key(*topic), encode_removal_mark(mark));
}

Result<Removed> remove_records(Store& store, const TopicStore& topic, Position limit,
                               const RemovableFunction& removable, const FailureSink& write_failed,
                               std::atomic<bool>* stop) {
  Removal removal(store, topic, limit, removable);
  DAYBOOK_TRY_VOID(removal.begin());
  const auto stopped = [stop] { return stop != nullptr && stop->load(); };
  while (!stopped() && !removal.at_end()) DAYBOOK_TRY_VOID(removal.step(write_failed));
  if (removal.removed().records > 0 && !stopped())
    DAYBOOK_TRY_VOID(give_space_back(store, topic, removal.looked_before(), stop));
  return removal.removed();
}

}  // namespace daybook::log
