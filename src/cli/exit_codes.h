// What the process's exit status means (docs/operating.md).
#pragma once

namespace daybook::cli {
constexpr int exit_ok = 0;
constexpr int exit_failed = 1;  // the command could not do what was asked
constexpr int exit_usage = 2;   // the command line or the configuration is wrong
constexpr int exit_data_refused =
    3;  // the data directory is damaged, newer, or lost acknowledged events
constexpr int exit_log_failed =
    4;  // an append or fsync failed while serving; nothing acknowledged is lost
}  // namespace daybook::cli
