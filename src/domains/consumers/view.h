// View: what readers see - each consumer's definition and the next position it wants.
// Thread: guarded by the adapter's mutex; project() by the sequencer, everything const by readers.
#pragma once

#include "domains/consumers/events.h"
#include "domains/consumers/policy.h"
#include "domains/consumers/state.h"

#include <daybook/bytes.h>
#include <daybook/domain.h>
#include <daybook/ids.h>
#include <daybook/publish.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::consumers {

struct Consumer {
  Definition definition;
  Position start{};            // the first position to read when it was defined
  Position next{};             // the first one it has not acknowledged
  Position acknowledged_by{};  // the event of its last acknowledgement; {}: none yet
  UnixUs acknowledged_at{};    // with it
};

// A consumer by value, for those who ask through the adapter.
struct ConsumerEntry {
  std::string name;
  std::string topic;
  EventFilter filter;
  Position next{};
  UnixUs acknowledged_at{};  // {}: not yet
};

// How far the topic may be removed as far as named consumers go.
struct SlowestConsumer {
  Position next = Position::max();  // max(): there is none
  std::string name;
};

class View {
 public:
  using Consumers = std::map<std::string, Consumer, std::less<>>;

  explicit View(const Policy&) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, const EventMeta& meta) noexcept;

  [[nodiscard]] std::optional<ConsumerEntry> find(std::string_view name) const;
  [[nodiscard]] SlowestConsumer slowest(std::string_view topic) const;
  [[nodiscard]] const Consumers& consumers() const { return consumers_; }  // by name
  // Acknowledgements before it are each followed by a later one of the same consumer, or by its
  // end.
  [[nodiscard]] Position removable_before() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  Position seen_{};
  Consumers consumers_;
};

}  // namespace daybook::consumers
