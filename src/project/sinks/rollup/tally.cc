#include "project/sinks/rollup/tally.h"

#include <daybook/check.h>

namespace daybook::rollup_sink {

Counts& Tally::row(std::string_view key) {
  const auto at = rows_.find(key);
  return at != rows_.end() ? at->second : rows_.emplace(std::string(key), Counts{}).first->second;
}

Result<void> Tally::save(std::span<const std::string_view> names, SinkContext& context) {
  DAYBOOK_CHECK(names.size() <= counts_max);
  std::string text;
  for (const auto& [key, counts] : rows_) {
    DAYBOOK_TRY(const auto before, context.row(key));
    std::array<std::uint64_t, counts_max> sums{};
    if (before) {
      const auto row = parser_.parse(*before, false);
      if (!row || !row->is_object())
        return Error{Errc::corrupt, "the row " + key + " in the state store is no JSON object"};
      for (std::size_t i = 0; i < names.size(); ++i)
        if (const auto number = row->find(names[i]))
          sums[i] = static_cast<std::uint64_t>(number->as_int64().value_or(0));
    }
    text.clear();
    json::Writer writer(text);
    writer.begin_object();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((counts.is_set >> i & 1U) != 0) sums[i] = counts.set[i];
      writer.member(names[i], sums[i] + counts.add[i]);
    }
    writer.end_object();
    context.put_row(key, text);
  }
  return {};
}

}  // namespace daybook::rollup_sink
