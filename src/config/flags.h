// The settings table on a command line: one flag per row, made from the row.
//
// Main thread, while the command line is declared and parsed.
#pragma once

#include "config/config.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace daybook::config {

// Declares --section-key for every row (and --listen, --data), with help, default and unit. What is
// given lands in `out` (key → text) while the app parses; `out` must live as long as the app.
// A boolean may be bare; a list takes comma-separated items and may be repeated.
void add_flags(CLI::App& app, std::span<const SettingSpec> table,
               std::map<std::string, std::string>& out);

// The kernel's rows, then these.
std::vector<SettingSpec> with_kernel_settings(std::span<const SettingSpec> rows);

// As every command loads it; `config_flag` empty: --config was not given.
Result<Config> load_for_command(std::span<const SettingSpec> table, const std::string& config_flag,
                                const std::map<std::string, std::string>& flags);

}  // namespace daybook::config
