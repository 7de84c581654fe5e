// What stands in the spreadsheet: its tabs, and a tab's metadata and first column. Pure readings of
// Google's answers. Threads: any.
#pragma once

#include <daybook/result.h>

#include "project/sinks/google_sheets/checkpoint.h"
#include "project/sinks/google_sheets/requests.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::google_sheets_sink {

// A tab as the spreadsheet tells it.
struct Found {
  std::optional<Tab> tab;                        // absent: there is none of this title
  std::uint64_t other_cells = 0;                 // of the other tabs
  std::optional<Checkpoint> mark;                // absent: no metadata of this projector
  Metadata metadata;                             // as it stands there
  std::map<std::uint64_t, std::int64_t> fences;  // serial → id
  std::string other_projector;                   // whose metadata the tab carries besides, if any
};
// Errc::malformed: not an answer of the Sheets API; Errc::corrupt: metadata that is not ours to
// read (a newer version's).
Result<Found> read_look(std::string_view answer, std::string_view title,
                        std::string_view projector);

// How many of the values' rows, from the first, there are up to the last that is not empty; one
// number for each range asked for.
Result<std::vector<std::uint64_t>> read_heights(std::string_view answer);

// Whether the answer to a change says that the metadata was changed with it.
bool says_metadata_changed(std::string_view answer);

}  // namespace daybook::google_sheets_sink
