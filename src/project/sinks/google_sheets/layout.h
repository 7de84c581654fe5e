// Which column a member of an event's row stands in. Columns are only ever added, at the right, so
// rows that are written already stay true.
//
// A column is written down with a letter of its kind: ".position" is one of Daybook's own, ":age" a
// member of the row. `.other` holds, as one JSON object, the members that have no column.
//
// Threads: a layout belongs to its sink.
#pragma once

#include <daybook/json.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::google_sheets_sink {

constexpr std::size_t cell_chars_max = 50'000;  // Google's limit; counted in UTF-16 units

struct LayoutOptions {
  bool with_type = false;            // the filter lets through more than one type
  bool with_key = false;             // ... more than one entity
  std::vector<std::string> columns;  // as configured; empty: from the definition or the first row
};

class Layout {
 public:
  // `columns`: as they stand in the tab already.
  Layout(const LayoutOptions& options, const std::vector<std::string>& columns);

  // An event's cells, one for each column; columns are added for what has none yet. `defined`: the
  // columns of the event's entity, if its domain knows any. Errc::invalid says, without the
  // value, why the event cannot stand in a row.
  Result<std::vector<std::string>> cells(const PublicEvent& event,
                                         const std::optional<Columns>& defined);

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  // The header row.
  [[nodiscard]] std::vector<std::string> titles() const;

 private:
  bool add(char kind, std::string_view name);
  std::size_t builtin(std::string_view name);
  void learn(const json::Value& row, const std::optional<Columns>& defined);

  LayoutOptions options_;
  std::vector<std::string> columns_;
  std::map<std::string, std::size_t, std::less<>> index_;  // of columns_
  std::size_t names_bytes_ = 0;                            // of columns_ as JSON
  bool has_fields_ = false;
  json::Parser parser_;
};

}  // namespace daybook::google_sheets_sink
