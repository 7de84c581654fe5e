// Folding: a text as plain letters, so that "Bäd", "ＢＡＤ", "b<zero width>ad" and "bаd" with a
// Cyrillic а are all b, a, d. What cannot be seen is gone; what stands between words stays, since
// borders are told by it. Word lists are folded the same way.
//
// Pure. Threads: any.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace daybook::moderation_sink {

enum class Kind : std::uint8_t {
  separator,
  letter,
  digit,
  symbol,  // @ $ ! |: punctuation, or a letter in disguise
};

struct Letter {
  char32_t code = 0;  // lower case, without accents, Latin for its look-alikes: 'a'
  char32_t own = 0;   // the same before look-alikes: a Cyrillic а is itself
  char32_t mark = 0;  // its first accent
  Kind kind = Kind::separator;
  bool is_borderless = false;  // of a script that writes no spaces between words
};

// Appends the letters of the text. Bytes that are no UTF-8 are separators.
void fold(std::string_view utf8, std::vector<Letter>& out);

// Letters that can stand for one another have one class: i, l, 1, ! and | have 'i', 4 and @ 'a'.
char32_t class_of(char32_t code);

enum class Likeness : std::uint8_t { none, own, look_alike, digit, symbol };
// How a letter of a text stands for one of a word. A word's accent must be there; other accents of
// the text are looked through.
Likeness likeness(const Letter& text, const Letter& word);

}  // namespace daybook::moderation_sink
