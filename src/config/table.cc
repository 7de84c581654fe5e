#include "config/table.h"

#include "config/problems.h"
#include "config/value.h"

#include <algorithm>

namespace daybook::config {
namespace {

const SettingSpec* row_of(std::span<const SettingSpec> rows, std::string_view key) {
  const auto at = std::ranges::find(rows, key, &SettingSpec::key);
  return at == rows.end() ? nullptr : &*at;
}

// A text row whose default is empty need not be given.
bool may_be_empty(const SettingSpec& row) {
  return row.type == SettingType::text && row.fallback.empty();
}

}  // namespace

Result<TableSettings> TableSettings::read(const RawTable& table,
                                          std::span<const SettingSpec> rows) {
  TableSettings settings;
  std::vector<std::string_view> keys;
  for (const auto& row : rows) {
    auto fallback = check_text(row, row.fallback);
    DAYBOOK_CHECK(may_be_empty(row) || !fallback.problem);  // a default that is refused
    const bool is_new =
        settings.entries_.try_emplace(std::string(row.key), Entry{row.type, fallback.value, false})
            .second;
    DAYBOOK_CHECK(is_new);  // two rows, one key
    keys.push_back(row.key);
  }
  Problems problems;
  for (const auto& given : table.values) {
    const std::string place = table.file + ":" + std::to_string(given.line);
    const auto* row = row_of(rows, given.key);
    if (row == nullptr) {
      problems.add(given.key, "unknown_key",
                   "unknown key " + given.key + " of [[" + table.name + "]] at " + place +
                       suggestion(given.key, keys));
      continue;
    }
    auto checked = check_file_value(*row, given);
    if (may_be_empty(*row) && given.usable && given.type == SettingType::text && given.text.empty())
      checked = {};
    if (checked.problem)
      problems.wrong_value(given.key, *checked.problem, "file " + place);
    else
      settings.entries_[given.key] = {row->type, std::move(checked.value), true};
  }
  if (!problems.empty()) return std::move(problems).take();
  return settings;
}

const TableSettings::Entry& TableSettings::entry(std::string_view key, SettingType type) const {
  const auto at = entries_.find(key);
  DAYBOOK_CHECK(at != entries_.end() && at->second.type == type);
  return at->second;
}

std::string TableSettings::text(std::string_view key) const {
  return entry(key, SettingType::text).value;
}

std::int64_t TableSettings::integer(std::string_view key) const {
  const auto number = parse_integer(entry(key, SettingType::integer).value);
  DAYBOOK_CHECK(number.has_value());
  return *number;
}

double TableSettings::real(std::string_view key) const {
  const auto number = parse_real(entry(key, SettingType::real).value);
  DAYBOOK_CHECK(number.has_value());
  return *number;
}

bool TableSettings::boolean(std::string_view key) const {
  return entry(key, SettingType::boolean).value == "true";
}

std::vector<std::string> TableSettings::text_list(std::string_view key) const {
  return split_list(entry(key, SettingType::text_list).value);
}

bool TableSettings::given(std::string_view key) const {
  const auto at = entries_.find(key);
  DAYBOOK_CHECK(at != entries_.end());
  return at->second.given;
}

}  // namespace daybook::config
