#include "project/sinks/google_sheets/layout.h"

#include <daybook/texts.h>

#include "project/sinks/google_sheets/checkpoint.h"

namespace daybook::google_sheets_sink {
namespace {

constexpr char own = '.', field = ':';

std::string cell_text(const json::Value& value) {
  if (value.is_null()) return {};
  return value.is_string() ? std::string(value.string()) : value.to_string();
}

// UTF-16 units of valid UTF-8.
std::size_t chars_of(std::string_view text) {
  std::size_t chars = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) chars += byte >= 0xF0 ? 2 : 1;
  }
  return chars;
}

std::optional<Error> check_cell(std::string_view name, std::string_view text) {
  const auto chars = chars_of(text);
  if (chars <= cell_chars_max) return std::nullopt;
  return Error(Errc::invalid, "\"" + std::string(name.substr(0, 100)) + "\" has " +
                                  std::to_string(chars) + " characters; a cell takes " +
                                  std::to_string(cell_chars_max));
}

std::size_t json_bytes(std::string_view name) {
  std::string out;
  json::append_string(out, name);
  return out.size() + 2;  // the kind, a comma
}

}  // namespace

Layout::Layout(const LayoutOptions& options, const std::vector<std::string>& columns)
    : options_(options) {
  for (const auto& column : columns) {
    const bool known = column.size() >= 2 && (column[0] == own || column[0] == field);
    add(known ? column[0] : field, known ? std::string_view(column).substr(1) : column);
  }
  for (const std::string_view name : {"position", "id", "time"}) add(own, name);
  if (options_.with_type) add(own, "type");
  if (options_.with_key) add(own, "key");
  for (const auto& name : options_.columns) add(field, name);
}

// False: there is no room for one more.
bool Layout::add(char kind, std::string_view name) {
  std::string column = kind + std::string(name);
  if (index_.contains(column)) return true;
  const auto bytes = json_bytes(name);
  // Daybook's own few always find room: Google's limit is further away than ours.
  if (kind == field &&
      (columns_.size() >= columns_max || names_bytes_ + bytes > columns_bytes_max || name.empty()))
    return false;
  names_bytes_ += bytes;
  has_fields_ = has_fields_ || kind == field;
  index_.emplace(column, columns_.size());
  columns_.push_back(std::move(column));
  return true;
}

std::size_t Layout::builtin(std::string_view name) {
  add(own, name);
  return index_.find(own + std::string(name))->second;
}

void Layout::learn(const json::Value& row, const std::optional<Columns>& defined) {
  if (!options_.columns.empty()) return;
  if (defined) {
    for (const auto& name : defined->names) add(field, name);
  } else if (!has_fields_) {
    row.each_member([&](std::string_view name, const json::Value&) { add(field, name); });
  }
}

Result<std::vector<std::string>> Layout::cells(const PublicEvent& event,
                                               const std::optional<Columns>& defined) {
  const auto parsed = parser_.parse(event.row_json(), false);
  if (!parsed.ok() || !parsed->is_object())
    return Error(Errc::invalid, "the event's row is not a JSON object");
  // Before anything is learnt from an event that is not written.
  std::optional<Error> too_long;
  parsed->each_member([&](std::string_view name, const json::Value& value) {
    if (!too_long) too_long = check_cell(name, cell_text(value));
  });
  if (too_long) return *too_long;
  learn(*parsed, defined);
  std::vector<std::string> cells(columns_.size());
  const auto put = [&](std::size_t column, std::string text) {
    if (cells.size() <= column) cells.resize(column + 1);
    cells[column] = std::move(text);
  };
  put(builtin("position"), std::to_string(event.position.value));
  put(builtin("id"), id_text(event.event_id));
  put(builtin("time"), time_text(event.server_time));
  if (options_.with_type) put(builtin("type"), event.type);
  if (options_.with_key) put(builtin("key"), event.key);
  std::string others;
  json::Writer writer(others);
  bool any_other = false;
  parsed->each_member([&](std::string_view name, const json::Value& value) {
    const auto found = index_.find(field + std::string(name));
    if (found != index_.end()) {
      put(found->second, cell_text(value));
      return;
    }
    if (!any_other) writer.begin_object();
    any_other = true;
    writer.key(name).raw(value.to_string());
  });
  if (any_other) {
    writer.end_object();
    put(builtin("other"), std::move(others));
  }
  cells.resize(columns_.size());
  if (const auto other = index_.find(".other"); other != index_.end())
    if (auto error = check_cell("other", cells[other->second])) return *error;
  return cells;
}

std::vector<std::string> Layout::titles() const {
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const auto& column : columns_) titles.push_back(column.substr(1));
  return titles;
}

}  // namespace daybook::google_sheets_sink
