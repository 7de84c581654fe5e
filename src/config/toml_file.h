// A TOML file as a flat list of settings. The only file that sees toml11.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include <string>
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

// In the order of the file. Errors: Errc::invalid when it cannot be read or parsed, with file and
// line.
Result<std::vector<FileValue>> read_toml(const std::string& path);

}  // namespace daybook::config
