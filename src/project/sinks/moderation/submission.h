// What a submission says, field by field, and the verdict on it as a line of POST /events. Pure.
// Threads: any.
#pragma once

#include <daybook/json.h>
#include <daybook/publish.h>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::moderation_sink {

constexpr std::size_t findings_max = 64;        // of one verdict: what forms takes
constexpr std::size_t pointer_chars_max = 500;  // of a finding's field; longer ones are cut

struct Finding {
  std::string field;  // a JSON pointer
  std::string word;
  std::string language;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Calls f(pointer, text) for each text of the row, an object, within the members named in `fields`;
// none named: in all.
void each_text(const json::Value& row, std::span<const std::string> fields,
               const std::function<void(std::string_view pointer, std::string_view text)>& f);

// {"type":"flag",...}, or "clear" when nothing was found.
std::string verdict_line(const PublicEvent& submission, std::string_view by,
                         std::span<const Finding> findings);

}  // namespace daybook::moderation_sink
