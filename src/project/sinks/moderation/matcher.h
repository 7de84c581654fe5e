// The matcher: which words of the lists a text has, however they are disguised, and no word that
// is only a part of a longer one.
//
// A word is looked for where it may begin - behind a border - in a trie of letter classes; what the
// trie finds is compared letter by letter. So a text costs its length times the longest word at
// most, whatever it says.
//   border      the beginning, the end, a separator or a symbol; for words of four letters and more
//               that are spelt without digits, a digit too. Scripts without spaces need none.
//   repeated    three or more of a letter stand for any smaller number: "baaad", not "good" for god
//   spaced out  letters on their own with the same one to three signs between: "b a d", "b.a.d"
//   swapped     a digit or symbol for a letter, but one letter at least must be the word's own; and
//               "A55" or "455" are numbers of roads
//
// Threads: one at a time; it keeps its scratch memory.
#pragma once

#include "project/sinks/moderation/fold.h"
#include "project/sinks/moderation/word_list.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daybook::moderation_sink {

// What stood for what in a place that has a word.
struct Spelling {
  std::size_t own = 0;            // the word's own letters
  std::size_t digits = 0;         // in place of letters
  std::size_t digit_borders = 0;  // between such digits and others
  bool ends_in_digit = false;
};

class Matcher {
 public:
  explicit Matcher(std::vector<Word> words);

  // Calls f for each place where a word is, in no order; the same word may be told more than once.
  void scan(std::string_view text, const std::function<void(const Word&)>& f);

  [[nodiscard]] std::size_t words() const { return words_.size(); }
  // Letters and edges looked at so far: what a text has cost.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  using Letters = std::span<const Letter>;
  struct Run {  // letters of one class, side by side
    std::size_t begin = 0;
    std::size_t end = 0;
    char32_t letter_class = 0;
  };
  struct Piece {  // what stands between separators
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void scan_part(std::string_view text);
  void find_runs(Letters text);
  void scan_piece(Piece piece);
  void scan_spaced(bool with_symbols);
  void scan_row();
  void scan_whole(Letters text);
  // Words that begin at `start`, which lies in the run, and end where `ends` says.
  template <class Ends>
  void walk(Letters text, std::size_t run, std::size_t start, Ends&& ends);
  void judge(Letters text, std::size_t start, std::size_t end, const Word& word);
  bool spells(Letters text, const Word& word, Spelling& spelling);
  bool spells_repeated(Letters text, const Word& word, Spelling& spelling);
  [[nodiscard]] static bool is_border(const Letter* outside, const Letter& inside, const Word& word,
                                      const Spelling& spelling);
  [[nodiscard]] static std::uint64_t edge(std::uint32_t node, char32_t letter_class) {
    return std::uint64_t{node} << 32 | letter_class;
  }

  std::vector<Word> words_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  // of the trie; node 0 is its root
  std::vector<std::vector<std::uint32_t>> ends_;            // by node: words that end there

  std::uint64_t steps_ = 0;
  const std::function<void(const Word&)>* found_ = nullptr;  // during scan
  std::vector<Letter> letters_;
  std::vector<Letter> row_;  // of letters spaced out, without what stands between
  std::vector<Piece> pieces_;
  std::vector<Run> runs_;
};

}  // namespace daybook::moderation_sink
