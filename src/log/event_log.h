// The event log: the one truth. One RocksDB instance, a column family per topic plus `meta`.
//
// append() writes one commit group - at most one record per topic and one group header - in ONE
// WriteBatch with ONE fsync, or none (Durability::interval). The bytes: docs/log-format.md.
//
// Invariants
//   - positions are gapless from 1; the events of one topic in a group are contiguous, topics in
//     the order of their ids.
//   - each group header holds the hashes of its records and of the header before it (the chain).
//   - after a failed append or sync the log refuses every further one (fail-stop); reopen to
//     recover.
//   - only remove_before() takes records away, and never a group header: the chain stays whole.
//   - a crash takes at most the groups after synced(), from the end.
//
// Threads: append() and sync() by one thread only (the sequencer); remove_before() by one thread
// at a time, beside it; scan(), group_of(), head(), synced(), stat() from any.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::log {

// Of the data directory; a newer one is refused. New stores are made with the initial one and
// raised when they first hold what an older program would misread (docs/log-format.md).
constexpr std::uint32_t store_format_version = 2;
constexpr std::uint32_t store_format_initial = 1;
constexpr std::size_t record_bytes_max = 64u << 20;
constexpr std::size_t topics_max = 64;

struct Topic {
  TopicId id;
  std::string name;  // also the column family
};

// One topic's share of a commit group. `frames`: the events, each as append_frame() wrote it.
struct GroupPart {
  TopicId topic;
  std::uint32_t count = 0;  // events, >= 1
  std::string_view frames;
};

// What append() wrote.
struct Committed {
  Position first{};         // of the group; parts follow each other in the order given
  std::uint32_t count = 0;  // events in the group
  Hash256 hash{};           // of the group header: the chain at this point, and the receipt's hash
  std::int64_t write_us = 0;                   // WriteBatch and fsync
  Durability durability = Durability::synced;  // as it was asked for
};

// What remove_before() took away.
struct Removed {
  std::uint64_t records = 0, events = 0, bytes = 0;
};

// One event as read. Views end with the callback.
struct EventView {
  Position position{};
  TopicId topic{};
  std::uint16_t schema_version = 0;
  Id128 event_id{};
  UnixUs server_time{};
  Id128 trace_id{};                  // zero: none
  std::string_view idempotency_key;  // empty: none
  Id128 fingerprint{};
  std::span<const std::uint8_t> payload;  // 8-byte aligned
};

struct GroupInfo {
  Position first{};
  std::uint32_t count = 0;
  Hash256 hash{};
};

enum class OpenMode : std::uint8_t {
  read_write,  // takes the data directory's lock; creates it when missing
  read_only,   // beside a running server too: then only up to the durable watermark is shown
};

struct Options {
  std::string data_dir;
  std::vector<Topic>
      topics;  // what the catalog knows; more may be in the store (read_only shows them)
  OpenMode mode = OpenMode::read_write;
  bool accept_loss = false;  // open although an acknowledged tail is gone
  std::int64_t watermark_interval_ms =
      100;  // how far the durable watermark may trail, plus one write
  std::size_t block_cache_bytes = 32u << 20;
  // Called once, on whichever thread saw it, when the log stops taking writes for good: a failed
  // append, watermark or background write. May be null.
  std::function<void(const Error&)> on_failure;
  void* env_for_tests = nullptr;  // a rocksdb::Env*, not owned; null: the default
};

struct ScanOptions {
  std::optional<TopicId> topic;  // absent: all topics merged by position
  Position from{1};
  Position until = Position::max();  // inclusive; clipped to head
  bool verify_hashes = false;        // also recompute record hashes against the group headers
};

struct VerifyReport {
  Position head{};
  std::uint64_t events = 0, groups = 0, records = 0, bytes = 0;  // what is there
  Removed removed;  // what retention took away; its bytes as each topic's removal mark tells
  Hash256 head_hash{};
  Position watermark{};
  std::optional<std::string> problem;  // the first one, in words with its position; absent: sound
  Position problem_at{};
};

struct Stat {
  Position head{};
  Hash256 head_hash{};
  Position watermark{};
  Position synced{};
  std::uint32_t store_format = 0;
  std::uint64_t disk_bytes = 0;
  bool server_running = false;  // read_only: another process holds the lock
  struct PerTopic {
    std::string name;
    TopicId id;
    std::uint64_t records = 0;
    std::uint64_t sst_bytes = 0;
    Removed removed;            // by retention, over the topic's life
    Position removed_before{};  // records that end before it may be missing
  };
  std::vector<PerTopic> topics;
};

class EventLog {
 public:
  // Opens (read_write: creates) the log under options.data_dir.
  // Errc::corrupt, in words with the position: a lost acknowledged tail (unless accept_loss), a
  // watermark whose hash differs, a store of a newer format, a topic of the store that `topics`
  // does not know (read_write only). Errc::unavailable: another process holds the lock.
  static Result<std::unique_ptr<EventLog>> open(const Options& options);
  virtual ~EventLog() = default;

  // synced: durable when it returns, and everything appended before with it. interval: written, and
  // durable with the next synced append or sync(). Positions are head()+1 onward. REQUIRES: parts
  // in ascending topic order, none empty. Any error is final: see fail-stop above.
  virtual Result<Committed> append(std::span<const GroupPart> parts,
                                   Durability durability = Durability::synced) = 0;

  // Makes everything appended so far durable; nothing to do costs nothing. The appending thread's;
  // an error is final, as append's.
  virtual Result<void> sync() = 0;

  // The last position that is written (read_write) or readable (read_only).
  [[nodiscard]] virtual Position head() const = 0;
  // The last position known to be durable: head() unless interval groups wait for their fsync.
  [[nodiscard]] virtual Position synced() const = 0;
  [[nodiscard]] virtual Hash256 head_hash() const = 0;

  // True once the log has stopped taking writes for good.
  [[nodiscard]] virtual bool failed() const = 0;

  // Calls f for each event in position order until it returns false. CRCs, gaps within what is read
  // and, for a merged scan, the chain of group headers are always checked. Errc::corrupt with the
  // position otherwise. What remove_before() took away is left out: positions jump there.
  virtual Result<void> scan(const ScanOptions& options,
                            const std::function<bool(const EventView&)>& f) = 0;

  // The commit group that holds the position. Errc::not_found past head or before the first.
  virtual Result<GroupInfo> group_of(Position position) = 0;

  // Reads everything, recomputes everything. `progress` (may be null) gets the position now and
  // then.
  virtual Result<VerifyReport> verify(const std::function<void(Position)>& progress) = 0;

  virtual Result<Stat> stat() = 0;

  // Removes the topic's records that end before `before` and hold removable events only, and gives
  // their space back. Goes on from where the last call ended; what that one kept stays for good, so
  // `removable` must say the same of an event each time. Nothing past synced() goes. `stop` (may be
  // null): set by another thread to end it early, with what was done so far. What an error leaves
  // is sound: each step is one durable write. A read_only log opened before may go on showing what
  // went. Must have returned before close().
  virtual Result<Removed> remove_before(
      TopicId topic, Position before,
      const std::function<Result<bool>(const EventView&)>& removable,
      std::atomic<bool>* stop = nullptr) = 0;

  // read_only beside a running server: looks again; head() may have moved. No effect otherwise.
  virtual Result<void> refresh() = 0;

  // Writes the watermark now and closes. Called by the destructor too.
  virtual void close() = 0;
};

// What a new event's envelope says.
struct FrameFields {
  TopicId topic;
  std::uint16_t schema_version = 0;
  Id128 event_id{};
  UnixUs server_time{};
  Id128 trace_id{};
  std::string_view idempotency_key;
  Id128 fingerprint{};
};

// Encodes events into frames. Keeps its builder between events; one per thread.
class FrameWriter {
 public:
  FrameWriter();
  ~FrameWriter();
  // Appends one frame to `out`.
  void append(std::string& out, const FrameFields& fields, std::span<const std::uint8_t> payload);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "1234-0f3a5c7e9b1d2f40": the receipt of the event at `position` in a group with this hash.
std::string receipt_text(Position position, const Hash256& group_hash);
struct Receipt {
  Position position{};
  std::string hash_prefix;  // 16 lower-case hex digits
};
Result<Receipt> parse_receipt(std::string_view text);

}  // namespace daybook::log
