// Values of settings as text: one canonical spelling per value, checked against the row.
//
// Pure functions; used for all four sources alike.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include "config/toml_file.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::config {

constexpr std::size_t value_bytes_max = 4096;  // of one value as text
constexpr std::size_t list_items_max = 64;
constexpr std::size_t name_bytes_max = 256;  // of an unknown name, when looking for the nearest

struct Checked {
  std::string value;                   // canonical; meaningless with a problem
  std::optional<std::string> problem;  // "must be an integer, is \"abc\""
};
// From a flag or the environment, where everything is text.
Checked check_text(const SettingSpec& spec, std::string_view text);
// From the file, where a value has a type of its own.
Checked check_file_value(const SettingSpec& spec, const FileValue& given);

// "an integer", "a list of texts", ... for error texts.
std::string_view type_name(SettingType type);

// The only texts a row takes; empty: any.
std::span<const std::string_view> choices_of(std::string_view key);

std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_real(std::string_view text);  // finite only
// Items of a canonical list value.
std::vector<std::string> split_list(std::string_view value);

// The candidate with the least edit distance (the first of equals). REQUIRES: candidates not empty.
struct Nearest {
  std::string_view name;
  std::size_t distance = 0;
};
Nearest nearest_name(std::string_view name, std::span<const std::string_view> candidates);
// "; did you mean X?", or for a name far from all: "; the nearest is X". `prefix` is put
// before the name shown.
std::string suggestion(std::string_view name, std::span<const std::string_view> candidates,
                       std::string_view prefix = {});

}  // namespace daybook::config
