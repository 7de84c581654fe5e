#include "project/sinks/moderation/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <utility>

namespace daybook::moderation_sink {
namespace {

struct Pair {
  char32_t from = 0;
  char32_t to = 0;
};

// Lower-case letters of other scripts that look like Latin ones, in one case or the other.
constexpr std::array<Pair, 37> look_alikes{
    {{U'α', U'a'}, {U'β', U'b'}, {U'ε', U'e'}, {U'ζ', U'z'}, {U'η', U'h'}, {U'ι', U'i'},
     {U'κ', U'k'}, {U'μ', U'm'}, {U'ν', U'n'}, {U'ο', U'o'}, {U'ρ', U'p'}, {U'τ', U't'},
     {U'υ', U'y'}, {U'χ', U'x'}, {U'ω', U'w'}, {U'а', U'a'}, {U'в', U'b'}, {U'е', U'e'},
     {U'к', U'k'}, {U'м', U'm'}, {U'н', U'h'}, {U'о', U'o'}, {U'р', U'p'}, {U'с', U'c'},
     {U'т', U't'}, {U'у', U'y'}, {U'х', U'x'}, {U'ѕ', U's'}, {U'і', U'i'}, {U'ј', U'j'},
     {U'ѵ', U'v'}, {U'ѡ', U'w'}, {U'һ', U'h'}, {U'ԁ', U'd'}, {U'ԛ', U'q'}, {U'ԝ', U'w'},
     {U'ӏ', U'l'}}};

// Latin letters that Unicode does not take apart.
constexpr std::array<Pair, 40> plain_letters{
    {{U'ð', U'd'}, {U'ø', U'o'}, {U'đ', U'd'}, {U'ħ', U'h'}, {U'ı', U'i'}, {U'ł', U'l'},
     {U'ŧ', U't'}, {U'ƀ', U'b'}, {U'ƒ', U'f'}, {U'ɐ', U'a'}, {U'ɑ', U'a'}, {U'ɓ', U'b'},
     {U'ɔ', U'o'}, {U'ɖ', U'd'}, {U'ɗ', U'd'}, {U'ə', U'e'}, {U'ɛ', U'e'}, {U'ɡ', U'g'},
     {U'ɢ', U'g'}, {U'ɨ', U'i'}, {U'ɩ', U'i'}, {U'ɪ', U'i'}, {U'ɴ', U'n'}, {U'ʀ', U'r'},
     {U'ʏ', U'y'}, {U'ʙ', U'b'}, {U'ʜ', U'h'}, {U'ʟ', U'l'}, {U'ᴀ', U'a'}, {U'ᴄ', U'c'},
     {U'ᴅ', U'd'}, {U'ᴇ', U'e'}, {U'ᴊ', U'j'}, {U'ᴋ', U'k'}, {U'ᴍ', U'm'}, {U'ᴏ', U'o'},
     {U'ᴘ', U'p'}, {U'ᴛ', U't'}, {U'ᴜ', U'u'}, {U'ꜱ', U's'}}};

// Alphabets from A to Z as pictures: regional indicators, letters on black discs and squares.
constexpr std::array<char32_t, 3> picture_alphabets{0x1F1E6, 0x1F150, 0x1F170};

constexpr std::array<UScriptCode, 7> borderless_scripts{
    USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_THAI,
    USCRIPT_LAO, USCRIPT_KHMER,    USCRIPT_MYANMAR};

template <std::size_t Size>
char32_t mapped(const std::array<Pair, Size>& pairs, char32_t code) {
  const auto at = std::ranges::find(pairs, code, &Pair::from);
  return at == pairs.end() ? code : at->to;
}

char32_t without_picture(char32_t code) {
  for (const char32_t first : picture_alphabets)
    if (code >= first && code < first + 26) return U'a' + (code - first);
  return code;
}

char32_t of_icu(UChar32 code) { return static_cast<char32_t>(code); }
UChar32 to_icu(char32_t code) { return static_cast<UChar32>(code); }

Kind kind_of(char32_t code) {
  if (code == U'@' || code == U'$' || code == U'!' || code == U'|') return Kind::symbol;
  if (code < 0x80) {
    if (code >= U'0' && code <= U'9') return Kind::digit;
    return code >= U'a' && code <= U'z' ? Kind::letter : Kind::separator;
  }
  const auto type = u_charType(to_icu(code));
  if (type == U_DECIMAL_DIGIT_NUMBER) return Kind::digit;
  const bool is_letter = (U_MASK(type) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_NL_MASK)) != 0;
  return is_letter ? Kind::letter : Kind::separator;
}

UScriptCode script_of(char32_t code) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(to_icu(code), &error);
}

// An accent that any letter may carry; the vowels of Indic scripts are letters of their own.
bool is_accent(char32_t code) {
  const auto type = u_charType(to_icu(code));
  if (type == U_ENCLOSING_MARK) return true;
  return (U_MASK(type) & U_GC_M_MASK) != 0 && script_of(code) == USCRIPT_INHERITED;
}

// One code point of the text after normalization.
void append_plain(char32_t code, std::vector<Letter>& out) {
  if (is_accent(code)) {
    if (!out.empty() && out.back().mark == 0) out.back().mark = code;
    return;
  }
  Letter letter;
  letter.own = mapped(plain_letters, without_picture(code));
  letter.code = mapped(look_alikes, letter.own);
  letter.kind = kind_of(letter.own);
  letter.is_borderless =
      letter.kind == Kind::letter && letter.own >= 0x0E00 &&
      std::ranges::find(borderless_scripts, script_of(letter.own)) != borderless_scripts.end();
  out.push_back(letter);
}

void append_ascii(char32_t code, std::vector<Letter>& out) {
  if (code >= U'A' && code <= U'Z') code += U'a' - U'A';
  out.push_back({code, code, 0, kind_of(code), false});
}

using Buffer = std::array<UChar, 64>;  // the longest normalization of one code point is 18

// Upper case, widths, ligatures and what is invisible go in the first step, accents come apart in
// the second.
void append_code(UChar32 code, std::vector<Letter>& out) {
  UErrorCode error = U_ZERO_ERROR;
  static const UNormalizer2* const casefold = unorm2_getNFKCCasefoldInstance(&error);
  static const UNormalizer2* const decompose = unorm2_getNFDInstance(&error);
  Buffer one{}, folded{}, apart{};
  std::int32_t size = 0;
  U16_APPEND_UNSAFE(one.data(), size, code);
  constexpr auto capacity = static_cast<std::int32_t>(Buffer{}.size());
  size = unorm2_normalize(casefold, one.data(), size, folded.data(), capacity, &error);
  size = unorm2_normalize(decompose, folded.data(), size, apart.data(), capacity, &error);
  std::array<UChar32, Buffer{}.size()> codes{};
  u_strToUTF32(codes.data(), capacity, &size, apart.data(), size, &error);
  if (U_FAILURE(error)) {
    out.push_back({of_icu(code), of_icu(code), 0, Kind::separator, false});
    return;
  }
  for (std::int32_t i = 0; i < size; ++i)
    append_plain(of_icu(codes[static_cast<std::size_t>(i)]), out);
}

bool is_invisible(UChar32 code) {
  return u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 ||
         u_charType(code) == U_FORMAT_CHAR;
}

}  // namespace

void fold(std::string_view utf8, std::vector<Letter>& out) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  for (std::size_t at = 0; at < utf8.size();) {
    if (bytes[at] < 0x80) {
      append_ascii(bytes[at++], out);
      continue;
    }
    UChar32 code = 0;
    U8_NEXT(bytes, at, utf8.size(), code);
    if (code < 0)
      out.push_back({U'\uFFFD', U'\uFFFD', 0, Kind::separator, false});
    else if (!is_invisible(code))
      append_code(code, out);
  }
}

char32_t class_of(char32_t code) {
  switch (code) {
    case U'0':
      return U'o';
    case U'1':
    case U'!':
    case U'|':
    case U'l':
      return U'i';
    case U'3':
      return U'e';
    case U'4':
    case U'@':
      return U'a';
    case U'5':
    case U'$':
      return U's';
    case U'7':
      return U't';
    default:
      return code;
  }
}

Likeness likeness(const Letter& text, const Letter& word) {
  if (word.mark != 0 && text.mark != word.mark) return Likeness::none;
  if (text.own == word.own) return Likeness::own;
  if (text.code == word.code) return Likeness::look_alike;
  if (text.kind != Kind::digit && text.kind != Kind::symbol) return Likeness::none;
  if (word.kind != Kind::letter || class_of(text.code) != class_of(word.code))
    return Likeness::none;
  return text.kind == Kind::digit ? Likeness::digit : Likeness::symbol;
}

}  // namespace daybook::moderation_sink
