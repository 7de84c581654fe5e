#include "config/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace daybook::config {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

Checked wrong(std::string problem) { return {{}, std::move(problem)}; }

Checked check_integer(const SettingSpec& spec, std::string_view text) {
  const auto number = parse_integer(text);
  if (!number) return wrong("must be an integer, is " + quoted(text));
  if (spec.max != 0 && (*number < spec.min || *number > spec.max))
    return wrong("must be " + std::to_string(spec.min) + " to " + std::to_string(spec.max) +
                 (spec.unit.empty() ? "" : " " + std::string(spec.unit)) + ", is " +
                 std::to_string(*number));
  return {std::to_string(*number), {}};
}

Checked check_boolean(std::string_view text) {
  if (text == "true" || text == "1") return {"true", {}};
  if (text == "false" || text == "0") return {"false", {}};
  return wrong("must be true or false, is " + quoted(text));
}

Checked check_plain_text(const SettingSpec& spec, std::string_view text) {
  if (text.empty()) return wrong("must not be empty");
  const auto choices = choices_of(spec.key);
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end())
    return {std::string(text), {}};
  std::string list;
  for (const auto choice : choices) list += (list.empty() ? "" : ", ") + std::string(choice);
  return wrong("must be one of " + list + ", is " + quoted(text));
}

Checked check_list(const SettingSpec& spec, std::string_view text) {
  if (trim(text).empty()) {
    if (spec.key == "server.listen") return wrong("must name at least one address");
    return {};
  }
  std::string canonical;
  std::size_t items = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    const auto item = trim(text.substr(at, end - at));
    if (item.empty()) return wrong("has an empty item, is " + quoted(text));
    if (++items > list_items_max)
      return wrong("has more than " + std::to_string(list_items_max) + " items");
    if (!canonical.empty()) canonical += ',';
    canonical += item;
    at = end + 1;
  }
  return {std::move(canonical), {}};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view type_name(SettingType type) {
  switch (type) {
    case SettingType::text:
      return "a string";
    case SettingType::integer:
      return "an integer";
    case SettingType::real:
      return "a number";
    case SettingType::boolean:
      return "a boolean";
    case SettingType::text_list:
      return "a list of strings";
  }
  return "unknown";
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<double> parse_real(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::vector<std::string> split_list(std::string_view value) {
  std::vector<std::string> items;
  if (value.empty()) return items;
  for (std::size_t at = 0; at <= value.size();) {
    const auto end = std::min(value.find(',', at), value.size());
    items.emplace_back(value.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

Checked check_text(const SettingSpec& spec, std::string_view text) {
  if (text.size() > value_bytes_max)
    return wrong("is longer than " + std::to_string(value_bytes_max) + " bytes");
  if (text.find('\0') != std::string_view::npos) return wrong("contains a NUL byte");
  switch (spec.type) {
    case SettingType::text:
      return check_plain_text(spec, text);
    case SettingType::integer:
      return check_integer(spec, trim(text));
    case SettingType::real:
      if (!parse_real(trim(text))) return wrong("must be a number, is " + quoted(text));
      return {std::string(trim(text)), {}};
    case SettingType::boolean:
      return check_boolean(trim(text));
    case SettingType::text_list:
      return check_list(spec, text);
  }
  return wrong("has an unknown type");
}

Checked check_file_value(const SettingSpec& spec, const FileValue& given) {
  const bool fits =
      given.usable && (given.type == spec.type ||
                       (spec.type == SettingType::real && given.type == SettingType::integer));
  if (!fits)
    return wrong("must be " + std::string(type_name(spec.type)) + ", is " + given.type_text);
  return check_text(spec, given.text);
}

Nearest nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
  DAYBOOK_CHECK(!candidates.empty());
  Nearest best{candidates.front(), edit_distance(name, candidates.front())};
  for (const auto candidate : candidates.subspan(1)) {
    const auto distance = edit_distance(name, candidate);
    if (distance < best.distance) best = {candidate, distance};
  }
  return best;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> candidates,
                       std::string_view prefix) {
  if (candidates.empty()) return "";
  const auto best = nearest_name(name.substr(0, name_bytes_max), candidates);
  const bool close = best.distance <= std::max<std::size_t>(2, best.name.size() / 3);
  const std::string shown = std::string(prefix) + std::string(best.name);
  return close ? "; did you mean " + shown + "?" : "; the nearest is " + shown;
}

}  // namespace daybook::config
