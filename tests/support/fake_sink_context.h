// A SinkContext without a runtime, for tests of one sink: columns as told, rows in memory, time
// that stands still unless moved, and what was appended.
//
// Thread: the sink's.
#pragma once

#include <daybook/sink.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::test {

class FakeSinkContext : public SinkContext {
 public:
  std::string name = "test";
  UnixUs time{1'774'785'600'000'000};  // 2026-03-29T12:00:00Z
  std::int64_t steady = 0;
  bool is_interrupted = false;
  std::vector<std::int64_t> waits;
  std::map<std::string, Columns, std::less<>> columns_by_key;
  std::size_t columns_asked = 0;
  std::map<std::string, std::string, std::less<>> rows;                    // as saved
  std::map<std::string, std::optional<std::string>, std::less<>> changed;  // by this batch
  struct Appended {
    std::string topic, line, idempotency_key;
  };
  std::vector<Appended> appended;

  // What the runtime does when a batch was delivered, and when it was not.
  void save_rows() {
    for (auto& [key, value] : changed) {
      if (value)
        rows[key] = *value;
      else
        rows.erase(key);
    }
    changed.clear();
  }
  void forget_rows() { changed.clear(); }

  std::string_view projector() const override { return name; }
  UnixUs now() const override { return time; }
  std::int64_t steady_ms() const override { return steady; }
  bool wait(std::int64_t ms) override {
    waits.push_back(ms);
    steady += ms;
    time.value += ms * 1000;
    return !is_interrupted;
  }
  bool interrupted() const override { return is_interrupted; }
  std::optional<Columns> columns(const PublicEvent& event) override {
    ++columns_asked;
    const auto at = columns_by_key.find(event.key);
    if (at == columns_by_key.end()) return std::nullopt;
    return at->second;
  }
  Result<std::optional<std::string>> row(std::string_view key) override {
    if (const auto at = changed.find(key); at != changed.end())
      return std::optional<std::string>(at->second);
    if (const auto at = rows.find(key); at != rows.end())
      return std::optional<std::string>(at->second);
    return std::optional<std::string>{};
  }
  void put_row(std::string_view key, std::string_view value) override {
    changed[std::string(key)] = std::string(value);
  }
  void remove_row(std::string_view key) override { changed[std::string(key)] = std::nullopt; }
  Result<void> each_row(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>& f) override {
    for (auto at = rows.lower_bound(prefix); at != rows.end(); ++at)
      if (!at->first.starts_with(prefix) || !f(at->first, at->second)) break;
    return {};
  }
  Result<Position> append(std::string_view topic, std::string_view line,
                          std::string_view idempotency_key) override {
    appended.push_back({std::string(topic), std::string(line), std::string(idempotency_key)});
    return Position{1'000'000 + appended.size()};
  }
};

// Events as a batch. The events outlive it.
inline std::vector<SinkEvent> batch_of(std::span<const PublicEvent> events) {
  std::vector<SinkEvent> batch;
  batch.reserve(events.size());
  for (const PublicEvent& event : events) batch.push_back({&event, false});
  return batch;
}

}  // namespace daybook::test
