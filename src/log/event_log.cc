#include "log/event_log.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/digest.h"
#include "base/files.h"
#include "base/logging.h"
#include "base/mutex.h"
#include "log/data_lock.h"
#include "log/fail_stop.h"
#include "log/reader.h"
#include "log/record.h"
#include "log/recovery.h"
#include "log/removal.h"
#include "log/rocks.h"
#include "log/watermark.h"

namespace daybook::log {
namespace {

constexpr int catch_up_attempts_max = 10;  // files may vanish under a reader while a server runs
constexpr int read_attempts_max = 5;
constexpr std::size_t batch_bytes_initial = 64u << 10;
constexpr std::size_t batch_protection_bytes = 8;

std::string number(std::uint64_t value) { return std::to_string(value); }

Error closed_error() { return Error{Errc::unavailable, "the log is closed"}; }

class RocksEventLog final : public EventLog {
 public:
  explicit RocksEventLog(Options options)
      : options_(std::move(options)),
        fail_stop_(std::make_shared<FailStop>(options_.on_failure)),
        batch_(batch_bytes_initial, 0, batch_protection_bytes, 0) {}
  ~RocksEventLog() override { RocksEventLog::close(); }

  Result<void> open_for_writing();
  Result<void> open_for_reading();

  Result<Committed> append(std::span<const GroupPart> parts, Durability durability) override;
  Result<void> sync() override;
  [[nodiscard]] Position synced() const override { return synced_mark().position; }
  [[nodiscard]] Position head() const override { return head_mark().position; }
  [[nodiscard]] Hash256 head_hash() const override { return head_mark().hash; }
  [[nodiscard]] bool failed() const override { return fail_stop_->is_set(); }
  Result<void> scan(const ScanOptions& options, const EventFunction& f) override;
  Result<GroupInfo> group_of(Position position) override;
  Result<VerifyReport> verify(const std::function<void(Position)>& progress) override;
  Result<Stat> stat() override;
  Result<Removed> remove_before(TopicId topic, Position before, const RemovableFunction& removable,
                                std::atomic<bool>* stop) override;
  Result<void> refresh() override;
  void close() override;

 private:
  [[nodiscard]] bool writes() const { return options_.mode == OpenMode::read_write; }
  [[nodiscard]] Watermark head_mark() const {
    LockGuard lock(mutex_);
    return head_;
  }
  [[nodiscard]] Watermark synced_mark() const {
    LockGuard lock(mutex_);
    return synced_;
  }
  void set_head(const Watermark& head, bool server_running, bool durable = true) {
    LockGuard lock(mutex_);
    head_ = head;
    if (durable) synced_ = head;
    server_running_ = server_running;
  }
  [[nodiscard]] bool beside_server() const {
    LockGuard lock(mutex_);
    return server_running_;
  }
  Result<void> encode_group(std::span<const GroupPart> parts, const Watermark& head);
  Result<bool> look(bool last_attempt);
  Result<std::optional<Watermark>> current_watermark() const;
  Result<void> verify_watermark(VerifyReport& report, bool closed);

  const Options options_;
  const std::shared_ptr<FailStop> fail_stop_;
  std::unique_ptr<DataLock> lock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<WatermarkWriter> watermark_;

  // append()'s own, kept between groups.
  rocksdb::WriteBatch batch_;
  std::string record_;
  std::string header_bytes_;
  GroupHeader header_;

  mutable Mutex mutex_;
  Watermark head_ GUARDED_BY(mutex_);
  Watermark synced_ GUARDED_BY(mutex_);  // never after head_
  bool server_running_ GUARDED_BY(mutex_) = false;
};

Result<void> RocksEventLog::open_for_writing() {
  DAYBOOK_TRY_VOID(make_directories(options_.data_dir));
  DAYBOOK_TRY(lock_, DataLock::take(options_.data_dir));
  DAYBOOK_TRY(const auto mark, read_watermark(options_.data_dir));
  if (mark && mark->store_format > store_format_version)
    return Error{Errc::corrupt, newer_format_words(mark->store_format)};
  auto store =
      open_primary(options_, [stop = fail_stop_](const std::string& why) { stop->set(why); });
  if (!store.ok()) {
    Error error = std::move(store).error();
    if (mark && error.code == Errc::corrupt)
      error.message += " (position " + number(mark->mark.position.value) + " was acknowledged)";
    return error;
  }
  store_ = std::move(store).value();
  DAYBOOK_TRY(const Watermark head, recover_tail(*store_, mark, options_.accept_loss));
  auto file = std::make_unique<WatermarkFile>();
  DAYBOOK_TRY_VOID(file->open(options_.data_dir, mark, store_->format));
  DAYBOOK_TRY_VOID(file->write(head, store_->format));
  set_head(head, false);
  watermark_ = std::make_unique<WatermarkWriter>(
      std::move(file), std::max<std::int64_t>(options_.watermark_interval_ms, 1),
      [this] { return synced_mark(); }, [this] { return store_->format.load(); },
      [stop = fail_stop_](const std::string& why) { stop->set(why); });
  return {};
}

Result<void> RocksEventLog::open_for_reading() {
  DAYBOOK_TRY(store_, open_secondary(options_));
  return refresh();
}

Result<void> RocksEventLog::encode_group(std::span<const GroupPart> parts, const Watermark& head) {
  batch_.Clear();
  header_.first = head.position + 1;
  header_.count = 0;
  header_.previous = head.hash;
  header_.parts.clear();
  for (const GroupPart& part : parts) {
    DAYBOOK_CHECK(part.count > 0 && !part.frames.empty());
    DAYBOOK_CHECK(header_.parts.empty() || header_.parts.back().topic < part.topic);
    const TopicStore* topic = store_->find(part.topic);
    DAYBOOK_CHECK(topic != nullptr);
    if (part.frames.size() > record_bytes_max - record_header_bytes)
      return Error{Errc::too_large, "a record of topic '" + topic->name +
                                        "' would be larger than " + number(record_bytes_max) +
                                        " bytes"};
    const Position first = header_.first + header_.count;
    encode_record(record_, part.topic, first, part.count, part.frames);
    const PositionKey key = position_key(first);
    batch_.Put(topic->handle, {key.data(), key.size()}, record_);
    header_.parts.push_back({part.topic, part.count, sha256(record_)});
    header_.count += part.count;
  }
  encode_group_header(header_bytes_, header_);
  const GroupKey key = group_key(header_.first);
  batch_.Put(store_->meta, {key.data(), key.size()}, header_bytes_);
  return {};
}

Result<Committed> RocksEventLog::append(std::span<const GroupPart> parts, Durability durability) {
  DAYBOOK_CHECK(writes() && !parts.empty());
  if (store_ == nullptr) return closed_error();
  if (fail_stop_->is_set()) return fail_stop_->error();
  const Watermark head = head_mark();
  if (auto encoded = encode_group(parts, head); !encoded.ok()) {
    fail_stop_->set(encoded.error().message);
    return std::move(encoded).error();
  }
  rocksdb::WriteOptions write;
  write.sync = durability == Durability::synced;
  if (!write.sync) store_->unsynced = true;
  const auto start = std::chrono::steady_clock::now();
  const rocksdb::Status status = store_->db->Write(write, &batch_);
  const auto took = std::chrono::steady_clock::now() - start;
  if (!status.ok()) {
    fail_stop_->set("cannot write the log: " + status.ToString());
    return fail_stop_->error();
  }
  Committed committed;
  committed.first = header_.first;
  committed.count = header_.count;
  committed.hash = sha256(header_bytes_);
  committed.write_us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  committed.durability = durability;
  if (write.sync) store_->unsynced = false;
  set_head({header_.last(), committed.hash}, false, write.sync);
  return committed;
}

Result<void> RocksEventLog::sync() {
  DAYBOOK_CHECK(writes());
  if (store_ == nullptr) return closed_error();
  if (fail_stop_->is_set()) return fail_stop_->error();
  const Watermark head = head_mark();
  if (synced_mark() == head) return {};
  const rocksdb::Status status = store_->db->SyncWAL();
  if (!status.ok()) {
    fail_stop_->set("cannot sync the log: " + status.ToString());
    return fail_stop_->error();
  }
  store_->unsynced = false;
  set_head(head, false);
  return {};
}

Result<Removed> RocksEventLog::remove_before(TopicId id, Position before,
                                             const RemovableFunction& removable,
                                             std::atomic<bool>* stop) {
  DAYBOOK_CHECK(writes());
  if (store_ == nullptr) return closed_error();
  if (fail_stop_->is_set()) return fail_stop_->error();
  const TopicStore* topic = store_->find(id);
  if (topic == nullptr) return Error{Errc::not_found, "the log has no topic " + number(id.value)};
  return remove_records(
      *store_, *topic, std::min(before, synced() + 1), removable,
      [this](const std::string& why) { fail_stop_->set(why); }, stop);
}

Result<void> RocksEventLog::scan(const ScanOptions& options, const EventFunction& f) {
  if (store_ == nullptr) return closed_error();
  ScanOptions rest = options;
  rest.from = std::max(rest.from, Position{1});
  for (int attempt = 1;; ++attempt) {
    const Position end = head();
    if (rest.from > std::min(end, rest.until)) return {};
    rest.until = std::min(rest.until, end);
    Position next = rest.from;
    auto scanned = rest.topic ? scan_topic(*store_, rest, end, f, next)
                              : scan_merged(*store_, rest, end, f, next);
    const bool again = !scanned.ok() && scanned.error().code == Errc::corrupt && beside_server() &&
                       attempt < read_attempts_max && next <= rest.until;
    if (!again) return scanned;
    // The server moved files while they were read: look again, and go on behind the last event
    // given.
    DAYBOOK_TRY_VOID(refresh());
    rest.from = next;
  }
}

Result<GroupInfo> RocksEventLog::group_of(Position position) {
  if (store_ == nullptr) return closed_error();
  const Position end = head();
  if (position.value == 0 || position > end)
    return Error{Errc::not_found, "position " + number(position.value) +
                                      " is not in the log, whose last is " + number(end.value)};
  DAYBOOK_TRY(const auto group, find_group(*store_, position));
  if (!group || group->last() < position)
    return to_error({position, "there is no commit group for this position"});
  return GroupInfo{group->first, group->count, hash_of(*group)};
}

Result<std::optional<Watermark>> RocksEventLog::current_watermark() const {
  if (watermark_ != nullptr) return std::optional<Watermark>{watermark_->mark()};
  DAYBOOK_TRY(const auto slot, read_watermark(options_.data_dir));
  if (!slot) return std::optional<Watermark>{};
  return std::optional<Watermark>{slot->mark};
}

// Adds what the watermark has to say to a report that found nothing wrong.
Result<void> RocksEventLog::verify_watermark(VerifyReport& report, bool closed) {
  DAYBOOK_TRY(const auto mark, current_watermark());
  // Beside a server the watermark moves on while we read.
  if (mark) report.watermark = closed ? mark->position : std::min(mark->position, report.head);
  if (report.problem) return {};
  if (!mark && report.head.value > 0) {
    report.problem = "the file WATERMARK is missing or unreadable";
    report.problem_at = report.head;
  } else if (mark && mark->position > report.head && closed) {
    report.problem = "the log ends at position " + number(report.head.value) + " but position " +
                     number(mark->position.value) + " was acknowledged";
    report.problem_at = report.head + 1;
  } else if (mark && mark->position <= report.head) {
    const auto same = check_against(*store_, *mark, {report.head, report.head_hash});
    if (same.ok()) return {};
    report.problem = same.error().message;
    report.problem_at = mark->position;
  }
  return {};
}

Result<VerifyReport> RocksEventLog::verify(const std::function<void(Position)>& progress) {
  if (store_ == nullptr) return closed_error();
  for (int attempt = 1;; ++attempt) {
    const bool running = beside_server();
    const bool closed = !writes() && !running;
    VerifyReport report = verify_store(*store_, head(), closed, progress);
    DAYBOOK_TRY_VOID(verify_watermark(report, closed));
    if (!report.problem || !running || attempt == read_attempts_max) return report;
    DAYBOOK_TRY_VOID(refresh());
  }
}

Result<Stat> RocksEventLog::stat() {
  if (store_ == nullptr) return closed_error();
  Stat stat;
  const Watermark head = head_mark();
  stat.head = head.position;
  stat.head_hash = head.hash;
  stat.synced = synced();
  DAYBOOK_TRY(const auto mark, current_watermark());
  if (mark) stat.watermark = mark->position;
  stat.store_format = store_->format;
  stat.server_running = beside_server();
  std::error_code failed;
  for (std::filesystem::directory_iterator it(store_path(options_.data_dir), failed), end;
       !failed && it != end; it.increment(failed)) {
    std::error_code gone;  // a file may be deleted while we look
    const auto bytes = it->file_size(gone);
    if (!gone) stat.disk_bytes += bytes;
  }
  for (const auto& topic : store_->topics) {
    Stat::PerTopic row;
    row.name = topic.name;
    row.id = topic.id;
    store_->db->GetIntProperty(topic.handle, rocksdb::DB::Properties::kEstimateNumKeys,
                               &row.records);
    store_->db->GetIntProperty(topic.handle, rocksdb::DB::Properties::kTotalSstFilesSize,
                               &row.sst_bytes);
    DAYBOOK_TRY(const RemovalMark removal, read_removal_mark(*store_, topic));
    row.removed = removal.removed;
    row.removed_before = removal.removed_before;
    stat.topics.push_back(std::move(row));
  }
  return stat;
}

// One look at what a server beside has written. False: the store is not as far as the watermark
// yet.
Result<bool> RocksEventLog::look(bool last_attempt) {
  const bool running = DataLock::is_held(options_.data_dir);
  DAYBOOK_TRY(const auto mark, read_watermark(options_.data_dir));
  const rocksdb::Status status = store_->db->TryCatchUpWithPrimary();
  if (!status.ok()) {
    if (!last_attempt) return false;
    return Error{running ? Errc::unavailable : Errc::corrupt,
                 "cannot read the log: " + status.ToString()};
  }
  DAYBOOK_TRY(const Watermark last, last_group(*store_));
  if (!running && DataLock::is_held(options_.data_dir) && !last_attempt)
    return false;  // a server started meanwhile: what was read may not be fsynced
  if (!running) {
    set_head(last, false);
    return true;
  }
  // Beyond the watermark the bytes may not be fsynced yet.
  const Watermark durable = mark ? mark->mark : Watermark{};
  if (last.position < durable.position) {
    if (last_attempt) set_head(last, true);
    return last_attempt;
  }
  if (const auto same = check_against(*store_, durable, durable); !same.ok()) {
    if (!last_attempt) return false;
    return same.error();
  }
  set_head(durable, true);
  return true;
}

Result<void> RocksEventLog::refresh() {
  if (writes()) return {};
  if (store_ == nullptr) return closed_error();
  for (int attempt = 1;; ++attempt) {
    DAYBOOK_TRY(const bool seen, look(attempt == catch_up_attempts_max));
    if (seen) return {};
  }
}

void RocksEventLog::close() {
  const bool opened = watermark_ != nullptr;  // a store that was refused is left as it is
  if (opened && !fail_stop_->is_set() && !sync().ok())
    log_warn("the log's last interval groups may be lost", {{"position", head().value}});
  if (opened) watermark_->stop();
  watermark_.reset();
  // What is flushed now need not be replayed by the next start; it is durable either way.
  if (opened && !fail_stop_->is_set()) {
    std::vector<rocksdb::ColumnFamilyHandle*> handles{store_->meta};
    for (const auto& topic : store_->topics) handles.push_back(topic.handle);
    store_->db->Flush(rocksdb::FlushOptions(), handles).PermitUncheckedError();
  }
  store_.reset();
  lock_.reset();
}

}  // namespace

Result<std::unique_ptr<EventLog>> EventLog::open(const Options& options) {
  auto log = std::make_unique<RocksEventLog>(options);
  DAYBOOK_TRY_VOID(options.mode == OpenMode::read_write ? log->open_for_writing()
                                                        : log->open_for_reading());
  return std::unique_ptr<EventLog>(std::move(log));
}

}  // namespace daybook::log
