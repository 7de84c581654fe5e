#include "config/config.h"
#include "config/value.h"

#include <cctype>
#include <cstdio>

namespace daybook::config {
namespace {

// TOML basic string (TOML 1.0.0, "String").
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04X", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_value(const SettingSpec& row) {
  if (row.type == SettingType::text) return toml_string(row.fallback);
  if (row.type != SettingType::text_list) return std::string(row.fallback);
  std::string out = "[";
  for (const auto& item : split_list(row.fallback))
    out += (out.size() > 1 ? ", " : "") + toml_string(item);
  return out + "]";
}

// "1024 to 1048576 bytes", "in seconds", or "".
std::string bounds(const SettingSpec& row) {
  if (row.type == SettingType::integer && row.max != 0) {
    const std::string range = std::to_string(row.min) + " to " + std::to_string(row.max);
    return row.unit.empty() ? range : range + " " + std::string(row.unit);
  }
  return row.unit.empty() ? "" : "in " + std::string(row.unit);
}

// "# 1024 to 1048576 bytes; DAYBOOK_HTTP_HEADER_BYTES_MAX"
std::string facts(const SettingSpec& row) {
  const std::string limits = bounds(row);
  return "# " + (limits.empty() ? "" : limits + "; ") + environment_name(row.key) + "\n";
}

}  // namespace

std::string example_toml(std::span<const SettingSpec> table) {
  std::string out =
      "# Every setting of daybook with its default. Made by `daybook config example`.\n"
      "# A flag (--http-body-bytes-max) wins over the environment (DAYBOOK_HTTP_BODY_BYTES_MAX),\n"
      "# the environment over this file, this file over the default.\n"
      "# `daybook config check --config FILE` finds mistakes; `daybook config show --origin` says\n"
      "# where each value came from.\n";
  // Rows of one section stand together even when the table mixes them: TOML allows a table once.
  std::vector<std::string_view> sections;
  for (const auto& row : table) {
    const auto section = row.key.substr(0, row.key.find('.'));
    bool seen = false;
    for (const auto known : sections) seen = seen || known == section;
    if (!seen) sections.push_back(section);
  }
  for (const auto section : sections) {
    out += "\n[" + std::string(section) + "]\n";
    for (const auto& row : table) {
      const auto dot = row.key.find('.');
      if (row.key.substr(0, dot) != section) continue;
      out += "# " + std::string(row.help) + "\n" + facts(row);
      out += std::string(row.key.substr(dot + 1)) + " = " + toml_value(row) + "\n";
    }
  }
  return out;
}

std::string example_rows(std::span<const SettingSpec> rows) {
  std::string out;
  for (const auto& row : rows) {
    const std::string limits = bounds(row);
    out += "# " + std::string(row.help) + (limits.empty() ? "" : " " + limits + ".") + "\n";
    out += "#" + std::string(row.key) + " = " + toml_value(row) + "\n";
  }
  return out;
}

}  // namespace daybook::config
