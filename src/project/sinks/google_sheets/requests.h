// The bodies and addresses of what is asked of the Sheets API. Pure. Threads: any.
#pragma once

#include "project/sinks/google_sheets/checkpoint.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::google_sheets_sink {

constexpr std::uint64_t cells_max = 10'000'000;       // of a spreadsheet, Google's limit
constexpr std::size_t payload_bytes_max = 1'000'000;  // of one request; Google advises 2 MB
constexpr std::uint64_t grid_step_rows = 1000;        // the grid grows by so many at a time

// A tab's grid as last seen.
struct Tab {
  std::int64_t sheet_id = 0;
  std::uint64_t rows = 0, columns = 0;
  std::uint64_t other_cells = 0;  // of the spreadsheet's other tabs
};

// The grid that `rows` (with the header) and `columns` need: never less than is there.
Tab grown(const Tab& tab, std::uint64_t rows, std::uint64_t columns);
inline std::uint64_t cells_of(const Tab& tab) { return tab.other_cells + tab.rows * tab.columns; }

// Appends one row of an updateCells, with a comma when it is not the first. An empty text empties
// its cell; every other is a string, so nothing is ever taken for a formula, a date or a number.
void append_row(std::string& rows, const std::vector<std::string>& cells);

// The two entries of a tab's metadata as they stand there.
struct Metadata {
  std::int64_t mark_id = 0, columns_id = 0;
  std::string mark, columns;
};

// One change of a tab: all of it or none.
struct Change {
  Checkpoint to;
  // The metadata that this replaces: where another stands by now, nothing is changed.
  Metadata before;
  std::vector<std::int64_t> old_fences;  // to be removed
  bool clear = false;                    // every cell first
  std::string header;                    // its row, by append_row; empty: stays
  std::string rows;                      // by append_row
  std::uint64_t first_row = 1;           // where `rows` begin; 0 is the header
};
// `now`: the grid as it is; `then`: as it must be.
std::string change_body(const Change& change, const Tab& now, const Tab& then);

// Makes the metadata, and the tab when `make_tab`.
std::string create_body(std::string_view projector, std::string_view title, const Tab& tab,
                        bool make_tab);
// A fixed number for a new tab, so that making it twice is an error.
std::int64_t new_sheet_id(std::string_view projector, std::string_view title);

// Below the base URL.
std::string change_path(std::string_view spreadsheet);
std::string look_path(std::string_view spreadsheet);
// Values of ranges such as "A1:A1" of one tab.
std::string values_path(std::string_view spreadsheet, std::string_view title,
                        const std::vector<std::string>& ranges);

}  // namespace daybook::google_sheets_sink
