#include "cli/admin_data.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/clock.h"
#include "cli/exit_codes.h"
#include "config/flags.h"
#include "domains/catalog_entries.h"

namespace daybook::cli {
namespace {

constexpr const char* data_key = "server.data";
constexpr std::int64_t progress_interval_us = 200'000;

}  // namespace

void add_data_options(CLI::App& app, DataOptions& options) {
  app.add_option("--data", options.data,
                 "The data directory (else DAYBOOK_DATA, the config file, ./daybook-data)")
      ->type_name("DIR");
  app.add_option("--config", options.config, "The TOML file the server is started with")
      ->type_name("FILE");
}

Result<config::Config> load_config(const Catalog& catalog, const DataOptions& options) {
  std::map<std::string, std::string> flags;
  if (!options.data.empty()) flags[data_key] = options.data;
  const auto rows = catalog.settings();
  return config::load_for_command(config::with_kernel_settings(rows), options.config, flags);
}

Result<OpenedLog> open_to_read(const Catalog& catalog, const config::Config& config) {
  OpenedLog opened;
  opened.data_dir = config.text(data_key);
  std::error_code ignored;
  if (!std::filesystem::is_directory(opened.data_dir, ignored)) {
    return Error{Errc::not_found, "there is no data directory at " + opened.data_dir +
                                      "; `daybook serve --data " + opened.data_dir +
                                      "` makes one, --data names another"};
  }
  log::Options options;
  options.data_dir = opened.data_dir;
  options.topics = catalog.topics();
  options.mode = log::OpenMode::read_only;
  auto log = log::EventLog::open(options);
  if (!log && log.error().code == Errc::corrupt) {
    opened.damage = log.error();
    options.accept_loss = true;
    log = log::EventLog::open(options);
  }
  if (!log) return std::move(log).error();
  opened.log = std::move(log).value();
  DAYBOOK_TRY(const log::Stat stat, opened.log->stat());
  if (!opened.damage && !stat.server_running && stat.watermark > stat.head) {
    opened.damage =
        Error{Errc::corrupt, "the log ends at position " + std::to_string(stat.head.value) +
                                 " but position " + std::to_string(stat.watermark.value) +
                                 " was acknowledged; the events between are gone"};
  }
  return opened;
}

std::optional<OpenedLog> open_or_report(const DataOptions& options, const Streams& streams,
                                        int& exit_code) {
  const Catalog catalog = make_catalog();
  auto config = load_config(catalog, options);
  if (!config) {
    exit_code = report(config.error(), streams.err);
    return std::nullopt;
  }
  auto opened = open_to_read(catalog, *config);
  if (!opened) {
    exit_code = report(opened.error(), streams.err);
    return std::nullopt;
  }
  if (opened->damage)
    std::fprintf(streams.err, "daybook: warning: %s\n", opened->damage->message.c_str());
  return std::move(opened).value();
}

int exit_code_of(const Error& error) {
  switch (error.code) {
    case Errc::invalid:
    case Errc::malformed:
      return exit_usage;
    case Errc::corrupt:
      return exit_data_refused;
    default:
      return exit_failed;
  }
}

int report(const Error& error, std::FILE* err) {
  std::fprintf(err, "daybook: %s\n", error.message.c_str());
  return exit_code_of(error);
}

Progress::Progress(std::FILE* err, std::string label)
    : err_(err),
      label_(std::move(label)),
      terminal_(::isatty(::fileno(err)) == 1),
      start_us_(steady_us()),
      next_us_(start_us_ + progress_interval_us) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", err_);
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  if (!terminal_) return;
  const std::int64_t now = steady_us();
  if (now < next_us_) return;
  next_us_ = now + progress_interval_us;
  shown_ = true;
  const double seconds = static_cast<double>(now - start_us_) / 1e6;
  const double rate = static_cast<double>(done) / seconds;
  const double percent =
      total == 0 ? 100.0 : 100.0 * static_cast<double>(done) / static_cast<double>(total);
  std::fprintf(err_, "\r\033[K%s %s of %s (%.0f %%), %s/s", label_.c_str(), grouped(done).c_str(),
               grouped(total).c_str(), percent, grouped(static_cast<std::uint64_t>(rate)).c_str());
  std::fflush(err_);
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < units.size()) {
    amount /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
  return text.data();
}

}  // namespace daybook::cli
