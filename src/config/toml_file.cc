#include "config/toml_file.h"

#include "base/files.h"
#include "config/value.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <sstream>
#include <toml.hpp>

namespace daybook::config {
namespace {

// A list as the comma-joined text of the table; an item with a comma cannot be told from two.
void take_array(const toml::value& from, FileValue& out) {
  out.type = SettingType::text_list;
  out.type_text = "a list of strings";
  std::size_t items = 0;
  for (const auto& item : from.as_array()) {
    if (!item.is_string()) {
      out.usable = false;
      out.type_text = "a list with something else than strings";
      return;
    }
    const std::string& text = item.as_string().str;
    if (text.find(',') != std::string::npos || text.empty()) {
      out.usable = false;
      out.type_text = text.empty() ? "a list with an empty item" : "a list with a comma in an item";
      return;
    }
    out.text += (items++ == 0 ? "" : ",") + text;
  }
}

void take_float(double number, FileValue& out) {
  out.type = SettingType::real;
  out.type_text = "a number with a fraction";
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out.text.assign(std::begin(digits), end);
}

FileValue take(std::string key, const toml::value& from) {
  FileValue out;
  out.key = std::move(key);
  out.line = from.location().line();
  if (from.is_string()) {
    out.type = SettingType::text;
    out.type_text = "a string";
    out.text = from.as_string().str;
  } else if (from.is_integer()) {
    out.type = SettingType::integer;
    out.type_text = "an integer";
    out.text = std::to_string(from.as_integer());
  } else if (from.is_floating()) {
    take_float(from.as_floating(), out);
  } else if (from.is_boolean()) {
    out.type = SettingType::boolean;
    out.type_text = "a boolean";
    out.text = from.as_boolean() ? "true" : "false";
  } else if (from.is_array()) {
    take_array(from, out);
  } else {
    out.usable = false;
    out.type_text = from.is_table() ? "a table" : "a date or time";
  }
  return out;
}

// "[error] toml::parse_key: an invalid key appeared.\n --> ..." → "an invalid key appeared."
std::string first_sentence(std::string_view what) {
  what = what.substr(0, what.find('\n'));
  if (what.starts_with("[error] ")) what.remove_prefix(8);
  const auto colon = what.find(": ");
  if (colon != std::string_view::npos && what.substr(0, colon).find(' ') == std::string_view::npos)
    what.remove_prefix(colon + 2);
  return std::string(what);
}

bool is_array_of_tables(const toml::value& value) {
  if (!value.is_array() || value.as_array().empty()) return false;
  return std::ranges::all_of(value.as_array(), [](const auto& item) { return item.is_table(); });
}

// By line, then by key: what the parser gives is in the order of a hash.
void put_in_order(std::vector<FileValue>& values) {
  std::sort(values.begin(), values.end(), [](const FileValue& a, const FileValue& b) {
    return a.line != b.line ? a.line < b.line : a.key < b.key;
  });
}

RawTable take_table(const std::string& name, const std::string& path, const toml::value& from) {
  RawTable table;
  table.name = name;
  table.file = path;
  table.line = from.location().line();
  for (const auto& [key, value] : from.as_table()) table.values.push_back(take(key, value));
  put_in_order(table.values);
  return table;
}

TomlFile flatten(const toml::value& root, const std::string& path) {
  TomlFile file;
  for (const auto& [name, value] : root.as_table()) {
    if (is_array_of_tables(value)) {
      for (const auto& item : value.as_array()) file.tables.push_back(take_table(name, path, item));
      continue;
    }
    if (!value.is_table()) {
      file.values.push_back(take(name, value));
      continue;
    }
    // A table of no known row is told by its keys; an empty one has none and does no harm.
    for (const auto& [key, nested] : value.as_table())
      file.values.push_back(take(name + "." + key, nested));
  }
  put_in_order(file.values);
  std::stable_sort(file.tables.begin(), file.tables.end(),
                   [](const RawTable& a, const RawTable& b) { return a.line < b.line; });
  return file;
}

}  // namespace

const FileValue* RawTable::find(std::string_view key) const {
  const auto at = std::ranges::find(values, key, &FileValue::key);
  return at == values.end() ? nullptr : &*at;
}

std::string RawTable::text(std::string_view key) const {
  const FileValue* value = find(key);
  return value == nullptr || !value->usable ? std::string() : value->text;
}

Result<TomlFile> read_toml(const std::string& path) {
  auto bytes = read_file(path);
  if (!bytes)
    return Error{Errc::invalid, "cannot read the configuration file: " + bytes.error().message};
  if (bytes->size() > file_bytes_max)
    return Error{Errc::invalid, path + " is larger than " + std::to_string(file_bytes_max) +
                                    " bytes; that is no configuration"};
  try {
    std::istringstream in(*bytes);
    return flatten(toml::parse(in, path), path);
  } catch (const toml::exception& e) {
    return Error{Errc::invalid, path + ":" + std::to_string(e.location().line()) + ": " +
                                    first_sentence(e.what())};
  } catch (const std::exception& e) {
    return Error{Errc::invalid, path + ": " + first_sentence(e.what())};
  }
}

}  // namespace daybook::config
