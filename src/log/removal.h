// Retention in the log: a topic's removal mark, and the removal itself. A record's removal and the
// mark that says so are one durable write, so that at any moment, after any crash, exactly the
// records the mark counts are missing below it. Bytes: docs/log-format.md. Private to src/log.
// Threads: remove_records by one at a time, beside the appending one; the rest from any.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "log/rocks.h"

namespace daybook::log {

constexpr std::size_t removal_mark_bytes = 56;
// One step of a removal: what is looked at for one write. A record more may go over the bytes.
constexpr std::size_t removal_step_records_max = 4096;
constexpr std::size_t removal_step_bytes_max = 16u << 20;

struct RemovalMark {
  TopicId topic{};
  Position removed_before{};  // records that end before it may be missing; above it none may
  Position looked_before{1};  // everything that ends before it was looked at: where to go on
  Removed removed;            // over the topic's life
  friend bool operator==(const RemovalMark& a, const RemovalMark& b) {
    return a.topic == b.topic && a.removed_before == b.removed_before &&
           a.looked_before == b.looked_before && a.removed.records == b.removed.records &&
           a.removed.events == b.removed.events && a.removed.bytes == b.removed.bytes;
  }
};

std::string encode_removal_mark(const RemovalMark& mark);
// Null when sound; else what is wrong, in words.
const char* decode_removal_mark(std::string_view bytes, RemovalMark& out);

// A topic without one: the default, which lets nothing be missing.
Result<RemovalMark> read_removal_mark(const Store& store, const TopicStore& topic);
// Into a batch, under its key in `meta`.
void put_removal_mark(rocksdb::WriteBatch& batch, const Store& store, const RemovalMark& mark);

using RemovableFunction = std::function<Result<bool>(const EventView&)>;

// EventLog::remove_before over a store. `limit`: `before`, clipped to what is durable.
// `write_failed` is called with RocksDB's words when a write fails.
Result<Removed> remove_records(Store& store, const TopicStore& topic, Position limit,
                               const RemovableFunction& removable, const FailureSink& write_failed,
                               std::atomic<bool>* stop);

}  // namespace daybook::log
