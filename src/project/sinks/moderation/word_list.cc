#include "project/sinks/moderation/word_list.h"

#include "base/files.h"

#include <daybook/fields.h>

#include <algorithm>
#include <filesystem>

namespace daybook::moderation_sink {
namespace {

constexpr char32_t diaeresis = U'\u0308';
constexpr std::size_t language_chars_max = 35;  // BCP 47

bool is_language(std::string_view text) {
  return text.size() >= 2 && text.size() <= language_chars_max &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Error fault(const std::string& name, std::size_t line, const std::string& rule) {
  return Error::field("word_files", "invalid",
                      "has in " + name + ", line " + std::to_string(line) + ", " + rule);
}

// ä, ö and ü as ae, oe and ue; empty: it has none.
std::vector<Letter> spelt_out(const std::vector<Letter>& letters) {
  std::vector<Letter> out;
  for (Letter letter : letters) {
    const bool is_umlaut = letter.mark == diaeresis;
    if (is_umlaut) letter.mark = 0;
    out.push_back(letter);
    if (is_umlaut) out.push_back({U'e', U'e', 0, Kind::letter, false});
  }
  return out.size() == letters.size() ? std::vector<Letter>{} : out;
}

}  // namespace

Result<void> read_words(std::string_view text, const std::string& language, const std::string& name,
                        std::vector<Word>& words) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    std::string_view entry = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    entry = trimmed(entry.substr(0, entry.find('#')));
    if (entry.empty()) continue;
    if (!json::is_valid_utf8(entry)) return fault(name, line, "what is no UTF-8");
    Word word{std::string(entry), language, {}};
    fold(entry, word.letters);
    const bool is_word = std::ranges::none_of(
        word.letters, [](const Letter& letter) { return letter.kind == Kind::separator; });
    if (!is_word) return fault(name, line, "more than one word, or a sign");
    if (word.letters.size() < word_letters_min || word.letters.size() > word_letters_max)
      return fault(name, line,
                   "a word that is not " + std::to_string(word_letters_min) + " to " +
                       std::to_string(word_letters_max) + " letters long");
    if (words.size() + 2 > words_max)
      return fault(name, line, "one word too many: the limit is " + std::to_string(words_max));
    auto spelt = language.starts_with("de") ? spelt_out(word.letters) : std::vector<Letter>{};
    words.push_back(word);
    if (!spelt.empty()) words.push_back({std::move(word.text), language, std::move(spelt)});
  }
  return {};
}

Result<void> read_word_file(const std::string& named, std::vector<Word>& words) {
  const auto colon = named.find(':');
  std::string path = named;
  std::string language;
  if (colon != std::string::npos && is_language(std::string_view(named).substr(0, colon))) {
    language = named.substr(0, colon);
    path = named.substr(colon + 1);
  } else {
    language = std::filesystem::path(path).stem().string();
    if (!is_language(language))
      return Error::field("word_files", "no_language",
                          "must name the language of " + path + ", as in en:" + path);
  }
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > word_file_bytes_max)
    return Error::field(
        "word_files", "too_large",
        "must be at most " + std::to_string(word_file_bytes_max) + " bytes: " + path);
  auto text = read_file(path);
  if (!text)
    return Error::field("word_files", "unreadable", "cannot be read: " + text.error().message);
  return read_words(*text, language, path, words);
}

}  // namespace daybook::moderation_sink
