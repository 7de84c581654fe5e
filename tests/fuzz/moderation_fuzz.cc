// Bytes → a text that is looked through, and a submission that is judged. A text must cost no more
// than its length and the longest word allow, and its verdict must be JSON.
#include "project/sinks/moderation/matcher.h"
#include "project/sinks/moderation/submission.h"

#include <daybook/check.h>
#include <daybook/fields.h>
#include <daybook/json.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace daybook;
using namespace daybook::moderation_sink;

constexpr std::uint64_t steps_per_byte_max = 128;

Matcher make_matcher() {
  std::vector<Word> words;
  DAYBOOK_CHECK(
      read_words("ass\nhell\nidiot\nblöd\nmist\n1488\naaab\nsisisisi\n馬鹿\n", "de", "list", words)
          .ok());
  return Matcher(std::move(words));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static Matcher matcher = make_matcher();
  const std::uint64_t before = matcher.steps();
  matcher.scan(text, [](const Word& word) { DAYBOOK_CHECK(!word.text.empty()); });
  DAYBOOK_CHECK(matcher.steps() - before <= steps_per_byte_max * (size + 1));
  // A word between borders is found, whatever stands around.
  bool is_found = false;
  std::string around(text);
  around += "\n;idiot;";
  matcher.scan(around, [&](const Word& word) { is_found = is_found || word.text == "idiot"; });
  DAYBOOK_CHECK(is_found);

  std::vector<Word> words;
  if (const auto read = read_words(text, "en", "list", words); !read.ok())
    DAYBOOK_CHECK(!read.error().message.empty());

  static json::Parser parser;
  const auto row = parser.parse(text, false);
  if (!row.ok() || !row->is_object()) return 0;
  std::vector<Finding> findings;
  each_text(*row, {}, [&](std::string_view pointer, std::string_view value) {
    matcher.scan(value, [&](const Word& word) {
      if (findings.size() < findings_max)
        findings.push_back({std::string(pointer), word.text, word.language});
    });
  });
  const std::string line = verdict_line(PublicEvent{}, "moderator", findings);
  json::Parser again;
  DAYBOOK_CHECK(again.parse(line, false).ok());
  return 0;
}
