// Case folding by Unicode 14: simple folds as ranges, and the full folds of the letters that become
// several ("ß" is "ss"). Data: the C and F lines of Unicode's CaseFolding. Pure. Threads: any.
#pragma once

#include <string_view>

namespace daybook::quiz {

// What one letter folds to.
struct FoldedLetter {
  char32_t single = 0;         // itself when it does not fold
  std::u32string_view many{};  // not empty: these instead
};
FoldedLetter fold_letter(char32_t letter);

}  // namespace daybook::quiz
