// Words that should not be there, by language: read from files, one word a line, "#" begins a
// comment. Immutable once read. Threads: any.
#pragma once

#include "project/sinks/moderation/fold.h"

#include <daybook/result.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::moderation_sink {

constexpr std::size_t word_letters_max = 64;
constexpr std::size_t word_letters_min = 2;
constexpr std::size_t words_max = 200'000;  // of all files
constexpr std::size_t word_file_bytes_max = 8u << 20;

struct Word {
  std::string text;  // as the list has it
  std::string language;
  std::vector<Letter> letters;
};

// `named`: "de:path/to/list", or a path whose file is called like its language, "words/de.txt".
// Errc::invalid names the file, the line and the rule. German "ü" is met as "ue" too.
Result<void> read_word_file(const std::string& named, std::vector<Word>& words);
// The same from a text; `name` is for errors.
Result<void> read_words(std::string_view text, const std::string& language, const std::string& name,
                        std::vector<Word>& words);

}  // namespace daybook::moderation_sink
