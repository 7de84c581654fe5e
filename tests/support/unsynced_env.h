// A disk that forgets: a RocksDB Env whose write-ahead log keeps what is not synced in this
// process's memory. Ending the process (kill -9), or closing the file, loses exactly the unsynced
// bytes, as a power cut would. Other files (tables, MANIFEST, CURRENT) pass through: RocksDB syncs
// them itself. Thread: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace rocksdb {
class Env;
}

namespace daybook::test {

// What a test can make the disk do, and see. Outlives the Env.
struct DiskFaults {
  // The next sync of a write-ahead log fails and, as after a real failed fsync, its bytes are gone.
  std::atomic<bool> fail_next_sync{false};
  // Syncs claim success and write nothing: a disk (or a program) that lies.
  std::atomic<bool> ignore_syncs{false};
  std::atomic<std::uint64_t> syncs{0};          // that succeeded, of write-ahead logs
  std::atomic<std::uint64_t> bytes_dropped{0};  // unsynced when their file was closed or failed
};

std::unique_ptr<rocksdb::Env> make_unsynced_env(std::shared_ptr<DiskFaults> faults = nullptr);

}  // namespace daybook::test
