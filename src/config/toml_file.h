// A TOML file as a flat list of settings, and its [[name]] tables. The only file that sees toml11.
//
// Main thread.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::config {

constexpr std::size_t file_bytes_max = 1024 * 1024;

// What one `key = value` of the file is. `type_text` names what was written ("a string"), for the
// error when the row wants something else.
struct FileValue {
  std::string key;  // "http.body_bytes_max"; a bare name for what stands outside every table
  std::string text;
  SettingType type = SettingType::text;
  bool usable = true;  // false: a date, a table, a mixed list: fits no row
  std::string type_text;
  std::size_t line = 0;
};

// One [[name]] table as written. Keys of `values` are without the table's name.
struct RawTable {
  std::string name;  // "projector"
  std::string file;
  std::size_t line = 0;  // of its header
  std::vector<FileValue> values;
  // "config.toml:12"
  [[nodiscard]] std::string place() const { return file + ":" + std::to_string(line); }
  // The text of a key as written, or "": to find a row set by (`sink`) before it is resolved.
  [[nodiscard]] std::string text(std::string_view key) const;
  // nullptr: the table does not give it.
  [[nodiscard]] const FileValue* find(std::string_view key) const;
};

// What a file holds, each in the order of the file.
struct TomlFile {
  std::vector<FileValue> values;
  std::vector<RawTable> tables;  // of any name
};

// Errors: Errc::invalid when it cannot be read or parsed, with file and line.
Result<TomlFile> read_toml(const std::string& path);

}  // namespace daybook::config
