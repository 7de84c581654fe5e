#include "log/rocks.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "log/data_lock.h"
#include "log/record.h"

namespace daybook::log {
namespace {

constexpr std::size_t write_buffer_bytes = 64u << 20;        // per column family
constexpr std::size_t write_buffers_bytes_max = 256u << 20;  // all of them together
constexpr std::uint64_t table_file_bytes = 64u << 20;
constexpr std::size_t block_bytes = 32u << 10;
constexpr std::uint64_t wal_bytes_max = 512u << 20;
constexpr std::size_t info_log_bytes_max = 4u << 20;
constexpr std::size_t info_logs_kept = 2;
constexpr int background_jobs_max = 2;
constexpr int secondary_attempts_max = 20;  // files may vanish under it while a server runs
constexpr auto meta_name = "meta";
constexpr auto format_key = "format";
constexpr auto topic_key_prefix = "topic/";

// What RocksDB tells of itself, on the thread that does it.
class StoreListener : public rocksdb::EventListener {
 public:
  explicit StoreListener(FailureSink failed) : failed_(std::move(failed)) {}
  // Once opened. `store` outlives the instance's last write.
  void watch(Store& store) { store_ = &store; }
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    failed_(status->ToString());
  }
  // A new write-ahead log begins, and no write is under way: the one before is synced first, or a
  // power cut could keep later groups and lose earlier ones.
  void OnMemTableSealed(const rocksdb::MemTableInfo&) override {
    Store* store = store_;
    if (store == nullptr || !store->unsynced) return;
    const auto status = store->db->SyncWAL();
    if (!status.ok()) failed_("cannot sync the log: " + status.ToString());
  }

 private:
  FailureSink failed_;
  std::atomic<Store*> store_{nullptr};
};

rocksdb::DBOptions db_options(const Options& options) {
  rocksdb::DBOptions o;
  if (options.env_for_tests != nullptr) o.env = static_cast<rocksdb::Env*>(options.env_for_tests);
  o.paranoid_checks = true;
  // A torn tail is cut (our watermark says whether that was acknowledged); damage before it is
  // refused.
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  o.max_total_wal_size = wal_bytes_max;
  o.db_write_buffer_size = write_buffers_bytes_max;
  o.max_background_jobs = background_jobs_max;
  o.max_bgerror_resume_count = 0;  // an I/O error stops the process, nothing is retried
  o.recycle_log_file_num = 0;
  o.wal_compression = rocksdb::kNoCompression;
  o.enable_pipelined_write = false;
  o.unordered_write = false;
  o.two_write_queues = false;
  o.manual_wal_flush = false;
  o.max_open_files = -1;
  o.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  o.max_log_file_size = info_log_bytes_max;
  o.keep_log_file_num = info_logs_kept;
  o.stats_dump_period_sec = 0;
  return o;
}

// The same compression on every level, so that compaction of ascending keys only moves files.
rocksdb::ColumnFamilyOptions column_options(const Options& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = block_bytes;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.verify_compression = false;
  rocksdb::ColumnFamilyOptions o;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.compaction_style = rocksdb::kCompactionStyleLevel;
  o.compression = rocksdb::kZSTD;
  o.bottommost_compression = rocksdb::kZSTD;
  o.write_buffer_size = write_buffer_bytes;
  o.target_file_size_base = table_file_bytes;
  return o;
}

Error store_error(const rocksdb::Status& status, const std::string& path) {
  // A disk or a permission that says no is not damage.
  const bool refused = status.IsNoSpace() || status.IsIOError();
  return Error{refused ? Errc::unavailable : Errc::corrupt,
               "RocksDB cannot open " + path + ": " + status.ToString()};
}

Result<void> check_topics(const std::vector<Topic>& topics) {
  if (topics.size() > topics_max)
    return Error{Errc::invalid, "more than " + std::to_string(topics_max) + " topics"};
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (topics[i].name.empty() || topics[i].name == meta_name ||
        topics[i].name == rocksdb::kDefaultColumnFamilyName)
      return Error{Errc::invalid, "a topic cannot be called '" + topics[i].name + "'"};
    for (std::size_t k = 0; k < i; ++k)
      if (topics[k].id == topics[i].id || topics[k].name == topics[i].name)
        return Error{Errc::invalid, "topic '" + topics[i].name + "' is given twice"};
  }
  return {};
}

// The numbers kept in `meta`. Absent key: nullopt.
template <class T>
Result<std::optional<T>> get_number(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta,
                                    const std::string& key) {
  std::string value;
  const auto status = db.Get(rocksdb::ReadOptions(), meta, key, &value);
  if (status.IsNotFound()) return std::optional<T>{};
  if (!status.ok() || value.size() != sizeof(T))
    return Error{Errc::corrupt, "the store's '" + key + "' cannot be read: " + status.ToString()};
  return std::optional<T>{get_le<T>(value.data())};
}

template <class T>
std::string number_bytes(T value) {
  std::string bytes(sizeof(T), '\0');
  put_le(bytes.data(), value);
  return bytes;
}

bool store_exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path + "/CURRENT", ignored);
}

}  // namespace

// The steps of opening; a friend, so that handles are owned by the Store from the first moment.
struct StoreOpener {
  static Result<std::vector<std::string>> column_families(const Options& options) {
    const std::string path = store_path(options.data_dir);
    std::vector<std::string> names;
    const auto status = rocksdb::DB::ListColumnFamilies(db_options(options), path, &names);
    if (!status.ok()) return store_error(status, path);
    return names;
  }

  static std::vector<rocksdb::ColumnFamilyDescriptor> describe(
      const std::vector<std::string>& names, const Options& options) {
    const auto columns = column_options(options);
    std::vector<rocksdb::ColumnFamilyDescriptor> out;
    for (const auto& name : names) out.emplace_back(name, columns);
    return out;
  }

  static void adopt(Store& store, rocksdb::DB* db, std::vector<rocksdb::ColumnFamilyHandle*> all) {
    store.db.reset(db);
    store.handles_ = std::move(all);
    for (auto* handle : store.handles_)
      if (handle->GetName() == meta_name) store.meta = handle;
  }

  static Result<void> read_format(Store& store) {
    DAYBOOK_TRY(const auto format, get_number<std::uint32_t>(*store.db, store.meta, format_key));
    store.format = format.value_or(0);
    if (store.format > store_format_version)
      return Error{Errc::corrupt, newer_format_words(store.format)};
    return {};
  }

  // Pairs names with ids. What the store knows already must agree with what the catalog says.
  static Result<void> settle_topics(Store& store, const Options& options, bool write) {
    rocksdb::WriteBatch batch;
    for (auto* handle : store.handles_) {
      const std::string& name = handle->GetName();
      if (name == meta_name || name == rocksdb::kDefaultColumnFamilyName) continue;
      const std::string key = topic_key_prefix + name;
      DAYBOOK_TRY(const auto stored, get_number<std::uint16_t>(*store.db, store.meta, key));
      const auto known = std::find_if(options.topics.begin(), options.topics.end(),
                                      [&](const Topic& topic) { return topic.name == name; });
      if (known == options.topics.end() && !stored) continue;  // created, but never used
      const TopicId id = known == options.topics.end() ? TopicId{*stored} : known->id;
      if (stored && *stored != id.value)
        return Error{Errc::corrupt, "topic '" + name + "' has number " + std::to_string(*stored) +
                                        " in the store, not " + std::to_string(id.value)};
      if (!stored) batch.Put(store.meta, key, number_bytes(id.value));
      store.topics.push_back({id, name, handle});
    }
    std::sort(store.topics.begin(), store.topics.end(),
              [](const TopicStore& a, const TopicStore& b) { return a.id < b.id; });
    if (!write) return {};
    const bool fresh = store.format == 0;
    if (fresh) put_format(batch, store, store_format_initial);
    if (batch.Count() == 0) return {};
    rocksdb::WriteOptions sync;
    sync.sync = true;
    const auto status = store.db->Write(sync, &batch);
    if (!status.ok()) return Error{Errc::unavailable, "cannot write the log: " + status.ToString()};
    if (fresh) store.format = store_format_initial;
    return {};
  }
};

Store::~Store() {
  if (db != nullptr) {
    for (auto* handle : handles_) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    db->Close().PermitUncheckedError();
    db.reset();
  }
  std::error_code ignored;
  if (!secondary_dir.empty()) std::filesystem::remove_all(secondary_dir, ignored);
}

const TopicStore* Store::find(TopicId id) const {
  for (const auto& topic : topics)
    if (topic.id == id) return &topic;
  return nullptr;
}

std::string newer_format_words(std::uint32_t found) {
  return "the store was written by a newer version of daybook (format " + std::to_string(found) +
         ", this one reads up to " + std::to_string(store_format_version) + ")";
}

void put_format(rocksdb::WriteBatch& batch, const Store& store, std::uint32_t format) {
  batch.Put(store.meta, format_key, number_bytes(format));
}

std::string store_path(const std::string& data_dir) { return data_dir + "/log"; }

Result<std::unique_ptr<Store>> open_primary(const Options& options, FailureSink failed) {
  DAYBOOK_TRY_VOID(check_topics(options.topics));
  const std::string path = store_path(options.data_dir);
  DAYBOOK_TRY_VOID(make_directories(path));
  std::vector<std::string> names{rocksdb::kDefaultColumnFamilyName, meta_name};
  for (const auto& topic : options.topics) names.push_back(topic.name);
  if (store_exists(path)) {
    DAYBOOK_TRY(const auto present, StoreOpener::column_families(options));
    for (const auto& name : present)
      if (std::find(names.begin(), names.end(), name) == names.end())
        return Error{Errc::corrupt,
                     "the store has a topic '" + name + "' that this program does not know"};
  }
  auto database = db_options(options);
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  const auto listener = std::make_shared<StoreListener>(std::move(failed));
  database.listeners.push_back(listener);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status =
      rocksdb::DB::Open(database, path, StoreOpener::describe(names, options), &handles, &db);
  if (!status.ok()) return store_error(status, path);
  auto store = std::make_unique<Store>();
  StoreOpener::adopt(*store, db, std::move(handles));
  DAYBOOK_TRY_VOID(StoreOpener::read_format(*store));
  DAYBOOK_TRY_VOID(StoreOpener::settle_topics(*store, options, true));
  DAYBOOK_TRY_VOID(fsync_directory(path));
  listener->watch(*store);
  return store;
}

namespace {

Result<std::unique_ptr<Store>> try_open_secondary(const Options& options,
                                                  const std::string& scratch) {
  const std::string path = store_path(options.data_dir);
  DAYBOOK_TRY(const auto names, StoreOpener::column_families(options));
  if (std::find(names.begin(), names.end(), meta_name) == names.end())
    return Error{Errc::unavailable, "the log in " + path + " is not set up yet"};
  auto database = db_options(options);
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::OpenAsSecondary(
      database, path, scratch, StoreOpener::describe(names, options), &handles, &db);
  if (!status.ok()) return store_error(status, path);
  auto store = std::make_unique<Store>();
  StoreOpener::adopt(*store, db, std::move(handles));
  DAYBOOK_TRY_VOID(StoreOpener::read_format(*store));
  DAYBOOK_TRY_VOID(StoreOpener::settle_topics(*store, options, false));
  return store;
}

}  // namespace

Result<std::unique_ptr<Store>> open_secondary(const Options& options) {
  DAYBOOK_TRY_VOID(check_topics(options.topics));
  const std::string path = store_path(options.data_dir);
  if (!store_exists(path)) return Error{Errc::not_found, "there is no log in " + options.data_dir};
  std::error_code failed;
  std::string scratch =
      std::filesystem::temp_directory_path(failed).string() + "/daybook-read-XXXXXX";
  if (failed || ::mkdtemp(scratch.data()) == nullptr)
    return Error{Errc::unavailable, "cannot make a temporary directory " + scratch};
  auto store = try_open_secondary(options, scratch);
  for (int attempt = 1;
       !store.ok() && attempt < secondary_attempts_max && DataLock::is_held(options.data_dir);
       ++attempt)
    store = try_open_secondary(options, scratch);
  if (!store.ok()) {
    std::filesystem::remove_all(scratch, failed);
    return store;
  }
  (*store)->secondary_dir = scratch;
  return store;
}

}  // namespace daybook::log
