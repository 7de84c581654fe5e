// How the style rules read C++: comments and literals must not look like code, nor hide it.
#include "style/tree.h"

#include <catch2/catch.hpp>

namespace daybook::style {

TEST_CASE("comments and what stands in quotes are blanked, columns stay") {
  struct Row {
    const char* text;
    const char* code;
  };
  const Row rows[] = {
      {"a; // b", "a;     "},
      {"a /* b\nc */ d", "a     \n     d"},
      {R"(f("x\"y", 'z'))", R"(f("    ", ' '))"},
      {R"(f("// no", 1))", R"(f("     ", 1))"},
      {"n = 1'000'000;", "n = 1'000'000;"},
      {"s = R\"re(a\"b)re\" + t;", "s = R\"         \" + t;"},
      {"// it's\nx{", "       \nx{"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(blank_comments_and_literals(row.text) == row.code);
  }
}

TEST_CASE("a file knows its lines and what it is") {
  const auto file = make_file("src/log/x.h", "one\ntwo // 2\n");
  REQUIRE(file.lines.size() == 2);
  CHECK(file.code_lines[1] == "two     ");
  CHECK(file.is_header());
  CHECK(file.is_under("src/log/"));
  CHECK_FALSE(file.is_markdown());
}

TEST_CASE("problems are listed with path and line") {
  CHECK(listing({{"a.cc", 7, "wrong"}}) == "a.cc:7: wrong\n");
  CHECK(listing({}).empty());
}

}  // namespace daybook::style
