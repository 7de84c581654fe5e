// What the admin commands on a data directory share: finding it, opening its log to read, saying
// what is wrong.
//
// Thread: the main one. Invariant: nothing here writes into the data directory, so every command
// works on a stopped directory and beside a running server.
#pragma once

#include <daybook/result.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "config/config.h"
#include "domain/catalog.h"
#include "log/event_log.h"

namespace CLI {
class App;
}

namespace daybook::cli {

// --data and --config of an admin command; empty: not given.
struct DataOptions {
  std::string data;
  std::string config;
};
void add_data_options(CLI::App& app, DataOptions& options);

// Where a command writes. The result goes to `out`; warnings, errors and progress to `err`.
struct Streams {
  std::FILE* out = stdout;
  std::FILE* err = stderr;
};

// The settings as `daybook serve` with the same options would see them.
Result<config::Config> load_config(const Catalog& catalog, const DataOptions& options);

struct OpenedLog {
  std::string data_dir;
  std::unique_ptr<log::EventLog> log;
  std::optional<Error>
      damage;  // why a server would refuse this log; it is open to look at nevertheless
};
// Errors: Errc::not_found in words when the directory is missing or has no log yet; Errc::corrupt
// when not even reading is possible.
Result<OpenedLog> open_to_read(const Catalog& catalog, const config::Config& config);

// load_config and open_to_read; warns on `err` about damage. nullopt: the reason is on `err`, the
// status in `exit_code`.
std::optional<OpenedLog> open_or_report(const DataOptions& options, const Streams& streams,
                                        int& exit_code);

// A check for counts and positions: "-1" would be read as a huge number otherwise.
inline auto not_negative() {
  return [](const std::string& text) {
    return text.starts_with('-') ? "must not be negative, is " + text : std::string();
  };
}

// Prints the message and gives the exit status that goes with it.
int report(const Error& error, std::FILE* err);
int exit_code_of(const Error& error);

// Rewrites one line on a terminal, at most a few times a second; silent elsewhere.
class Progress {
 public:
  Progress(std::FILE* err, std::string label);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::uint64_t done, std::uint64_t total);

 private:
  std::FILE* err_;
  std::string label_;
  bool terminal_;
  bool shown_ = false;
  std::int64_t start_us_;
  std::int64_t next_us_;
};

// "12,345,678"
std::string grouped(std::uint64_t number);
// "1.5 MiB"
std::string bytes_text(std::uint64_t bytes);

}  // namespace daybook::cli
