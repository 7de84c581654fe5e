// What the log's tests share: logs in temporary directories, events that can be told apart, and a
// raw hand into the store to damage it.
#pragma once

#include <daybook/ids.h>

#include <rocksdb/db.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/event_log.h"
#include "support/temp_dir.h"

namespace daybook::test {

constexpr TopicId topic_a{1};
constexpr TopicId topic_b{2};
constexpr TopicId topic_c{7};

log::Options log_options(const std::string& data_dir);

// A record's worth of events of one topic; each payload is its text.
struct Part {
  TopicId topic{};
  std::vector<std::string> payloads;
};

std::string frame_of(TopicId topic, const std::string& payload);

// REQUIREs that the log takes them.
log::Committed append(log::EventLog& log, const std::vector<Part>& parts);
// The same, and whatever comes of it.
Result<log::Committed> try_append(log::EventLog& log, const std::vector<Part>& parts,
                                  Durability durability = Durability::synced);
// REQUIREs that the log takes them, without an fsync.
log::Committed append_interval(log::EventLog& log, const std::vector<Part>& parts);

// "position/topic/payload" of all that a scan gives.
Result<std::vector<std::string>> scan_all(log::EventLog& log, const log::ScanOptions& options = {});

std::unique_ptr<log::EventLog> open_log(const log::Options& options);
// The error of a log that must not open.
Error refused(const log::Options& options);

void copy_directory(const std::string& from, const std::string& to);

// The store's bytes, with the log closed.
class RawStore {
 public:
  explicit RawStore(const std::string& data_dir);
  ~RawStore();
  RawStore(const RawStore&) = delete;
  RawStore& operator=(const RawStore&) = delete;

  std::string get(const std::string& column_family, std::string_view key);
  void put(const std::string& column_family, std::string_view key, std::string_view value);
  void remove(const std::string& column_family, std::string_view key);
  void create(const std::string& column_family);

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> handles_;
};

std::string record_key(std::uint64_t position);
std::string header_key(std::uint64_t position);

}  // namespace daybook::test
