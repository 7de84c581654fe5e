// Word files: what is read, what is refused and with what words.
#include "project/sinks/moderation/word_list.h"

#include "base/files.h"
#include "support/temp_dir.h"

#include <catch2/catch.hpp>

namespace daybook::moderation_sink {
namespace {

TEST_CASE("a list is a word a line, with comments and blanks") {
  std::vector<Word> words;
  REQUIRE(read_words("\xEF\xBB\xBF# a list\r\n\r\n  Bad \r\nworse # the worst\n\nblöd", "de",
                     "list", words)
              .ok());
  REQUIRE(words.size() == 4);  // and bloed
  CHECK(words[0].text == "Bad");
  CHECK(words[0].language == "de");
  CHECK(words[0].letters.size() == 3);
  CHECK(words[1].text == "worse");
  CHECK(words[2].letters.size() == 4);
  CHECK(words[3].text == "blöd");
  CHECK(words[3].letters.size() == 5);
}

TEST_CASE("what is no word is refused with its line") {
  const std::pair<std::string, const char*> rows[] = {
      {"two words", "line 1, more than one word, or a sign"},
      {"ok\nbad-ass", "line 2, more than one word, or a sign"},
      {"x", "line 1, a word that is not 2 to 64 letters long"},
      {"\u200B", "line 1, a word that is not 2 to 64 letters long"},
      {std::string(65, 'x'), "line 1, a word that is not 2 to 64 letters long"},
      {"ok\n\n\xFFz", "line 3, what is no UTF-8"},
  };
  for (const auto& [text, said] : rows) {
    std::vector<Word> words;
    const auto read = read_words(text, "en", "list", words);
    INFO(said);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message == "word_files has in list, " + std::string(said));
    CHECK(read.error().code == Errc::invalid);
  }
}

TEST_CASE("a file's language is said before it, or is its name") {
  const test::TempDir dir;
  const std::string list = dir.path() + "/pt-BR.txt";
  const std::string odd = dir.path() + "/my_words";
  for (const std::string& path : {list, odd})
    REQUIRE(write_file_durable(path, "droga\n", 0644).ok());
  std::vector<Word> words;
  REQUIRE(read_word_file(list, words).ok());
  REQUIRE(read_word_file("pt:" + odd, words).ok());
  REQUIRE(words.size() == 2);
  CHECK(words[0].language == "pt-BR");
  CHECK(words[1].language == "pt");
  const auto nameless = read_word_file(odd, words);
  REQUIRE_FALSE(nameless.ok());
  CHECK(nameless.error().fields.front().code == "no_language");
  const auto missing = read_word_file("en:" + dir.path() + "/none.txt", words);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().fields.front().code == "unreadable");
}

TEST_CASE("the lists that come with Daybook can be read") {
  std::vector<Word> words;
  for (const char* name : {"en", "de"})
    REQUIRE(
        read_word_file(std::string(DAYBOOK_SOURCE_DIR) + "/config/words/" + name + ".txt", words)
            .ok());
  CHECK(words.size() > 15);
}

}  // namespace
}  // namespace daybook::moderation_sink
