// Tables of what is found and what is not, random disguises, and what a hostile text costs.
#include "project/sinks/moderation/matcher.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <iostream>
#include <set>
#include <string>

namespace daybook::moderation_sink {
namespace {

constexpr std::string_view list =
    "bad\nass\nhell\nshit\nidiot\ngod\ncunt\nanal\ntit\nkill\n1488\nmoron\nasshole\n";

std::vector<Word> words_of(std::string_view text, const std::string& language = "en") {
  std::vector<Word> words;
  const auto read = read_words(text, language, "list", words);
  REQUIRE(read.ok());
  return words;
}

std::string found(Matcher& matcher, std::string_view text) {
  std::set<std::string> words;
  matcher.scan(text, [&](const Word& word) { words.insert(word.text); });
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

TEST_CASE("a word is found however it is disguised") {
  Matcher matcher(words_of(list));
  const std::pair<const char*, const char*> rows[] = {
      {"bad", "bad"},         {"That is BAD!", "bad"},
      {"\"bad\"", "bad"},     {"so bad, so-bad; bad's (bad)", "bad"},
      {"bád", "bad"},         {"ｂａｄ", "bad"},
      {"b\u200Bad", "bad"},   {"bаd", "bad"},
      {"b4d b@d", "bad"},     {"b a d", "bad"},
      {"b.a.d", "bad"},       {"b - a - d", "bad"},
      {"b  a  d", "bad"},     {"you are a b a d man", "bad"},
      {"I b.a.d", "bad"},     {"b!a!d", "bad"},
      {"b@a@d", "bad"},       {"b 4 d", "bad"},
      {"b\na\nd", "bad"},     {"b a d  a s s", "ass bad"},
      {"baaad", "bad"},       {"BAAAAAAAAAAAAAD", "bad"},
      {"b a a a d", "bad"},   {"asss", "ass"},
      {"assssss", "ass"},     {"@ss", "ass"},
      {"a5s", "ass"},         {"as$", "ass"},
      {"a$$", "ass"},         {"$ass$", "ass"},
      {"ass@example", "ass"}, {"sh1t", "shit"},
      {"sh!t", "shit"},       {"5h1t", "shit"},
      {"5h17", "shit"},       {"$h!t", "shit"},
      {"shit123", "shit"},    {"123shit", "shit"},
      {"_shit_", "shit"},     {"1d10t", "idiot"},
      {"!d!0t", "idiot"},     {"he11", "hell"},
      {"hell!", "hell"},      {"he||", "hell"},
      {"anal!", "anal"},      {"anal!!!", "anal"},
      {"1488", "1488"},       {"m0r0n", "moron"},
      {"455hole", "asshole"}, {"b\u0336a\u0336d\u0336", "bad"},
      {"ʙᴀᴅ", "bad"},         {"bad\xFF", "bad"},
      {"kiiiilll", "kill"},
  };
  for (const auto& [text, words] : rows) {
    INFO(text);
    CHECK(found(matcher, text) == words);
  }
}

TEST_CASE("an innocent text stays innocent") {
  Matcher matcher(words_of(list));
  for (const char* text : {"Scunthorpe",
                           "class",
                           "assess",
                           "bass",
                           "assassin",
                           "badge",
                           "Baden",
                           "title",
                           "hello",
                           "shell",
                           "shiitake",
                           "analysis",
                           "canal",
                           "killjoy",
                           "skill",
                           "mishit",
                           "good",

                           "heil",
                           "heill",
                           "helium",
                           "A55",
                           "455",
                           "a 455",
                           "Road A55, B4",
                           "45s",
                           "b ad",
                           "ba d",
                           "b-ad",
                           "b a.d",
                           "b a  d",
                           "a s s o c i a t i o n",
                           "c l a s s",
                           "b a d g e",
                           "b....a....d",
                           "baad",
                           "tiit",
                           "as",
                           "a s",
                           "ba",
                           "b4",
                           "4d",
                           "14880",
                           "21488",
                           "x1488",
                           "ass4",
                           "4ass",
                           "tit4",
                           "sh17x",
                           "соск",
                           "bаdаge",
                           "badß",
                           "",
                           " ",
                           "@@@",
                           "!!!",
                           "|||",
                           "$$$",
                           "@",
                           "kiil",
                           "il",
                           "1 4 8 8 0",
                           "d a b",
                           "b\u0000ad"}) {
    INFO(text);
    CHECK(found(matcher, text).empty());
  }
}

TEST_CASE("a letter of another script alone is no disguise: как is no kak") {
  Matcher matcher(words_of("kak\nкак\n"));
  std::set<std::string> words;
  CHECK(found(matcher, "как") == "как");
  CHECK(found(matcher, "kak") == "kak");
  CHECK(found(matcher, "kаk") == "kak как");  // a Cyrillic а between
}

TEST_CASE("a word with accents wants them, and has its umlauts spelt out in German") {
  Matcher matcher(words_of("blöd\nscheiße\ncoño\n", "de"));
  for (const char* text : {"blöd", "BLÖD", "bloed", "blo\u0308d", "b l ö d", "blööööd"})
    CHECK(found(matcher, text) == "blöd");
  for (const char* text : {"scheiße", "SCHEISSE", "scheisse", "5cheiße", "sche1sse"})
    CHECK(found(matcher, text) == "scheiße");
  for (const char* text : {"blod", "blód", "cono", "coñote"}) CHECK(found(matcher, text).empty());
  CHECK(found(matcher, "Coño") == "coño");
  Matcher spanish(words_of("blöd\n", "es"));
  CHECK(found(spanish, "bloed").empty());
}

TEST_CASE("scripts without spaces need no borders") {
  Matcher matcher(words_of("馬鹿\nばか\nไอ้\nд\u0443рак\n"));
  CHECK(found(matcher, "あなたは馬鹿です") == "馬鹿");
  CHECK(found(matcher, "おばかさん") == "ばか");
  CHECK(found(matcher, "馬と鹿").empty());
  CHECK(found(matcher, "дурак!") == "дурак");
  CHECK(found(matcher, "дураки").empty());
}

// --- random disguises

std::string utf8(char32_t code) {
  std::string out;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
  return out;
}

// One letter of a word, still itself: upper case, full width, with an accent, with a zero width.
std::string dressed(char c, Rng& rng) {
  switch (rng.below(5)) {
    case 0:
      return std::string(1, static_cast<char>(c - 'a' + 'A'));
    case 1:
      return utf8(0xFF41 + static_cast<char32_t>(c - 'a'));
    case 2:
      return c + utf8(0x0300 + static_cast<char32_t>(rng.below(0x30)));
    case 3:
      return c + utf8(0x200B + static_cast<char32_t>(rng.below(3)));
    default:
      return std::string(1, c);
  }
}

std::string swapped(char c) {
  switch (c) {
    case 'a':
      return "@";
    case 'e':
      return "3";
    case 'i':
      return "!";
    case 'o':
      return "0";
    case 's':
      return "$";
    default:
      return std::string(1, c);
  }
}

TEST_CASE("any word in any disguise is found between borders, and within a longer word it is not") {
  const std::uint64_t seed = test::test_seed();
  Rng rng(seed);
  const std::string_view letters = "bcdfghjkmnpqrvwxyzaeios";
  for (int round = 0; round < 3000; ++round) {
    std::string word;
    for (std::size_t i = 0, size = 3 + rng.below(8); i < size; ++i) {
      char c = letters[rng.below(letters.size())];
      while (!word.empty() && c == word.back()) c = letters[rng.below(letters.size())];
      word += c;
    }
    Matcher matcher(words_of(word + "\n"));
    const std::string_view gaps[] = {"", "", " ", ".", " - ", "_", "\u2003"};
    const std::string gap(gaps[rng.below(std::size(gaps))]);
    const std::size_t kept = rng.below(word.size());  // stays itself
    const bool repeats = rng.below(3) == 0 && gap.empty();
    std::string text;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (i > 0) text += gap;
      const bool swaps = i != kept && i > 0 && i + 1 < word.size() && rng.below(3) == 0;
      const std::string letter = swaps ? swapped(word[i]) : dressed(word[i], rng);
      text += letter;
      if (repeats && i == kept)
        for (std::size_t n = 2 + rng.below(5); n > 0; --n) text += word[i];
    }
    INFO("seed " << seed << " word " << word << " text " << text);
    // Digits in place of most letters, all at one end, are taken for a number; that cannot be here:
    // the first and the last letter stay.
    CHECK(found(matcher, text) == word);
    // Around the text stand only words with a letter that no word of the list has: t, l or u.
    CHECK(found(matcher, "tell; " + text + ", then") == word);
    if (!gap.empty()) continue;
    CHECK(found(matcher, "u" + text).empty());
    CHECK(found(matcher, text + "u").empty());
    CHECK(found(matcher, "tell ult" + text + "ult until").empty());
  }
}

TEST_CASE("no text costs more than its length and the longest word") {
  const std::uint64_t seed = test::test_seed();
  Rng rng(seed);
  Matcher matcher(
      words_of("ass\nasas\naaaaaaaaaaaaaaaab\nsisisisisisisisisisi\nbad\n馬馬馬馬馬馬鹿\n"));
  const std::size_t size = 400'000;
  const auto of = [&](std::string_view unit) {
    std::string text;
    while (text.size() < size) text += unit;
    return text;
  };
  std::vector<std::string> texts{of("a"),  of("@"),   of("a@"),     of("@@@a"),    of("s!"),
                                 of("$!"), of("a "),  of("a."),     of("a. "),     of("as"),
                                 of("@5"), of("馬"),  of("\u0301"), of("a\u0301"), of("\uFDFA"),
                                 of("1"),  of("a!s!")};
  std::string any;
  for (std::size_t i = 0; i < size; ++i) any += "as!@$5i1b. "[rng.below(11)];
  texts.push_back(any);
  std::uint64_t worst = 0;
  for (const std::string& text : texts) {
    const std::uint64_t before = matcher.steps();
    matcher.scan(text, [](const Word&) {});
    const std::uint64_t steps = matcher.steps() - before;
    INFO("seed " << seed << " text " << text.substr(0, 12));
    CHECK(steps < text.size() * 64);
    worst = std::max(worst, steps / text.size());
  }
  std::cout << "moderation: at most " << worst << " steps a byte\n";
}

TEST_CASE("a long text is looked at in parts, and no word at their seams is lost or made up") {
  Matcher matcher(words_of("bad\n"));
  for (std::size_t before = (256u << 10) - 1100; before < (256u << 10) + 40; before += 7) {
    std::string text(before, 'x');
    for (std::size_t i = 6; i < text.size(); i += 7) text[i] = ' ';
    const std::string after(2000, 'y');
    CHECK(found(matcher, text + " bad " + after) == "bad");
    CHECK(found(matcher, text + " b a d " + after) == "bad");
    CHECK(found(matcher, text + " badly xbad " + after).empty());
  }
}

}  // namespace
}  // namespace daybook::moderation_sink
