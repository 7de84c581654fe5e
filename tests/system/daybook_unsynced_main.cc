// The same program on a disk that forgets what was not synced (tests/support/unsynced_env.h).
// DAYBOOK_TEST_FAIL_SYNC_AFTER=N: after N good syncs of the log the next one fails.
// DAYBOOK_TEST_IGNORE_SYNCS=1: syncs of the log claim success and keep nothing.
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <rocksdb/env.h>

#include "cli/commands.h"
#include "support/seed.h"
#include "support/unsynced_env.h"

namespace {

constexpr auto look_interval = std::chrono::microseconds(200);

void fail_after(const std::stop_token& stopped, daybook::test::DiskFaults& faults,
                std::uint64_t syncs) {
  while (!stopped.stop_requested()) {
    if (faults.syncs.load() >= syncs) {
      faults.fail_next_sync.store(true);
      return;
    }
    std::this_thread::sleep_for(look_interval);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto faults = std::make_shared<daybook::test::DiskFaults>();
  const auto env = daybook::test::make_unsynced_env(faults);
  faults->ignore_syncs.store(daybook::test::env_number("DAYBOOK_TEST_IGNORE_SYNCS", 0) != 0);
  std::optional<std::jthread> watcher;
  if (const auto syncs = daybook::test::env_number("DAYBOOK_TEST_FAIL_SYNC_AFTER", 0); syncs > 0)
    watcher.emplace(
        [&faults, syncs](const std::stop_token& stopped) { fail_after(stopped, *faults, syncs); });
  return daybook::cli::run(argc, argv, daybook::cli::Overrides{.rocksdb_env = env.get()});
}
