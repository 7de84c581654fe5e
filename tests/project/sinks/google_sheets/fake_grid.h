// A spreadsheet as the Sheets API keeps it: tabs with a grid, limits, and developer metadata; a
// batch of sub-requests is done wholly or not at all.
//
// Threads: one at a time (the fake server's handler).
#pragma once

#include <daybook/json.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::test {

using Row = std::vector<std::string>;

struct FakeMetadata {
  std::int64_t id = 0;
  std::string key, value;
  std::int64_t sheet_id = 0;
};

struct FakeTab {
  std::int64_t sheet_id = 0;
  std::string title;
  std::size_t row_count = 1000, column_count = 26;
  std::vector<std::shared_ptr<const Row>> rows;  // only as far as something was written
  bool is_protected = false;

  // Rows without trailing empty cells, without trailing empty rows.
  [[nodiscard]] std::vector<Row> values() const;
};

// Google's answer to what it does not take.
struct FakeRefusal {
  int status = 400;
  std::string word;  // "INVALID_ARGUMENT"
  std::string message;
};

struct FakeRules {
  std::size_t cells_max = 10'000'000;
  std::size_t cell_chars_max = 50'000;
  // Whether an update or delete of metadata whose filters match nothing is an error or does
  // nothing; Google's documents leave it open, so both must be lived with.
  bool filters_must_match = true;
  std::string poison;  // a cell with this text in it is refused; empty: none
};

class FakeGrid {
 public:
  explicit FakeGrid(FakeRules rules) : rules_(std::move(rules)) {}

  // The body of a batchUpdate. Nothing: done, the answer's JSON is in `answer`.
  std::optional<FakeRefusal> change(const json::Value& body, std::string& answer);
  // The body of values:append; rows go below the last that is not empty.
  std::optional<FakeRefusal> append(std::string_view title, const json::Value& body);
  // spreadsheets.get with the tabs' properties and metadata.
  [[nodiscard]] std::string look() const;
  // values:batchGet. Ranges as 'Tab'!A1:B2, 'Tab'!1:10, 'Tab'!A5:A.
  std::optional<FakeRefusal> values(const std::vector<std::string>& ranges,
                                    std::string& answer) const;
  // developerMetadata:search.
  [[nodiscard]] std::string search(const json::Value& body) const;

  FakeTab& add_tab(const std::string& title, std::int64_t sheet_id);
  [[nodiscard]] FakeTab* tab(std::string_view title);
  std::vector<FakeTab> tabs;
  std::vector<FakeMetadata> metadata;
  FakeRules& rules() { return rules_; }

 private:
  using Done = std::optional<FakeRefusal>;
  Done apply(std::string_view name, const json::Value& request, json::Writer& reply);
  Done add_sheet(const json::Value& request, json::Writer& reply);
  Done protect(const json::Value& request);
  Done update_properties(const json::Value& request);
  Done update_cells(const json::Value& request);
  Done write_row(FakeTab& tab, std::size_t row, std::size_t column, const json::Value& cells);
  Done clear_range(const json::Value& range);
  Done create_metadata(const json::Value& request, json::Writer& reply);
  Done delete_metadata(const json::Value& request);
  Done update_metadata(const json::Value& request, json::Writer& reply);
  [[nodiscard]] std::vector<std::size_t> matches(const json::Value& filters) const;
  [[nodiscard]] FakeTab* by_id(std::int64_t sheet_id);
  [[nodiscard]] std::size_t cells() const;

  FakeRules rules_;
};

}  // namespace daybook::test
