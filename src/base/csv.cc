#include <daybook/check.h>
#include <daybook/csv.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace daybook::csv {
namespace {

constexpr std::string_view other_column = "other";
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t take_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

// A JSON number: -5, 3.25, 1e-9; not +5, .5 or 0x1F.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t whole = take_digits(text);
  if (whole == 0) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t decimals = take_digits(text);
    if (decimals == 0) return false;
    text.remove_prefix(decimals);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t exponent = take_digits(text);
    if (exponent == 0) return false;
    text.remove_prefix(exponent);
  }
  return text.empty();
}

bool is_formula(std::string_view text) {
  constexpr std::string_view starts = "=+-@\t\r\n";
  return !text.empty() && starts.find(text.front()) != std::string_view::npos && !is_number(text);
}

}  // namespace

void append_cell(std::string& out, std::string_view text) {
  const bool is_quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (is_quoted) out.push_back('"');
  if (is_formula(text)) out.push_back('\'');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    if (c == '\0')
      out.append(replacement);
    else
      out.push_back(c);
  }
  if (is_quoted) out.push_back('"');
}

void append_value(std::string& out, const json::Value& value) {
  if (value.is_null()) return;
  if (value.is_string())
    append_cell(out, value.string());
  else
    append_cell(out, value.to_string());
}

Table::Table(std::vector<std::string> fixed, std::vector<std::string> columns,
             std::string_view taken_prefix)
    : fixed_(std::move(fixed)),
      columns_(std::move(columns)),
      taken_prefix_(taken_prefix),
      by_name_(columns_.size()) {
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::ranges::sort(by_name_, {},
                    [this](std::size_t i) -> const std::string& { return columns_[i]; });
}

void Table::append_header(std::string& out) const {
  for (std::size_t i = 0; i < fixed_.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_cell(out, fixed_[i]);
  }
  for (const std::string& column : columns_) {
    out.push_back(',');
    const bool is_taken =
        column == other_column || std::find(fixed_.begin(), fixed_.end(), column) != fixed_.end();
    append_cell(out, is_taken ? taken_prefix_ + column : column);
  }
  out.push_back(',');
  out.append(other_column).append("\r\n");
}

void Table::append_row(std::string& out, const std::vector<std::string>& cells,
                       std::string_view body_json) {
  DAYBOOK_CHECK(cells.size() == fixed_.size());
  std::vector<std::optional<json::Value>> values(columns_.size());
  std::string other;
  json::Writer rest(other);
  const auto body = parser_.parse(body_json, false);
  const bool is_object = body.ok() && body->is_object();
  if (!is_object) other = std::string(body_json);
  const auto sort_in = [&](std::string_view name, const json::Value& value) {
    const auto column = std::ranges::lower_bound(
        by_name_, name, {}, [this](std::size_t i) { return std::string_view(columns_[i]); });
    if (column != by_name_.end() && columns_[*column] == name) {
      values[*column] = value;
      return;
    }
    if (other.empty()) rest.begin_object();
    rest.key(name).raw(value.to_string());
  };
  if (is_object) {
    body->each_member(sort_in);
    if (!other.empty()) rest.end_object();
  }

  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_cell(out, cells[i]);
  }
  for (const auto& value : values) {
    out.push_back(',');
    if (value) append_value(out, *value);
  }
  out.push_back(',');
  append_cell(out, other);
  out.append("\r\n");
}

}  // namespace daybook::csv
