// Words on UTF-8 text that the pattern compiler and the clean-up rules share. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace daybook::forms {

struct CodeRange {
  char32_t first = 0;
  char32_t last = 0;
};
// What ECMAScript calls white space: \s of a pattern, and what `trim` takes away.
constexpr std::array<CodeRange, 10> blanks{{{0x09, 0x0d},
                                            {0x20, 0x20},
                                            {0xa0, 0xa0},
                                            {0x1680, 0x1680},
                                            {0x2000, 0x200a},
                                            {0x2028, 0x2029},
                                            {0x202f, 0x202f},
                                            {0x205f, 0x205f},
                                            {0x3000, 0x3000},
                                            {0xfeff, 0xfeff}}};

constexpr bool is_blank(char32_t code) {
  return std::ranges::any_of(
      blanks, [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

struct CodePoint {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// The code point that begins at text[0]. REQUIRES: not empty, valid UTF-8.
constexpr CodePoint first_code_point(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xe0) return {((lead & 0x1f) << 6) | (byte(1) & 0x3f), 2};
  if (lead < 0xf0) return {((lead & 0x0f) << 12) | ((byte(1) & 0x3f) << 6) | (byte(2) & 0x3f), 3};
  return {
      ((lead & 0x07) << 18) | ((byte(1) & 0x3f) << 12) | ((byte(2) & 0x3f) << 6) | (byte(3) & 0x3f),
      4};
}

}  // namespace daybook::forms
