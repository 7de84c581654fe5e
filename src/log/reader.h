// Reading what is in the store, checked: commit groups with their records in step, and one topic
// alone. Private to src/log. Threads: an object belongs to one; several may read at once.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <rocksdb/iterator.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"
#include "log/removal.h"
#include "log/rocks.h"

namespace daybook::log {

struct Damage {
  Position at{};
  std::string words;
};
Error to_error(const Damage& damage);

// Short reads stay in the block cache, long ones read ahead and pass it by.
rocksdb::ReadOptions read_options(Position from, Position until);

// A record as it lies in the store, decoded as far as its header.
struct StoredRecord {
  std::string_view bytes;  // 8-aligned; until the next record is read
  RecordHeader header;
};

// Group after group from the one that holds `from`. Checks each header's CRC, that groups follow
// each other without a gap, and the chain of hashes (the first group's link only when it is
// position 1's). A record may be missing where its topic's removal mark says so, else it is damage.
class GroupReader {
 public:
  // REQUIRES: until is the end of a group, or max(); 1 <= from <= until.
  GroupReader(const Store& store, Position from, Position until);

  // False past `until` and on damage.
  bool next();
  [[nodiscard]] const GroupHeader& header() const { return header_; }
  [[nodiscard]] const Hash256& hash() const { return hash_; }

  // The next record of this group that is there. Null after the last one, and on damage.
  const StoredRecord* next_record(bool verify_hash);

  // After the last group: a record at or before `until` that belongs to no group is damage.
  bool no_stray_record(Position until);

  // Records and events found missing so far, below the removal marks.
  [[nodiscard]] Removed missing() const;
  // After groups from position 1 on: no more is missing than was removed.
  bool none_missing_but_removed();

  [[nodiscard]] const std::optional<Damage>& damage() const { return damage_; }

 private:
  struct TopicCursor {
    TopicId topic{};
    const std::string* name = nullptr;
    std::unique_ptr<rocksdb::Iterator> it;
    bool placed = false;
    RemovalMark mark;
    Removed missing;
  };
  enum class Placed : std::uint8_t { found, removed, damaged };
  bool fail(Position at, std::string words);
  bool seek_first();
  bool read_header();
  TopicCursor* cursor_of(TopicId topic);
  bool seek_origin(TopicCursor& cursor, Position wanted);
  Placed place(TopicCursor& cursor, Position wanted, std::uint32_t count);
  const StoredRecord* read_record(TopicCursor& cursor, const GroupPartHash& part, Position first,
                                  bool verify_hash);

  const Position from_;
  const Position until_;
  std::unique_ptr<rocksdb::Iterator> groups_;
  std::vector<TopicCursor> cursors_;
  GroupHeader header_;
  Hash256 hash_{};
  bool started_ = false;
  Position origin_;  // where cursors begin: the first group's first position
  std::size_t part_ = 0;
  Position part_first_{};
  AlignedBytes buffer_;
  StoredRecord record_;
  std::optional<Damage> damage_;
};

using EventFunction = std::function<bool(const EventView&)>;

// EventLog::scan over a store; options.until is clipped already. `next`: where to go on after an
// error.
Result<void> scan_merged(const Store& store, const ScanOptions& options, Position head,
                         const EventFunction& f, Position& next);
Result<void> scan_topic(const Store& store, const ScanOptions& options, Position head,
                        const EventFunction& f, Position& next);

// The group that holds the position; absent: there is none.
Result<std::optional<GroupHeader>> find_group(const Store& store, Position position);
Hash256 hash_of(const GroupHeader& header);

// EventLog::verify over a store up to `head`. closed: no writer is at work, so nothing may lie
// beyond it.
VerifyReport verify_store(const Store& store, Position head, bool closed,
                          const std::function<void(Position)>& progress);

}  // namespace daybook::log
