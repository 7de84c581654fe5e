// The copy of a dead letter's event, and what an edit does to it. Pure. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace daybook::projectors {

// JSON objects, as in PublicEvent.
struct LetterCopy {
  std::string data;
  std::string row;  // empty: `data` is the row
};

// Puts `edit`, a JSON object, in the place of the row: of `data` when there is no row of its own;
// else of `row`, and of the member of `data` that holds the very same object, where there is one.
void apply_edit(LetterCopy& copy, std::string_view edit);

}  // namespace daybook::projectors
