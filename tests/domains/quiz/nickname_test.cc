// Nicknames: what is shown, what is refused, and when two are the same.
#include "domains/quiz/nickname.h"

#include <catch2/catch.hpp>

#include <string>

namespace daybook::quiz {
namespace {

// "<shown>|<key>", or the code of the broken rule.
std::string made(std::string_view text) {
  const auto nickname = make_nickname(text);
  if (nickname.ok()) return nickname->shown + "|" + nickname->key;
  REQUIRE(nickname.error().code == Errc::invalid);
  REQUIRE(nickname.error().fields.size() == 1);
  REQUIRE(nickname.error().fields.front().field == "nickname");
  return nickname.error().fields.front().code;
}

TEST_CASE("blanks at the ends are cut and inner ones become one space") {
  CHECK(made("Ann") == "Ann|ann");
  CHECK(made("  Ann   Lee ") == "Ann Lee|ann lee");
  CHECK(made("Ann\u00a0\u3000\u2003Lee\u2028") == "Ann Lee|ann lee");
  CHECK(made("\u2800Ann\u2800") == "Ann|ann");  // the braille pattern without a dot
}

TEST_CASE("a name in which nothing shows is refused") {
  for (const char* text : {"", " ", "\u3000\u2003", "\ufe0f", " \ufe0f "})
    CHECK(made(text) == "empty");
}

TEST_CASE("control characters and characters that show nothing are refused") {
  for (const char* hidden :
       {"\t",     "\n",     "\x7f",   "\u0085",     "\u00ad",     "\u034f",    "\u061c", "\u115f",
        "\u180e", "\u200b", "\u200d", "\u200e",     "\u202e",     "\u2060",    "\u2066", "\u3164",
        "\ue000", "\ufeff", "\uffa0", "\U000e0041", "\U0010fffd", "\U0001d173"}) {
    INFO("U+" << std::hex << static_cast<int>(static_cast<unsigned char>(hidden[0])));
    CHECK(made(std::string("A") + hidden + "b") == "hidden_character");
  }
  CHECK(made(std::string_view("A\0b", 3)) == "hidden_character");
  CHECK(made(std::string(nickname_bytes_max + 1, 'x')) == "too_long");
}

TEST_CASE("names are the same when only their case differs, in every script that has one") {
  struct Row {
    const char* a;
    const char* b;
  };
  for (const Row& row : {Row{"ANN", "ann"},
                         {"JOSÉ", "josé"},
                         {"STRASSE", "straße"},
                         {"STRAẞE", "strasse"},
                         {"ŁÓDŹ", "łódź"},
                         {"Ǆ", "ǆ"},
                         {"Ệ", "ệ"},
                         {"ΣΊΣΥΦΟΣ", "σίσυφος"},
                         {"ΑΝΝΑ", "αννα"},
                         {"АННА", "анна"},
                         {"ЁЖ", "ёж"},
                         {"ԱՆՆԱ", "աննա"},
                         {"ＡＮＮ", "ａｎｎ"},
                         {"ꭰ", "Ꭰ"},
                         {"𐐀", "𐐨"},
                         {"K", "k"},
                         {"❤️", "❤"},
                         {"ﬃ", "FFI"}}) {
    INFO(row.a << " " << row.b);
    CHECK(fold_case(row.a) == fold_case(row.b));
  }
  // A turkish I with a dot is "i" and a dot; one without a dot is itself.
  CHECK(fold_case("İ") == "i\u0307");
  CHECK(fold_case("ı") == "ı");
}

TEST_CASE("names that look different are different") {
  struct Row {
    const char* a;
    const char* b;
  };
  for (const Row& row :
       {Row{"José", "Jose"}, {"Ann", "Anna"}, {"AB", "A B"}, {"Анна", "Anna"}, {"名前", "名"}}) {
    INFO(row.a << " " << row.b);
    CHECK(fold_case(row.a) != fold_case(row.b));
  }
  CHECK(made("名前 🎉") == "名前 🎉|名前 🎉");
}

TEST_CASE("folding what is folded changes nothing, for every letter there is") {
  for (char32_t code = 1; code < 0x110000; ++code) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    std::string text;
    if (code < 0x80) {
      text = {static_cast<char>(code)};
    } else if (code < 0x800) {
      text = {static_cast<char>(0xc0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3f))};
    } else if (code < 0x10000) {
      text = {static_cast<char>(0xe0 | (code >> 12)),
              static_cast<char>(0x80 | ((code >> 6) & 0x3f)),
              static_cast<char>(0x80 | (code & 0x3f))};
    } else {
      text = {
          static_cast<char>(0xf0 | (code >> 18)), static_cast<char>(0x80 | ((code >> 12) & 0x3f)),
          static_cast<char>(0x80 | ((code >> 6) & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
    }
    const std::string once = fold_case(text);
    if (fold_case(once) != once) {
      INFO("U+" << std::hex << static_cast<std::uint32_t>(code));
      REQUIRE(fold_case(once) == once);
    }
  }
}

}  // namespace
}  // namespace daybook::quiz
