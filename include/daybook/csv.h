// CSV (RFC 4180) that a spreadsheet cannot run: a cell that begins like a formula gets a leading
// apostrophe. Pure. Thread: a table's own.
#pragma once

#include <daybook/json.h>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::csv {

// Appends one cell, quoted when it must be. A cell that begins with = + - @ TAB CR or LF, and is no
// plain number, is made harmless; a NUL, which ends the file for some readers, stands as U+FFFD.
void append_cell(std::string& out, std::string_view text);

// A value as a cell: a string as it is, null as nothing, all else as its JSON text.
void append_value(std::string& out, const json::Value& value);

// A table of JSON objects: fixed columns, one per named member, and all other members as one JSON
// object in the last.
class Table {
 public:
  // `fixed`: the names of the leading columns. A member whose name is taken by one of them gets
  // `taken_prefix` in the header.
  Table(std::vector<std::string> fixed, std::vector<std::string> columns,
        std::string_view taken_prefix = "body.");

  void append_header(std::string& out) const;
  // REQUIRES: as many cells as fixed columns. A body that is no object, or cannot be parsed, stands
  // in the last column as it is.
  void append_row(std::string& out, const std::vector<std::string>& cells,
                  std::string_view body_json);

 private:
  std::vector<std::string> fixed_;
  std::vector<std::string> columns_;
  std::string taken_prefix_;
  std::vector<std::size_t> by_name_;  // into columns_, sorted by name
  json::Parser parser_;
};

}  // namespace daybook::csv
