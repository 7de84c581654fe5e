#include "domains/quiz/nickname.h"

#include "domains/quiz/case_folding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace daybook::quiz {
namespace {

struct CodeRange {
  char32_t first = 0;
  char32_t last = 0;
};

constexpr std::array<CodeRange, 9> blanks{{{0x20, 0x20},
                                           {0xa0, 0xa0},
                                           {0x1680, 0x1680},
                                           {0x2000, 0x200a},
                                           {0x2028, 0x2029},
                                           {0x202f, 0x202f},
                                           {0x205f, 0x205f},
                                           {0x2800, 0x2800},
                                           {0x3000, 0x3000}}};
// Controls, formats, fillers and all else that shows nothing or not the same everywhere; ascending.
constexpr std::array<CodeRange, 32> hidden{
    {{0x0, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
     {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},
     {0x890, 0x891},     {0x8e2, 0x8e2},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
     {0x180b, 0x180f},   {0x200b, 0x200f},   {0x202a, 0x202e},   {0x2060, 0x206f},
     {0x3164, 0x3164},   {0xd800, 0xdfff},   {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},
     {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},
     {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1345f}, {0x1bca0, 0x1bca3},
     {0x1d173, 0x1d17a}, {0x1fffe, 0x1ffff}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff}}};
constexpr CodeRange variation_selectors{0xfe00, 0xfe0f};

template <class Ranges>
bool is_in(const Ranges& ranges, char32_t code) {
  const auto at = std::ranges::lower_bound(ranges, code, {}, &CodeRange::last);
  return at != ranges.end() && code >= at->first;
}

// Takes the first code point off. REQUIRES: not empty, valid UTF-8.
char32_t take_code(std::string_view& text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  std::size_t bytes = 1;
  char32_t code = lead;
  if (lead >= 0xf0) {
    bytes = 4;
    code = lead & 0x07;
  } else if (lead >= 0xe0) {
    bytes = 3;
    code = lead & 0x0f;
  } else if (lead >= 0xc0) {
    bytes = 2;
    code = lead & 0x1f;
  }
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (byte(i) & 0x3f);
  text.remove_prefix(std::min(bytes, text.size()));
  return code;
}

void put_code(std::string& to, char32_t code) {
  const auto put = [&to](char32_t byte) { to += static_cast<char>(byte); };
  const auto rest = [&](unsigned shift) { put(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    rest(0);
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    rest(6);
    rest(0);
  } else {
    put(0xf0 | (code >> 18));
    rest(12);
    rest(6);
    rest(0);
  }
}

Error wrong(std::string_view code, std::string_view rule) {
  return Error::field("nickname", code, rule);
}

}  // namespace

std::string fold_case(std::string_view utf8) {
  std::string folded;
  folded.reserve(utf8.size());
  while (!utf8.empty()) {
    const char32_t code = take_code(utf8);
    if (code >= variation_selectors.first && code <= variation_selectors.last) continue;
    const FoldedLetter letter = fold_letter(code);
    if (letter.many.empty()) put_code(folded, letter.single);
    for (const char32_t one : letter.many) put_code(folded, one);
  }
  return folded;
}

Result<Nickname> make_nickname(std::string_view text) {
  if (text.size() > nickname_bytes_max)
    return wrong("too_long", "must be at most " + std::to_string(nickname_bytes_max) + " bytes");
  Nickname nickname;
  bool is_after_blank = false;
  while (!text.empty()) {
    const char32_t code = take_code(text);
    if (is_in(hidden, code))
      return wrong("hidden_character",
                   "must not hold control characters or characters that show nothing");
    if (is_in(blanks, code)) {
      is_after_blank = true;
      continue;
    }
    if (is_after_blank && !nickname.shown.empty()) nickname.shown += ' ';
    is_after_blank = false;
    put_code(nickname.shown, code);
  }
  nickname.key = fold_case(nickname.shown);
  if (nickname.key.find_first_not_of(' ') == std::string::npos)
    return wrong("empty", "must have a character that shows");
  return nickname;
}

}  // namespace daybook::quiz
