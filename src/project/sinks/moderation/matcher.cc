#include "project/sinks/moderation/matcher.h"

#include <algorithm>
#include <array>
#include <string>

namespace daybook::moderation_sink {
namespace {

constexpr std::size_t part_bytes = 256u << 10;  // of a text that is looked at in one go
constexpr std::size_t overlap_bytes = 1024;     // of two parts; no word in disguise is longer
constexpr std::size_t repeated_min = 3;
constexpr std::size_t spaced_letters_min = 3;
constexpr std::size_t gap_signs_max = 3;
constexpr std::size_t digit_border_letters_min = 4;

// A letter that is a word by itself: "a b.a.d", "I".
bool is_small_word(const Letter& letter) {
  return std::u32string_view(U"aeiouy").find(letter.code) != std::u32string_view::npos;
}

bool is_sign(const Letter& letter, bool with_symbols) {
  return letter.kind == Kind::separator || (with_symbols && letter.kind == Kind::symbol);
}

bool same_gap(std::span<const Letter> a, std::span<const Letter> b) {
  return std::ranges::equal(a, b, {}, &Letter::own, &Letter::own);
}

// Where a part of a long text ends: behind a space if there is one near the limit, else between two
// characters.
std::size_t part_end(std::string_view text, std::size_t limit) {
  const auto space = text.substr(limit - overlap_bytes, overlap_bytes).rfind(' ');
  if (space != std::string_view::npos) return limit - overlap_bytes + space + 1;
  while (limit > 1 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return limit;
}

}  // namespace

Matcher::Matcher(std::vector<Word> words) : words_(std::move(words)), ends_(1) {
  for (std::uint32_t w = 0; w < words_.size(); ++w) {
    std::uint32_t node = 0;
    char32_t last = 0;
    for (const Letter& letter : words_[w].letters) {
      const char32_t letter_class = class_of(letter.code);
      if (letter_class == last) continue;
      last = letter_class;
      const auto [at, is_new] =
          edges_.try_emplace(edge(node, letter_class), static_cast<std::uint32_t>(ends_.size()));
      if (is_new) ends_.emplace_back();
      node = at->second;
    }
    ends_[node].push_back(w);
  }
}

void Matcher::scan(std::string_view text, const std::function<void(const Word&)>& f) {
  found_ = &f;
  while (text.size() > part_bytes) {
    const std::size_t end = part_end(text, part_bytes);
    scan_part(text.substr(0, end));
    // The next part begins at a space within the last of this one, so that no border is made up.
    const auto space = text.find(' ', end - overlap_bytes);
    text.remove_prefix(space < end ? space : end);
  }
  scan_part(text);
  found_ = nullptr;
}

void Matcher::scan_part(std::string_view text) {
  letters_.clear();
  fold(text, letters_);
  steps_ += letters_.size();
  pieces_.clear();
  for (std::size_t i = 0; i < letters_.size();) {
    const std::size_t begin = i;
    while (i < letters_.size() && letters_[i].kind != Kind::separator) ++i;
    if (i > begin) pieces_.push_back({begin, i});
    while (i < letters_.size() && letters_[i].kind == Kind::separator) ++i;
  }
  for (const Piece& piece : pieces_) scan_piece(piece);
  scan_spaced(false);
  scan_spaced(true);
}

void Matcher::find_runs(Letters text) {
  runs_.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t letter_class = class_of(text[i].code);
    if (!runs_.empty() && runs_.back().letter_class == letter_class)
      runs_.back().end = i + 1;
    else
      runs_.push_back({i, i + 1, letter_class});
  }
  steps_ += text.size();
}

template <class Ends>
void Matcher::walk(Letters text, std::size_t run, std::size_t start, Ends&& ends) {
  std::uint32_t node = 0;
  for (; run < runs_.size(); ++run) {
    ++steps_;
    const auto next = edges_.find(edge(node, runs_[run].letter_class));
    if (next == edges_.end()) return;
    node = next->second;
    if (ends_[node].empty()) continue;
    const std::size_t first = std::max(start, runs_[run].begin);
    for (const std::size_t end : ends(runs_[run], first))
      if (end > first)
        for (const std::uint32_t word : ends_[node]) judge(text, start, end, words_[word]);
  }
}

// A word may begin where a run does, or where the signs and digits at a run's front end; it ends
// the same way.
void Matcher::scan_piece(Piece piece) {
  const Letters text(letters_.data() + piece.begin, piece.end - piece.begin);
  find_runs(text);
  const auto is_letter = [&](std::size_t i) { return text[i].kind == Kind::letter; };
  const auto ends = [&](const Run& run, std::size_t first) {
    std::size_t stripped = run.end;
    while (stripped > first && !is_letter(stripped - 1)) --stripped;
    steps_ += run.end - stripped;
    return std::array<std::size_t, 2>{run.end, stripped == run.end ? first : stripped};
  };
  for (std::size_t r = 0; r < runs_.size(); ++r) {
    const Run run = runs_[r];
    const bool may_begin = run.begin == 0 || !is_letter(run.begin - 1) ||
                           (text[run.begin].is_borderless || text[run.begin - 1].is_borderless);
    if (may_begin) walk(text, r, run.begin, ends);
    if (is_letter(run.begin)) continue;
    std::size_t first = run.begin;
    while (first < run.end && !is_letter(first)) ++first;
    if (first < run.end) walk(text, r, first, ends);
  }
}

// Letters on their own, one after the other, with the same signs between.
void Matcher::scan_spaced(bool with_symbols) {
  const Letters text(letters_);
  const auto is_outside = [&](std::size_t i) {
    return i >= text.size() || is_sign(text[i], with_symbols);
  };
  Letters gap;           // before the last letter of the row
  std::size_t last = 0;  // where that letter is
  row_.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    ++steps_;
    if (is_outside(i)) continue;
    const bool is_alone = (i == 0 || is_outside(i - 1)) && is_outside(i + 1);
    Letters between;
    if (is_alone && !row_.empty()) between = text.subspan(last + 1, i - last - 1);
    if (!is_alone || between.size() > gap_signs_max) {
      scan_row();
    } else if (row_.size() > 1 && !same_gap(between, gap)) {
      const Letter kept = row_.back();  // it may begin a row with other signs
      scan_row();
      row_.push_back(kept);
    }
    if (!is_alone) continue;
    row_.push_back(text[i]);
    gap = between;
    last = i;
  }
  scan_row();
}

// The row as one word, or with a small word at either end. Clears it.
void Matcher::scan_row() {
  const Letters row(row_);
  if (row.size() >= spaced_letters_min) {
    const bool small_begin = is_small_word(row.front());
    const bool small_end = is_small_word(row.back());
    scan_whole(row);
    if (small_begin) scan_whole(row.subspan(1));
    if (small_end) scan_whole(row.first(row.size() - 1));
    if (small_begin && small_end) scan_whole(row.subspan(1, row.size() - 2));
  }
  row_.clear();
}

void Matcher::scan_whole(Letters text) {
  if (text.size() < spaced_letters_min) return;
  find_runs(text);
  walk(text, 0, 0, [&](const Run& run, std::size_t first) {
    return std::array<std::size_t, 1>{run.end == text.size() ? run.end : first};
  });
}

bool Matcher::is_border(const Letter* outside, const Letter& inside, const Word& word,
                        const Spelling& spelling) {
  if (outside == nullptr || outside->kind == Kind::symbol) return true;
  if (outside->is_borderless || inside.is_borderless) return true;
  return outside->kind == Kind::digit && inside.kind == Kind::letter && spelling.digits == 0 &&
         word.letters.size() >= digit_border_letters_min;
}

void Matcher::judge(Letters text, std::size_t start, std::size_t end, const Word& word) {
  Spelling spelling;
  const Letters place = text.subspan(start, end - start);
  if (!spells(place, word, spelling) && !spells_repeated(place, word, spelling)) return;
  if (spelling.own == 0) return;
  const bool is_number =
      spelling.digits > place.size() - spelling.digits && spelling.digit_borders == 1;
  if (is_number) return;
  const Letter* before = start > 0 ? &text[start - 1] : nullptr;
  const Letter* after = end < text.size() ? &text[end] : nullptr;
  if (!is_border(before, place.front(), word, spelling)) return;
  if (!is_border(after, place.back(), word, spelling)) return;
  (*found_)(word);
}

namespace {

// False: the letter does not stand for the word's.
bool note(const Letter& text, const Letter& word, bool is_first, Spelling& spelling) {
  const Likeness like = likeness(text, word);
  if (like == Likeness::none) return false;
  const bool is_digit = like == Likeness::digit;
  if (!is_first && is_digit != spelling.ends_in_digit) ++spelling.digit_borders;
  spelling.ends_in_digit = is_digit;
  if (is_digit) ++spelling.digits;
  if (like == Likeness::own) ++spelling.own;
  return true;
}

bool same_letter(const Letter& a, const Letter& b) { return a.own == b.own && a.mark == b.mark; }

}  // namespace

bool Matcher::spells(Letters text, const Word& word, Spelling& spelling) {
  if (text.size() != word.letters.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    ++steps_;
    if (!note(text[i], word.letters[i], i == 0, spelling)) return false;
  }
  return true;
}

bool Matcher::spells_repeated(Letters text, const Word& word, Spelling& spelling) {
  spelling = {};
  if (text.size() <= word.letters.size()) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < word.letters.size();) {
    const std::size_t word_begin = i;
    const std::size_t text_begin = at;
    while (i < word.letters.size() && same_letter(word.letters[i], word.letters[word_begin])) ++i;
    while (at < text.size() && note(text[at], word.letters[word_begin], at == 0, spelling)) ++at;
    const std::size_t wanted = i - word_begin;
    const std::size_t there = at - text_begin;
    steps_ += there + 1;
    if (there != wanted && (there < wanted || there < repeated_min)) return false;
  }
  return at == text.size();
}

}  // namespace daybook::moderation_sink
