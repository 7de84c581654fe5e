#include "support/unsynced_env.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <mutex>
#include <string>

namespace daybook::test {
namespace {

using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class UnsyncedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  UnsyncedFile(std::unique_ptr<FSWritableFile>&& target, std::shared_ptr<DiskFaults> faults)
      : FSWritableFileOwnerWrapper(std::move(target)), faults_(std::move(faults)) {}
  ~UnsyncedFile() override { drop(); }

  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    unsynced_.append(data.data(), data.size());
    return IOStatus::OK();
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* dbg) override {
    return Append(data, options, dbg);
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("only appended to");
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&,
                            const rocksdb::DataVerificationInfo&, IODebugContext*) override {
    return IOStatus::NotSupported("only appended to");
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    if (faults_->fail_next_sync.exchange(false)) {
      drop();
      return IOStatus::IOError("injected: fsync failed");
    }
    if (faults_->ignore_syncs) return IOStatus::OK();
    const std::lock_guard<std::mutex> lock(mutex_);
    IOStatus status = target()->Append(unsynced_, options, dbg);
    if (!status.ok()) return status;
    unsynced_.clear();
    ++faults_->syncs;
    return target()->Sync(options, dbg);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Sync(options, dbg);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* dbg) override {
    drop();
    return target()->Close(options, dbg);
  }
  IOStatus Truncate(std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions& options, IODebugContext* dbg) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return target()->GetFileSize(options, dbg) + unsynced_.size();
  }

 private:
  void drop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    faults_->bytes_dropped += unsynced_.size();
    unsynced_.clear();
  }

  std::shared_ptr<DiskFaults> faults_;
  std::mutex mutex_;  // syncing and appending touch the same buffer
  std::string unsynced_;
};

class UnsyncedFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit UnsyncedFileSystem(std::shared_ptr<DiskFaults> faults)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(std::move(faults)) {}
  const char* Name() const override { return "UnsyncedFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result, IODebugContext* dbg) override {
    IOStatus status = target()->NewWritableFile(name, options, result, dbg);
    const bool is_wal = name.size() > 4 && name.compare(name.size() - 4, 4, ".log") == 0;
    if (status.ok() && is_wal)
      *result = std::make_unique<UnsyncedFile>(std::move(*result), faults_);
    return status;
  }

 private:
  std::shared_ptr<DiskFaults> faults_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> make_unsynced_env(std::shared_ptr<DiskFaults> faults) {
  if (faults == nullptr) faults = std::make_shared<DiskFaults>();
  return rocksdb::NewCompositeEnv(std::make_shared<UnsyncedFileSystem>(std::move(faults)));
}

}  // namespace daybook::test
