// What `daybook log ...` and `daybook replay` do, apart from their command lines.
//
// Thread: the main one. Each returns the process's exit status (exit_codes.h) and prints through
// `streams`. Invariant: the data directory is only read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/admin_data.h"

namespace daybook::cli {

struct LogStatOptions {
  DataOptions data;
  bool json = false;
};
int log_stat(const LogStatOptions& options, const Streams& streams);

struct LogReadOptions {
  DataOptions data;
  std::string topic;  // empty: all, merged by position
  std::uint64_t from = 1;
  std::optional<std::uint64_t> until;  // inclusive
  std::optional<std::uint64_t> limit;  // events
  bool json = false;
  bool payload = false;
};
int log_read(const LogReadOptions& options, const Streams& streams);

struct LogTailOptions {
  DataOptions data;
  std::string topic;
  std::optional<std::uint64_t> from;  // else: the last `events`
  std::uint64_t events = 10;
  bool follow = false;  // until SIGINT or SIGTERM
  bool json = false;
  bool payload = false;
};
int log_tail(const LogTailOptions& options, const Streams& streams);

struct LogVerifyOptions {
  DataOptions data;
  std::string receipt;  // empty: the whole chain
  bool json = false;
};
int log_verify(const LogVerifyOptions& options, const Streams& streams);

struct ReplayOptions {
  DataOptions data;
  std::optional<std::uint64_t> until;
  std::string topic;
  bool audit = false;  // checks the domains' rules too
  bool json = false;
};
int replay_log(const ReplayOptions& options, const Streams& streams);

}  // namespace daybook::cli
