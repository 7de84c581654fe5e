// RocksDB as the log uses it: options, opening, and the handles that must die in the right order.
// Private to src/log. Threads: a Store is safe from any once opened; RocksDB locks for itself.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <rocksdb/db.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/event_log.h"

namespace daybook::log {

// A background error stops the log; told by RocksDB's own threads.
using FailureSink = std::function<void(const std::string&)>;

struct TopicStore {
  TopicId id{};
  std::string name;
  rocksdb::ColumnFamilyHandle* handle = nullptr;  // the Store's
};

// An open instance. Iterators must be gone before it is destroyed.
class Store {
 public:
  Store() = default;
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] const TopicStore* find(TopicId id) const;

  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* meta = nullptr;
  std::vector<TopicStore> topics;        // by id
  std::atomic<std::uint32_t> format{0};  // raised by the first removal
  // Groups were written since the last fsync. The appending thread's to set.
  std::atomic<bool> unsynced{false};
  std::string secondary_dir;  // read_only: RocksDB's own scratch, removed in the destructor

 private:
  friend struct StoreOpener;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

std::string store_path(const std::string& data_dir);
// Into a batch, as the store's new format.
void put_format(rocksdb::WriteBatch& batch, const Store& store, std::uint32_t format);
std::string newer_format_words(std::uint32_t found);

// Creates what is missing. Errc::corrupt as EventLog::open says.
Result<std::unique_ptr<Store>> open_primary(const Options& options, FailureSink failed);
// Beside a primary or without one; writes only into a temporary directory of its own.
Result<std::unique_ptr<Store>> open_secondary(const Options& options);

inline rocksdb::Slice to_slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view to_view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace daybook::log
