// The state store: what projectors and views keep beside the log, in a RocksDB instance of its own
// (<data>/state), so that its writes do not slow the log's. All of it can be made again from the
// log.
//
// A write is one WriteBatch: rows and the checkpoint they belong to change together or not at all.
// Writes are not fsynced unless asked: after a power cut the store is a little behind, whole, and
// its projector goes on from there.
//
// Threads: any.
#pragma once

#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::state {

// The column families.
enum class Family : std::uint8_t {
  checkpoints,  // projector name → its checkpoint
  rows,         // projector name, NUL, row key → row
};

struct Change {
  Family family = Family::rows;
  std::string key;
  std::optional<std::string> value;  // absent: removed
};

class Store {
 public:
  // Makes `<data_dir>/state` when missing. Errc::unavailable: the disk says no. Errc::corrupt:
  // damaged, or of a newer version. `env_for_tests`: a rocksdb::Env*, not owned.
  static Result<std::unique_ptr<Store>> open(const std::string& data_dir,
                                             void* env_for_tests = nullptr);
  virtual ~Store() = default;

  virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;
  // All changes or none. `sync`: fsynced before it returns.
  virtual Result<void> write(const std::vector<Change>& changes, bool sync) = 0;
  // Removes every key that begins with the prefix.
  virtual Result<void> remove_prefix(Family family, std::string_view prefix) = 0;
  // Calls f for keys in [from, first key without the prefix), in order, until it returns false.
  // `from` empty: from the prefix itself.
  virtual Result<void> scan(
      Family family, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& f) const = 0;
  // Every call after it is Errc::unavailable. REQUIRES: no call is under way.
  virtual void close() = 0;
};

}  // namespace daybook::state
