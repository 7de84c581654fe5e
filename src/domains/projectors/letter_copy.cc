#include "domains/projectors/letter_copy.h"

#include <cstddef>

namespace daybook::projectors {
namespace {

// Where the object's direct member stands whose value is `value`, text for text; npos: nowhere.
// `object`: a JSON object without white space between its tokens, as Daybook writes them.
std::size_t find_value(std::string_view object, std::string_view value) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < object.size(); ++i) {
    const char c = object[i];
    if (c == '"') {
      for (++i; i < object.size() && object[i] != '"'; ++i)
        if (object[i] == '\\') ++i;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ':' && depth == 1) {
      const std::string_view rest = object.substr(i + 1);
      const std::size_t end = value.size();  // a value is followed by a comma or the end
      if (rest.starts_with(value) && end < rest.size() && (rest[end] == ',' || rest[end] == '}'))
        return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

void apply_edit(LetterCopy& copy, std::string_view edit) {
  if (copy.row.empty()) {
    copy.data = std::string(edit);
    return;
  }
  const std::size_t at = find_value(copy.data, copy.row);
  if (at != std::string::npos) copy.data.replace(at, copy.row.size(), edit);
  copy.row = std::string(edit);
}

}  // namespace daybook::projectors
