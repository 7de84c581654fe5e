// What a sink calls back: the SinkContext of one projector, with the rows it changes during one
// call laid over the store. They are written with the checkpoint of that call, or forgotten with
// it. Partly delivered: the rows are those of the delivered events, as progress.state is.
//
// Threads: interrupted() from any; the rest from the projector's.
#pragma once

#include <daybook/sink.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "project/clock.h"
#include "project/source.h"
#include "project/watch.h"
#include "state/state_store.h"

namespace daybook::project {

// The rows of one projector in Family::rows: `prefix`, then the sink's own key.
inline std::string row_prefix(std::string_view projector) {
  std::string prefix(projector);
  prefix.push_back('\0');
  return prefix;
}

class SinkCalls final : public SinkContext {
 public:
  // Nothing is owned.
  SinkCalls(std::string projector, Watch& watch, Clock& clock, Source& source,
            const state::Store& store);

  // A new call begins: the rows of the one before are forgotten.
  void start() { rows_.clear(); }
  // The rows this call changed, as changes of the store.
  [[nodiscard]] std::vector<state::Change> take_changes();
  [[nodiscard]] bool has_changes() const { return !rows_.empty(); }

  [[nodiscard]] std::string_view projector() const override { return projector_; }
  [[nodiscard]] UnixUs now() const override { return clock_.now(); }
  [[nodiscard]] std::int64_t steady_ms() const override { return clock_.steady_ms(); }
  [[nodiscard]] bool wait(std::int64_t ms) override { return watch_.wait(ms); }
  [[nodiscard]] bool interrupted() const override { return watch_.interrupted(); }
  [[nodiscard]] std::optional<Columns> columns(const PublicEvent& event) override {
    return source_.columns(event);
  }
  Result<std::optional<std::string>> row(std::string_view key) override;
  void put_row(std::string_view key, std::string_view value) override;
  void remove_row(std::string_view key) override;
  Result<void> each_row(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>& f) override;
  Result<Position> append(std::string_view topic, std::string_view line,
                          std::string_view idempotency_key) override {
    return source_.append(topic, line, idempotency_key);
  }

 private:
  const std::string projector_;
  const std::string prefix_;
  Watch& watch_;
  Clock& clock_;
  Source& source_;
  const state::Store& store_;
  // Of this call, by the sink's own key; nullopt: removed. As many as its batch makes.
  std::map<std::string, std::optional<std::string>, std::less<>> rows_;
};

}  // namespace daybook::project
