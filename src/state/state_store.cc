#include "state/state_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <daybook/bytes.h>
#include <daybook/check.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <utility>

#include "base/files.h"
#include "base/logging.h"

namespace daybook::state {
namespace {

constexpr std::uint32_t store_format_version = 1;
constexpr auto format_key = "format";  // in the default column family: u32, little endian

// Small rows that are written again and again: small buffers, small blocks, a filter for gets.
constexpr std::size_t write_buffer_bytes = 8u << 20;  // per column family
constexpr std::uint64_t wal_bytes_max = 32u << 20;
constexpr std::uint64_t table_file_bytes = 16u << 20;
constexpr std::size_t block_bytes = 4u << 10;
constexpr std::size_t block_cache_bytes = 16u << 20;
constexpr double filter_bits_per_key = 10;
constexpr int background_jobs_max = 2;
constexpr std::size_t info_log_bytes_max = 1u << 20;
constexpr std::size_t info_logs_kept = 2;

constexpr std::array<const char*, 2> family_names{"checkpoints", "rows"};

class StoreListener : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    log_error("the state store has stopped taking writes", {{"reason", status->ToString()}});
  }
};

rocksdb::DBOptions db_options(void* env) {
  rocksdb::DBOptions o;
  if (env != nullptr) o.env = static_cast<rocksdb::Env*>(env);
  o.paranoid_checks = true;
  // Writes are not synced, so a power cut may leave a hole in the write-ahead log with later pages
  // behind it: the store is what was whole before the hole. Its projectors go on from there.
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // Rows and their checkpoint are in two families; neither may be flushed without the other, or a
  // cut write-ahead log would leave one behind.
  o.atomic_flush = true;
  o.max_total_wal_size = wal_bytes_max;
  o.max_background_jobs = background_jobs_max;
  o.max_bgerror_resume_count = 0;  // reported; a restart opens what is on the disk
  o.recycle_log_file_num = 0;
  o.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  o.max_log_file_size = info_log_bytes_max;
  o.keep_log_file_num = info_logs_kept;
  o.stats_dump_period_sec = 0;
  return o;
}

rocksdb::ColumnFamilyOptions column_options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = block_bytes;
  table.block_cache = rocksdb::NewLRUCache(block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
  table.cache_index_and_filter_blocks = true;
  rocksdb::ColumnFamilyOptions o;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.compression = rocksdb::kLZ4Compression;
  o.write_buffer_size = write_buffer_bytes;
  o.target_file_size_base = table_file_bytes;
  return o;
}

Error open_error(const rocksdb::Status& status, const std::string& path) {
  // A disk or a permission that says no is not damage.
  const bool refused = status.IsNoSpace() || status.IsIOError();
  return Error{refused ? Errc::unavailable : Errc::corrupt,
               "RocksDB cannot open the state store " + path + ": " + status.ToString()};
}

Error use_error(std::string_view what, const rocksdb::Status& status) {
  return Error{status.IsCorruption() ? Errc::corrupt : Errc::unavailable,
               "cannot " + std::string(what) + " the state store: " + status.ToString()};
}

rocksdb::Slice to_slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view to_view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The first key after all that begin with the prefix; nullopt: there is none.
std::optional<std::string> end_of(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

class RocksStore final : public Store {
 public:
  ~RocksStore() override { close_db(); }

  static Result<std::unique_ptr<Store>> open(const std::string& data_dir, void* env) {
    auto store = std::make_unique<RocksStore>();
    DAYBOOK_TRY_VOID(store->open_db(data_dir + "/state", env));
    DAYBOOK_TRY_VOID(store->settle_format(data_dir + "/state"));
    return std::unique_ptr<Store>(std::move(store));
  }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    if (db_ == nullptr) return closed_error();
    std::string value;
    const auto status = db_->Get(rocksdb::ReadOptions(), handle(family), to_slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return use_error("read", status);
    return std::optional<std::string>{std::move(value)};
  }

  Result<void> write(const std::vector<Change>& changes, bool sync) override {
    if (db_ == nullptr) return closed_error();
    rocksdb::WriteBatch batch;
    for (const Change& change : changes) {
      const auto status = change.value ? batch.Put(handle(change.family), change.key, *change.value)
                                       : batch.Delete(handle(change.family), change.key);
      if (!status.ok()) return use_error("write", status);
    }
    return commit(batch, sync);
  }

  Result<void> remove_prefix(Family family, std::string_view prefix) override {
    if (db_ == nullptr) return closed_error();
    rocksdb::WriteBatch batch;
    if (const auto end = end_of(prefix)) {
      const auto status = batch.DeleteRange(handle(family), to_slice(prefix), *end);
      if (!status.ok()) return use_error("write", status);
      return commit(batch, false);
    }
    rocksdb::Status noted;
    DAYBOOK_TRY_VOID(scan(family, prefix, {}, [&](std::string_view key, std::string_view) {
      noted = batch.Delete(handle(family), to_slice(key));
      return noted.ok();
    }));
    if (!noted.ok()) return use_error("write", noted);
    return commit(batch, false);
  }

  Result<void> scan(
      Family family, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& f) const override {
    if (db_ == nullptr) return closed_error();
    const auto end = end_of(prefix);
    const rocksdb::Slice bound = end ? rocksdb::Slice(*end) : rocksdb::Slice();
    rocksdb::ReadOptions options;
    if (end) options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options, handle(family)));
    for (at->Seek(to_slice(std::max(from, prefix))); at->Valid(); at->Next()) {
      const std::string_view key = to_view(at->key());
      if (!key.starts_with(prefix) || !f(key, to_view(at->value()))) break;
    }
    if (!at->status().ok()) return use_error("read", at->status());
    return {};
  }

  void close() override { close_db(); }

 private:
  Result<void> open_db(const std::string& path, void* env) {
    DAYBOOK_TRY_VOID(make_directories(path));
    std::vector<std::string> known{rocksdb::kDefaultColumnFamilyName};
    known.insert(known.end(), family_names.begin(), family_names.end());
    std::error_code ignored;
    if (std::filesystem::exists(path + "/CURRENT", ignored)) {
      std::vector<std::string> present;
      const auto listed = rocksdb::DB::ListColumnFamilies(db_options(env), path, &present);
      if (!listed.ok()) return open_error(listed, path);
      for (const auto& name : present)
        if (std::find(known.begin(), known.end(), name) == known.end())
          return Error{Errc::corrupt, "the state store " + path + " has a part '" + name +
                                          "' that this version of daybook does not know"};
    }
    auto options = db_options(env);
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.listeners.push_back(std::make_shared<StoreListener>());
    std::vector<rocksdb::ColumnFamilyDescriptor> columns;
    for (const auto& name : known) columns.emplace_back(name, column_options());
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(options, path, columns, &handles_, &db);
    if (!status.ok()) return open_error(status, path);
    db_.reset(db);
    return {};
  }

  // A store of a newer program is refused before anything of it is read.
  Result<void> settle_format(const std::string& path) {
    std::string bytes;
    const auto status = db_->Get(rocksdb::ReadOptions(), handles_.front(), format_key, &bytes);
    if (status.IsNotFound()) return write_format();
    if (!status.ok()) return open_error(status, path);
    ByteReader in(bytes);
    const std::uint32_t found = in.u32();
    if (!in.ok() || !in.at_end() || found == 0)
      return Error{Errc::corrupt, "the state store " + path + " has no readable format number"};
    if (found > store_format_version)
      return Error{Errc::corrupt, "the state store " + path +
                                      " was written by a newer version of daybook (format " +
                                      std::to_string(found) + ", this one reads up to " +
                                      std::to_string(store_format_version) + ")"};
    return {};
  }

  Result<void> write_format() {
    ByteWriter out;
    out.u32(store_format_version);
    rocksdb::WriteBatch batch;
    const auto status = batch.Put(handles_.front(), format_key, out.data());
    if (!status.ok()) return use_error("write", status);
    return commit(batch, true);
  }

  Result<void> commit(rocksdb::WriteBatch& batch, bool sync) {
    rocksdb::WriteOptions options;
    options.sync = sync;
    const auto status = db_->Write(options, &batch);
    if (!status.ok()) return use_error("write", status);
    return {};
  }

  // handles_: the default family first, then as family_names.
  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    const auto index = static_cast<std::size_t>(family);
    DAYBOOK_CHECK(index < family_names.size());
    return handles_[index + 1];
  }

  static Error closed_error() { return Error{Errc::unavailable, "the state store is closed"}; }

  void close_db() {
    if (db_ == nullptr) return;
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    handles_.clear();
    db_->Close().PermitUncheckedError();
    db_.reset();
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& data_dir, void* env_for_tests) {
  return RocksStore::open(data_dir, env_for_tests);
}

}  // namespace daybook::state
