// Texts and the plain letters they are seen as.
#include "project/sinks/moderation/fold.h"

#include <catch2/catch.hpp>

#include <string>

namespace daybook::moderation_sink {
namespace {

// The letters as code points, separators as spaces.
std::u32string plain(std::string_view text) {
  std::vector<Letter> letters;
  fold(text, letters);
  std::u32string out;
  for (const Letter& letter : letters) out += letter.kind == Kind::separator ? U' ' : letter.code;
  return out;
}

Letter letter_of(std::string_view text) {
  std::vector<Letter> letters;
  fold(text, letters);
  REQUIRE(letters.size() == 1);
  return letters.front();
}

TEST_CASE("a text is seen as its plain letters") {
  const std::pair<const char*, std::u32string> rows[] = {
      {"Bad", U"bad"},
      {"bäd BÂD", U"bad bad"},
      {"ba\u0308d", U"bad"},                          // the accent apart
      {"b\u0336a\u0321\u0353\u0336d\u0489", U"bad"},  // struck through, piled up
      {"ＢＡＤ", U"bad"},                             // full width
      {"𝐛𝒶𝔡 𝕓𝖺𝚍", U"bad bad"},                        // mathematical
      {"ⓑⓐⓓ 🅱🅐🅳 🇧🇦🇩", U"bad bad bad"},                // in discs, squares, flags
      {"ʙᴀᴅ", U"bad"},                                // small capitals
      {"b\u200Ba\u200D\u2060d\uFEFF", U"bad"},        // zero width
      {"b\u00ADad", U"bad"},                          // a soft hyphen
      {"\u202Ebad\u202C", U"bad"},                    // told to run backwards
      {"bаd", U"bad"},                                // a Cyrillic a
      {"ΒΑD", U"bad"},                                // Greek capitals
      {"ﬁne Straße", U"fine strasse"},
      {"Łódź Øre İı", U"lodz ore ii"},
      {"日本 한", U"日本 \u1112\u1161\u11AB"},
      {"a\xFF"
       "b",
       U"a b"},
      {"a\tb-c_d.e", U"a b c d e"},
      {"$1@|!", U"$1@|!"},
      {"٣", U"٣"},
      {"", U""},
  };
  for (const auto& [text, letters] : rows) {
    INFO(text);
    CHECK(plain(text) == letters);
  }
}

TEST_CASE("a look-alike knows what it is, and an accent is kept aside") {
  CHECK(letter_of("а").own == U'а');
  CHECK(letter_of("а").code == U'a');
  CHECK(letter_of("ａ").own == U'a');
  CHECK(letter_of("ü").mark == U'\u0308');
  CHECK(letter_of("ü\u0301").mark == U'\u0308');  // the first
  CHECK(letter_of("u").mark == 0);
  CHECK(letter_of("字").is_borderless);
  CHECK(letter_of("ก").is_borderless);
  CHECK_FALSE(letter_of("я").is_borderless);
  CHECK(letter_of("7").kind == Kind::digit);
  CHECK(letter_of("@").kind == Kind::symbol);
  CHECK(letter_of("＠").kind == Kind::symbol);
  CHECK(letter_of(".").kind == Kind::separator);
}

TEST_CASE("a letter stands for another by itself, in disguise, or not at all") {
  const auto like = [](std::string_view text, std::string_view word) {
    return likeness(letter_of(text), letter_of(word));
  };
  CHECK(like("A", "a") == Likeness::own);
  CHECK(like("à", "a") == Likeness::own);
  CHECK(like("а", "a") == Likeness::look_alike);
  CHECK(like("a", "а") == Likeness::look_alike);
  CHECK(like("4", "a") == Likeness::digit);
  CHECK(like("@", "a") == Likeness::symbol);
  CHECK(like("1", "i") == Likeness::digit);
  CHECK(like("1", "l") == Likeness::digit);
  CHECK(like("!", "l") == Likeness::symbol);
  CHECK(like("1", "1") == Likeness::own);
  CHECK(like("l", "i") == Likeness::none);
  CHECK(like("i", "1") == Likeness::none);
  CHECK(like("8", "b") == Likeness::none);
  CHECK(like("u", "ü") == Likeness::none);
  CHECK(like("ü", "ü") == Likeness::own);
  CHECK(like("ù", "ü") == Likeness::none);
}

}  // namespace
}  // namespace daybook::moderation_sink
