// [[name]] tables of the TOML file: any number of one shape, resolved against rows like the one
// settings table. They have no flags and no environment names.
//
// Main thread.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include "config/toml_file.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::config {

// A table's values, defaults filled in. Keys are the rows'.
class TableSettings final : public Settings {
 public:
  // Errc::invalid lists every unknown key (with the nearest known one), wrong type and value out of
  // bounds, each with file and line. A text without a default may be left out, or empty.
  static Result<TableSettings> read(const RawTable& table, std::span<const SettingSpec> rows);

  [[nodiscard]] std::string text(std::string_view key) const override;
  [[nodiscard]] std::int64_t integer(std::string_view key) const override;
  [[nodiscard]] double real(std::string_view key) const override;
  [[nodiscard]] bool boolean(std::string_view key) const override;
  [[nodiscard]] std::vector<std::string> text_list(std::string_view key) const override;
  // Whether the table itself gives the key. REQUIRES: a row has it.
  [[nodiscard]] bool given(std::string_view key) const;

 private:
  struct Entry {
    SettingType type = SettingType::text;
    std::string value;
    bool given = false;
  };
  const Entry& entry(std::string_view key, SettingType type) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace daybook::config
