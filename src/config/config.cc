#include "config/config.h"

#include "config/problems.h"
#include "config/toml_file.h"
#include "config/value.h"

#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <set>

namespace daybook::config {
namespace {

const std::string file_environment_name = "DAYBOOK_CONFIG";

using Environment = std::function<std::optional<std::string>(const std::string&)>;

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

bool has_short_name(std::string_view key) { return key == "server.listen" || key == "server.data"; }
std::string_view without_section(std::string_view key) { return key.substr(key.find('.') + 1); }
// What a person types: "--listen", "--http-threads".
std::string usual_flag_name(std::string_view key) {
  return flag_name(has_short_name(key) ? without_section(key) : key);
}
std::string short_environment_name(std::string_view key) {
  return environment_name(without_section(key));
}

std::vector<std::string_view> keys_of(std::span<const SettingSpec> table) {
  std::vector<std::string_view> keys;
  keys.reserve(table.size());
  for (const auto& row : table) keys.push_back(row.key);
  return keys;
}

const SettingSpec* row_of(std::span<const SettingSpec> table, std::string_view key) {
  const auto at =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.key == key; });
  return at == table.end() ? nullptr : &*at;
}

// "listen" at the top of a file means server.listen more likely than whatever is nearest by
// letters.
std::string key_suggestion(std::string_view name, std::span<const std::string_view> keys) {
  if (name.find('.') == std::string_view::npos) {
    for (const auto key : keys)
      if (without_section(key) == name) return "; did you mean " + std::string(key) + "?";
  }
  return suggestion(name, keys);
}

struct Given {
  std::string value, origin;
};
using Values = std::map<std::string, Given, std::less<>>;

void take(const SettingSpec& row, std::string_view text, std::string origin, Values& values,
          Problems& problems) {
  auto checked = check_text(row, text);
  if (checked.problem) return problems.wrong_value(row.key, *checked.problem, origin);
  values[std::string(row.key)] = {std::move(checked.value), std::move(origin)};
}

// Tables of a known name go to `tables`.
void take_tables(std::vector<RawTable> from, std::vector<RawTable>& tables, Problems& problems) {
  for (auto& table : from) {
    if (std::ranges::find(table_names, table.name) != std::end(table_names)) {
      tables.push_back(std::move(table));
      continue;
    }
    problems.add(table.name, "unknown_table",
                 "unknown table [[" + table.name + "]] at " + table.place() +
                     suggestion(table.name, table_names));
  }
}

// "[projector]", which TOML allows once, for "[[projector]]".
bool is_single_table(std::string_view key) {
  return std::ranges::any_of(table_names, [&](std::string_view name) {
    return key == name || (key.starts_with(name) && key.substr(name.size()).starts_with('.'));
  });
}

void take_file(std::span<const SettingSpec> table, const std::string& path, Values& values,
               std::vector<RawTable>& tables, Problems& problems) {
  auto file = read_toml(path);
  if (!file) return problems.add("", "unreadable_file", file.error().message);
  take_tables(std::move(file->tables), tables, problems);
  const auto keys = keys_of(table);
  for (const auto& given : file->values) {
    const std::string place = path + ":" + std::to_string(given.line);
    const auto* row = row_of(table, given.key);
    if (row == nullptr && is_single_table(given.key)) {
      const auto name = given.key.substr(0, given.key.find('.'));
      problems.add(given.key, "unknown_key",
                   given.key + " at " + place +
                       " must stand in a table written with two brackets: [[" + name + "]]");
    } else if (row == nullptr) {
      problems.add(given.key, "unknown_key",
                   "unknown key " + given.key + " at " + place + key_suggestion(given.key, keys));
    } else if (auto checked = check_file_value(*row, given); checked.problem) {
      problems.wrong_value(given.key, *checked.problem, "file " + place);
    } else {
      values[given.key] = {std::move(checked.value), "file " + place};
    }
  }
}

void take_environment(std::span<const SettingSpec> table, const Environment& environment,
                      Values& values, Problems& problems) {
  for (const auto& row : table) {
    std::string name = environment_name(row.key);
    auto text = environment(name);
    if (has_short_name(row.key)) {
      const std::string short_name = short_environment_name(row.key);
      auto short_text = environment(short_name);
      if (text && short_text && *text != *short_text) {
        problems.add(row.key, "given_twice",
                     std::string(row.key) + " is given twice and differently (environment " + name +
                         " and " + short_name + ")");
        continue;
      }
      if (short_text) {
        text = std::move(short_text);
        name = short_name;
      }
    }
    if (text) take(row, *text, "environment " + name, values, problems);
  }
}

// Names with our prefix that are no settings: the tests', the admin key of `daybook seed`, and what
// Kubernetes puts into every pod for a Service called daybook.
bool is_of_others(std::string_view name) {
  return name.starts_with("DAYBOOK_TEST_") || name == "DAYBOOK_ADMIN_KEY" ||
         name == "DAYBOOK_PORT" || name.starts_with("DAYBOOK_PORT_") ||
         name.starts_with("DAYBOOK_SERVICE_");
}

// A misspelt DAYBOOK_* name is told as a misspelt key is, or it would silently do nothing.
void refuse_unknown_environment(std::span<const SettingSpec> table, Problems& problems) {
  std::vector<std::string> names = {file_environment_name};
  for (const auto& row : table) {
    names.push_back(environment_name(row.key));
    if (has_short_name(row.key)) names.push_back(short_environment_name(row.key));
  }
  // The prefix all share would make every name look near.
  constexpr std::string_view prefix = "DAYBOOK_";
  std::vector<std::string_view> known;
  for (const std::string_view name : names) known.push_back(name.substr(prefix.size()));
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    std::string_view name(*at);
    name = name.substr(0, name.find('='));
    if (!name.starts_with(prefix) || is_of_others(name)) continue;
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    problems.add(name, "unknown_environment",
                 "unknown environment variable " + std::string(name) +
                     suggestion(name.substr(prefix.size()), known, prefix));
  }
}

void take_flags(std::span<const SettingSpec> table, const std::map<std::string, std::string>& flags,
                Values& values, Problems& problems) {
  for (const auto& [key, text] : flags) {
    const auto* row = row_of(table, key);
    if (row == nullptr)
      problems.add(key, "unknown_key",
                   "unknown flag " + flag_name(key) + key_suggestion(key, keys_of(table)));
    else
      take(*row, text, "flag " + usual_flag_name(key), values, problems);
  }
}

void check_table(std::span<const SettingSpec> table) {
  std::set<std::string_view> seen;
  for (const auto& row : table) {
    DAYBOOK_CHECK(seen.insert(row.key).second);                           // two rows, one key
    DAYBOOK_CHECK(std::count(row.key.begin(), row.key.end(), '.') == 1);  // table.key
    DAYBOOK_CHECK(!check_text(row, row.fallback).problem);  // a default that is refused
  }
}

}  // namespace

std::string environment_name(std::string_view key) {
  std::string name = "DAYBOOK_";
  for (const char c : key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string flag_name(std::string_view key) {
  std::string name = "--";
  for (const char c : key) name += c == '.' || c == '_' ? '-' : c;
  return name;
}

Result<Config> Config::load(std::span<const SettingSpec> table, const Sources& sources) {
  check_table(table);
  Values values;
  std::vector<RawTable> tables;
  Problems problems;
  for (const auto& row : table)
    values[std::string(row.key)] = {check_text(row, row.fallback).value, "default"};
  const Environment environment =
      sources.environment ? sources.environment : Environment(process_environment);
  auto file = sources.file ? sources.file : environment(file_environment_name);
  if (file && (sources.file || !file->empty())) take_file(table, *file, values, tables, problems);
  take_environment(table, environment, values, problems);
  if (!sources.environment) refuse_unknown_environment(table, problems);
  take_flags(table, sources.flags, values, problems);
  if (!problems.empty()) return std::move(problems).take();

  Config config;
  config.entries_.reserve(table.size());
  for (const auto& row : table) {
    auto& given = values.find(row.key)->second;
    config.entries_.push_back({row, std::move(given.value), std::move(given.origin)});
  }
  config.tables_ = std::move(tables);
  return config;
}

const Config::Entry& Config::entry(std::string_view key, SettingType type) const {
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& entry) { return entry.spec.key == key; });
  DAYBOOK_CHECK(at != entries_.end() && at->spec.type == type);
  return *at;
}

std::string Config::text(std::string_view key) const { return entry(key, SettingType::text).value; }

std::int64_t Config::integer(std::string_view key) const {
  const auto number = parse_integer(entry(key, SettingType::integer).value);
  DAYBOOK_CHECK(number.has_value());
  return *number;
}

double Config::real(std::string_view key) const {
  const auto number = parse_real(entry(key, SettingType::real).value);
  DAYBOOK_CHECK(number.has_value());
  return *number;
}

bool Config::boolean(std::string_view key) const {
  return entry(key, SettingType::boolean).value == "true";
}

std::vector<std::string> Config::text_list(std::string_view key) const {
  return split_list(entry(key, SettingType::text_list).value);
}

std::vector<Config::Shown> Config::show() const {
  std::vector<Shown> rows;
  rows.reserve(entries_.size());
  for (const auto& entry : entries_) rows.push_back({entry.spec, entry.value, entry.origin});
  return rows;
}

std::vector<RawTable> Config::tables(std::string_view name) const {
  std::vector<RawTable> found;
  for (const auto& table : tables_)
    if (table.name == name) found.push_back(table);
  return found;
}

}  // namespace daybook::config
