#include "project/sink_calls.h"

#include <utility>

namespace daybook::project {

SinkCalls::SinkCalls(std::string projector, Watch& watch, Clock& clock, Source& source,
                     const state::Store& store)
    : projector_(std::move(projector)),
      prefix_(row_prefix(projector_)),
      watch_(watch),
      clock_(clock),
      source_(source),
      store_(store) {}

std::vector<state::Change> SinkCalls::take_changes() {
  std::vector<state::Change> changes;
  changes.reserve(rows_.size() + 1);
  for (auto& [key, value] : rows_)
    changes.push_back({state::Family::rows, prefix_ + key, std::move(value)});
  rows_.clear();
  return changes;
}

Result<std::optional<std::string>> SinkCalls::row(std::string_view key) {
  if (const auto changed = rows_.find(key); changed != rows_.end()) return changed->second;
  return store_.get(state::Family::rows, prefix_ + std::string(key));
}

void SinkCalls::put_row(std::string_view key, std::string_view value) {
  rows_.insert_or_assign(std::string(key), std::string(value));
}

void SinkCalls::remove_row(std::string_view key) {
  rows_.insert_or_assign(std::string(key), std::nullopt);
}

Result<void> SinkCalls::each_row(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>& f) {
  return store_.scan(state::Family::rows, prefix_ + std::string(prefix), {},
                     [&](std::string_view key, std::string_view value) {
                       return f(key.substr(prefix_.size()), value);
                     });
}

}  // namespace daybook::project
