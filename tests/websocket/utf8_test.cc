#include "websocket/utf8.h"

#include <daybook/fields.h>

#include <catch2/catch.hpp>

#include <string>

namespace daybook::websocket {
namespace {

char byte(unsigned value) { return static_cast<char>(value); }

// Whether up to `most` continuation bytes make it a valid text; the last two may be any.
bool can_be_completed(const std::string& text, std::size_t most) {
  if (json::is_valid_utf8(text)) return true;
  if (most == 0) return false;
  for (unsigned next = 0x80; next <= 0xBF; ++next)
    if (can_be_completed(text + byte(next), most - 1)) return true;
  return false;
}

TEST_CASE("the unfinished end of every text of two bytes may begin a character or it may not") {
  for (unsigned first = 0; first <= 0xFF; ++first) {
    const std::string lead{byte(first)};
    if (const auto bytes = unfinished_bytes(lead); bytes != 0)
      CHECK(may_begin_character(lead) == can_be_completed(lead, 3));
    else
      CHECK((json::is_valid_utf8(lead) || (first & 0xC0) == 0x80));
    for (unsigned second = 0; second <= 0xFF; ++second) {
      const std::string text{byte(first), byte(second)};
      if (unfinished_bytes(text) != 2) continue;
      REQUIRE(may_begin_character(text) == can_be_completed(text, 2));
    }
  }
}

TEST_CASE("of three bytes the third must go on with the character") {
  CHECK(may_begin_character("\xF0\x90\x80"));
  CHECK(may_begin_character("\xF4\x8F\xBF"));
  CHECK(unfinished_bytes("\xF0\x90\x80") == 3);
  CHECK(unfinished_bytes("a\xF0\x90\x80\x80") == 0);
  CHECK(unfinished_bytes("\x80\x80\x80\x80") == 0);
  CHECK(unfinished_bytes("") == 0);
}

TEST_CASE("a text is cut before the character that does not fit") {
  CHECK(cut_text("abc", 3) == "abc");
  CHECK(cut_text("abc", 2) == "ab");
  CHECK(cut_text("a\xC3\xA9", 2) == "a");
  CHECK(cut_text("a\xF0\x9F\x98\x80", 4) == "a");
  CHECK(cut_text("a\xF0\x9F\x98\x80", 5) == "a\xF0\x9F\x98\x80");
}

}  // namespace
}  // namespace daybook::websocket
