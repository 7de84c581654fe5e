#include "config/flags.h"

#include <CLI/CLI.hpp>

namespace daybook::config {
namespace {

std::string names_of(std::string_view key) {
  std::string name = flag_name(key);
  if (key == "server.listen") return "--listen," + name;
  if (key == "server.data") return "--data," + name;
  return name;
}

std::string help_of(const SettingSpec& row) {
  std::string out(row.help);
  out += row.fallback.empty() ? " [default: none" : " [default: " + std::string(row.fallback);
  if (!row.unit.empty()) out += " " + std::string(row.unit);
  return out + "]";
}

std::string value_name(SettingType type) {
  switch (type) {
    case SettingType::integer:
      return "INTEGER";
    case SettingType::real:
      return "NUMBER";
    case SettingType::text_list:
      return "TEXT,...";
    default:
      return "TEXT";
  }
}

CLI::Option* add_flag(CLI::App& app, const SettingSpec& row,
                      std::map<std::string, std::string>& out) {
  const std::string key(row.key);
  const std::string names = names_of(row.key);
  if (row.type == SettingType::boolean) {
    // As text, so that a wrong word gets the same message as in a file.
    const std::function<void(const std::string&)> store = [&out, key](const std::string& text) {
      out[key] = text.empty() ? "true" : text;
    };
    return app.add_option_function(names, store, help_of(row))
        ->expected(0, 1)
        ->type_name("[true|false]");
  }
  if (row.type == SettingType::text_list) {
    const std::function<void(const std::vector<std::string>&)> store =
        [&out, key](const std::vector<std::string>& items) {
          std::string joined;
          for (const auto& item : items) joined += (joined.empty() ? "" : ",") + item;
          out[key] = joined;
        };
    return app.add_option_function(names, store, help_of(row))
        ->allow_extra_args(false)
        ->type_name(value_name(row.type));
  }
  const std::function<void(const std::string&)> store = [&out, key](const std::string& text) {
    out[key] = text;
  };
  return app.add_option_function(names, store, help_of(row))->type_name(value_name(row.type));
}

}  // namespace

void add_flags(CLI::App& app, std::span<const SettingSpec> table,
               std::map<std::string, std::string>& out) {
  for (const auto& row : table) {
    const auto section = std::string(row.key.substr(0, row.key.find('.')));
    add_flag(app, row, out)->group("Settings: " + section);
  }
}

std::vector<SettingSpec> with_kernel_settings(std::span<const SettingSpec> rows) {
  const auto kernel = kernel_settings();
  std::vector<SettingSpec> table(kernel.begin(), kernel.end());
  table.insert(table.end(), rows.begin(), rows.end());
  return table;
}

Result<Config> load_for_command(std::span<const SettingSpec> table, const std::string& config_flag,
                                const std::map<std::string, std::string>& flags) {
  Sources sources;
  if (!config_flag.empty()) sources.file = config_flag;
  sources.flags = flags;
  return Config::load(table, sources);
}

}  // namespace daybook::config
