// How far a tab is: kept in the spreadsheet itself as developer metadata, where it changes in one
// request with the rows, and beside it in the state store.
//
//   daybook.<projector>          {"v":1,"serial":12,"rows":340,"position":"977","letters":["12"]}
//   daybook.<projector>.columns  [".position",".id",".time",":name",":age",".other"]
//
// `serial` grows by one with every change, so of two checkpoints the further one is known. An
// update names the value it replaces, and leaves a fence: an entry whose id is its serial's, which
// Google takes but once. So a request that arrives late, after another has changed the tab, finds
// its value gone or its fence taken, and is refused as a whole.
//
// Threads: any. Plain values.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::google_sheets_sink {

// Retried dead letters that are remembered; more than the runtime takes out at a time.
constexpr std::size_t letters_max = 512;
// All column names as one JSON. Google takes 30,000 characters of metadata a tab (not measured).
constexpr std::size_t columns_bytes_max = 16'000;
constexpr std::size_t columns_max = 1000;

struct Checkpoint {
  std::uint64_t serial = 0;
  std::uint64_t rows = 0;         // below the header
  Position position{};            // every event up to it is in a row (or was never to be)
  std::vector<Position> letters;  // retried ones written last, in that order; at most letters_max
  std::vector<std::string> columns;  // as in layout.h

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;

  // The two values of the metadata.
  [[nodiscard]] std::string mark() const;
  [[nodiscard]] std::string columns_value() const;
  static Result<Checkpoint> from_values(std::string_view mark, std::string_view columns);

  // All of it, with the tab it is of: SinkProgress::state.
  [[nodiscard]] std::string state(std::string_view spreadsheet, std::string_view tab) const;

  [[nodiscard]] bool has_letter(Position position) const;
  void add_letter(Position position);
};

// A state read back. `target`: of the tab it was kept for.
struct SavedState {
  std::string spreadsheet, tab;
  Checkpoint checkpoint;
};
Result<SavedState> read_state(std::string_view state);

constexpr std::string_view fence_key = "daybook-fence";
// A request is on its way for three minutes at most, in which there are no more writes than this.
constexpr std::size_t fences_kept = 200;
constexpr std::size_t fences_max = 264;  // then the oldest are removed
// The fence of a serial: ids in a row, so that a tab's own do not meet.
std::int64_t fence_id(std::uint64_t serial, std::int64_t sheet_id);

std::string mark_key(std::string_view projector);
std::string columns_key(std::string_view projector);
// A number of its own for a key of a tab, from 1: what Google calls metadataId. Fixed, so that
// making it twice is an error and not a second one.
std::int64_t metadata_id(std::string_view key, std::int64_t sheet_id);

}  // namespace daybook::google_sheets_sink
