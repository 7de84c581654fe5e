// Formats and patterns, accepted and refused.
#include "domains/forms/definition_samples.h"
#include "domains/forms/formats.h"
#include "domains/forms/pattern.h"

using namespace daybook;
using namespace daybook::forms;

TEST_CASE("each format takes what it should and nothing near it") {
  struct Row {
    const char* format;
    std::vector<std::string> good, bad;
  };
  const Row rows[] = {
      {"email",
       {"a@b.co", "ann.bee+x@mail.example.org", "o'neil@example.ie", "ü@münchen.de", "a@1.de"},
       {"", "a", "@b.co", "a@", "a@b", "a@b.c", "a b@c.de", ".a@b.de", "a.@b.de", "a..b@c.de",
        "a@-b.de", "a@b-.de", "a@b..de", "a@b.123", "a@b@c.de", "a@b.de ",
        std::string(65, 'a') + "@b.de", "a@" + std::string(64, 'b') + ".de", "a@b.d e"}},
      {"date",
       {"2026-03-29", "2024-02-29", "2000-02-29", "0001-01-01"},
       {"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-3",
        "26-04-03", "2026-04-03 ", "2026-04-03T", "2026/04/03"}},
      {"time",
       {"08:30:00Z", "23:59:60Z", "00:59:60+01:00", "08:30:00.123456789-08:30", "08:30:00z"},
       {"08:30", "08:30:00", "24:00:00Z", "08:60:00Z", "12:00:60Z", "08:30:00.Z", "08:30:00+24:00",
        "08:30:00+1:00"}},
      {"date-time",
       {"2026-03-29T08:30:00Z", "2026-03-29t08:30:00.5+02:00"},
       {"2026-03-29 08:30:00Z", "2026-03-29T08:30:00", "2026-02-30T08:30:00Z", "2026-03-29"}},
      {"uri",
       {"https://example.org", "http://user:pw@h:80/a%20b?q=1#f", "mailto:a@b.de", "urn:x:y",
        "http://[2001:db8::7]:8080/x", "tel:+49-30"},
       {"", "example.org", "/a", "http://a b", "http://a/%zz", "http://a/%2", "1http://a",
        "http://a#b#c", "http://a:8o/", "http://[]/", "http://ä.de", "http://a/<b>"}},
      {"uuid",
       {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"},
       {"123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g",
        "{123e4567-e89b-12d3-a456-426614174000}", ""}},
      {"ipv4",
       {"127.0.0.1", "255.255.255.255", "0.0.0.0"},
       {"256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.", ".1.2.3", "1.2.3.4 ", "a.b.c.d"}},
      {"phone",
       {"9876543210", "+91 98765 43210", "(030) 1234-567", "+49.30.123456", "1234567",
        "123456789012345"},
       {"", "+", "123456", "1234567890123456", "98765-4321a", "+-1234567", "1234567 ", " 1234567",
        "12 34 5+67", "phone"}},
  };
  for (const auto& row : rows) {
    const auto format = find_format(row.format);
    REQUIRE(format.has_value());
    const auto pattern = Pattern::make(phone_pattern);
    for (const auto& text : row.good) {
      CAPTURE(row.format, text);
      CHECK(has_format(*format, text));
      if (*format == Format::phone) CHECK(pattern->matches(text));
    }
    for (const auto& text : row.bad) {
      CAPTURE(row.format, text);
      CHECK_FALSE(has_format(*format, text));
      if (*format == Format::phone) CHECK_FALSE(pattern->matches(text));
    }
  }
  CHECK_FALSE(find_format("hostname").has_value());
}

TEST_CASE("a pattern means what it means in ECMAScript") {
  const std::tuple<const char*, const char*, bool> rows[] = {
      {"a", "cat", true},
      {"^a$", "a\n", false},
      {"^.$", "\n", false},
      {"^.$", "\xe2\x80\xa8", false},  // U+2028
      {"^.$", "\xf0\x9f\x98\x80", true},
      {"^\\s$", "\xc2\xa0", true},
      {"^\\S$", "\xc2\xa0", false},
      {"^[\\sa]+$", "a\xe3\x80\x80", true},
      {"^[^\\s]+$", "a\xe3\x80\x80", false},
      {"^\\d$", "\xd9\xa3", false},  // an Arabic digit
      {"^\\w+$", "\xc3\xa9", false},
      {"^\\p{L}+$", "\xc3\xa9t\xc3\xa9", true},
      {"^\\P{Lu}$", "A", false},
      {"^\\u00e9$", "\xc3\xa9", true},
      {"^\\u{1F600}$", "\xf0\x9f\x98\x80", true},
      {"^\\x41\\x2d$", "A-", true},
      {"^[\\x41-\\x43-]+$", "AC-", true},
      {"^[[.]$", "[", true},
      {"^[\\]\\\\^]+$", "]\\^", true},
      {"^(?:ab|a){2,3}?$", "aab", true},
      {"^a{2}$", "aaa", false},
      {"^a{2,}$", "aaa", true},
      {"\\bcat\\b", "a cat.", true},
      {"\\Bat", "at", false},
      {"^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", true},
      {"^a\\.b\\/c\\$$", "a.b/c$", true},
      {"", "", true},
      {"^[^a]$", "\n", true},
      {"^é*$", "ééé", true},
  };
  for (const auto& [pattern, text, expected] : rows) {
    CAPTURE(pattern, text);
    const auto made = Pattern::make(pattern);
    REQUIRE(made.ok());
    CHECK(made->matches(text) == expected);
  }
}

TEST_CASE("a pattern that could mean two things, or none, is refused") {
  for (const char* pattern : {"(?=a)",      "(?!a)",   "(?<=a)",      "(?<n>a)",
                              "(?P<n>a)",   "(?i)a",   "(a)\\1",      "\\k<n>",
                              "\\Aa",       "a\\z",    "\\Qa\\E",     "\\C",
                              "\\cA",       "\\0",     "\\a",         "\\e",
                              "\\@",        "\\-",     "[\\b]",       "[\\S]",
                              "[]",         "[^]",     "[]a]",        "[z-a]",
                              "[\\d-z]",    "[a-\\d]", "[a",          "(a",
                              "a)",         "a**",     "a{2}{3}",     "*a",
                              "^*",         "\\b+",    "(|*)",        "a{",
                              "a{,2}",      "a{3,2}",  "a{1001}",     "a}",
                              "a]",         "\\",      "\\x4",        "\\x{41}",
                              "\\u00g0",    "\\ud800", "\\u{110000}", "\\u{}",
                              "\\p{Greek}", "\\pL",    "a*+",         "((a{1000}){1000}){1000}"}) {
    CAPTURE(pattern);
    CHECK_FALSE(Pattern::make(pattern).ok());
  }
}

TEST_CASE("a text beyond the pattern's limit matches nothing") {
  const auto pattern = Pattern::make("a");
  CHECK(pattern->matches(std::string(pattern_text_bytes_max, 'a')));
  CHECK_FALSE(pattern->matches(std::string(pattern_text_bytes_max + 1, 'a')));
}
