// Configuration: one table of settings rows (the kernel's and each domain's), four sources.
// Precedence: flag > environment > TOML file > default. Every value remembers where it came from.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include "config/table.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::config {

// The kernel's rows: server.*, http.*, sequencer.*, log.*, blobs.*, worker.*, logging.*
std::span<const SettingSpec> kernel_settings();

struct Sources {
  std::optional<std::string> file;  // --config; none: DAYBOOK_CONFIG; must exist when given
  std::map<std::string, std::string> flags;  // key → text, only those given
  std::function<std::optional<std::string>(const std::string& name)> environment;  // null: getenv
};

// "DAYBOOK_HTTP_BODY_BYTES_MAX" and "--http-body-bytes-max" of "http.body_bytes_max". The two keys
// of section `server` most typed also have the short flags --listen and --data (environment too:
// DAYBOOK_LISTEN, DAYBOOK_DATA).
std::string environment_name(std::string_view key);
std::string flag_name(std::string_view key);

class Config final : public Settings {
 public:
  // Errors: Errc::invalid listing every wrong value, unknown TOML key and unknown DAYBOOK_* name,
  // each with its place and, for unknown names, the nearest known one.
  static Result<Config> load(std::span<const SettingSpec> table, const Sources& sources);

  [[nodiscard]] std::string text(std::string_view key) const override;
  [[nodiscard]] std::int64_t integer(std::string_view key) const override;
  [[nodiscard]] double real(std::string_view key) const override;
  [[nodiscard]] bool boolean(std::string_view key) const override;
  [[nodiscard]] std::vector<std::string> text_list(std::string_view key) const override;

  struct Shown {
    SettingSpec spec;
    std::string value;   // as text
    std::string origin;  // "default", "file /etc/daybook.toml:12", "environment DAYBOOK_LISTEN",
                         // "flag --listen"
  };
  [[nodiscard]] std::vector<Shown> show() const;  // in table order

  // The file's [[name]] tables in its order; only names of table_names are known, others are told
  // as unknown keys are.
  [[nodiscard]] std::vector<RawTable> tables(std::string_view name) const;

 private:
  struct Entry {
    SettingSpec spec;
    std::string value;
    std::string origin;
  };
  const Entry& entry(std::string_view key, SettingType type) const;
  std::vector<Entry> entries_;
  std::vector<RawTable> tables_;
};

// The [[name]] tables a file may hold.
constexpr std::string_view table_names[] = {"projector"};

// config/daybook.toml, made from the table: every key with its default, unit and help.
std::string example_toml(std::span<const SettingSpec> table);
// Rows of a [[name]] table, keys without a dot, as lines of such a file that begin with "#" (the
// text with "# "): to be taken out by who wants the row.
std::string example_rows(std::span<const SettingSpec> rows);

}  // namespace daybook::config
