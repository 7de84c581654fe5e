#include "domains/quiz/query.h"

#include <charconv>
#include <string>

namespace daybook::quiz {

Result<std::size_t> limit_of(const Request& request, std::size_t preset, std::size_t max) {
  const auto text = request.query_value("limit");
  if (!text) return preset;
  std::size_t limit = 0;
  const char* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, limit);
  if (error != std::errc{} || at != end || limit < 1 || limit > max)
    return Error::field("limit", "range", "must be 1 to " + std::to_string(max));
  return limit;
}

}  // namespace daybook::quiz
