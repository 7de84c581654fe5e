#include "project/sinks/rollup/rollup.h"

#include "project/sinks/rollup/tally.h"

#include <algorithm>

namespace daybook::rollup_sink {
namespace {

constexpr std::size_t batch_events = 10'000;  // many add up to one row
constexpr std::int64_t batch_ms = 1000;

class RollupSink final : public Sink {
 public:
  explicit RollupSink(const Table& table) : table_(table) {}

  // The rows are where the checkpoint is: there is nothing to compare.
  Delivery begin(SinkProgress&, SinkContext&) override { return Delivery::done(); }

  Delivery deliver(std::span<const SinkEvent> events, SinkProgress&,
                   SinkContext& context) override {
    Tally tally;
    std::size_t done = 0;
    Result<void> added;
    for (; done < events.size(); ++done)
      if (added = table_.add(*events[done], parser_, tally); !added) break;
    if (auto saved = tally.save(table_.counts, context); !saved)
      return saved.error().code == Errc::corrupt ? Delivery::disabled(saved.error().message)
                                                 : Delivery::unavailable(saved.error().message);
    if (done == events.size()) return Delivery::done();
    return Delivery::rejected(added.error().message, done, true, done);
  }

 private:
  const Table& table_;
  json::Parser parser_;
};

Result<std::unique_ptr<Sink>> make(const Settings&, const SinkSource& source) {
  const auto known = tables();
  const auto table = std::ranges::find(known, source.topic, &Table::topic);
  if (table != known.end()) return std::unique_ptr<Sink>(new RollupSink(*table));
  std::string names;
  for (const Table& one : known) names += (names.empty() ? "" : ", ") + std::string(one.topic);
  return Error::field("topic", "no_rows", "must be one that rollup has rows for: " + names);
}

}  // namespace

SinkType type() { return {"rollup", {}, batch_events, batch_ms, &make}; }

}  // namespace daybook::rollup_sink
