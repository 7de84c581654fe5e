#include "domains/consumers/view.h"

#include <algorithm>

namespace daybook::consumers {
namespace {

// A tree node with what it holds.
constexpr std::size_t consumer_bytes = sizeof(std::string) + sizeof(Consumer) + 48;

void define(Consumer& consumer, const Event& event, Position at) {
  consumer.definition = Definition::of(event);
  if (event.from == From::kept) return;
  consumer.start = Position{1};
  if (event.from == From::now) consumer.start = at + 1;
  if (event.from == From::position) consumer.start = event.position;
  consumer.next = consumer.start;
  consumer.acknowledged_by = {};
  consumer.acknowledged_at = {};
}

}  // namespace

void View::project(const Event& event, const EventMeta& meta) noexcept {
  if (meta.position <= seen_) return;
  seen_ = meta.position;
  if (event.kind == Kind::defined) {
    define(consumers_.try_emplace(std::string(event.name)).first->second, event, meta.position);
    return;
  }
  const auto found = consumers_.find(event.name);
  if (found == consumers_.end()) return;
  if (event.kind == Kind::deleted) {
    consumers_.erase(found);
    return;
  }
  Consumer& consumer = found->second;
  consumer.next = event.position + 1;
  if (!event.free) consumer.next = std::max(consumer.next, consumer.start);
  consumer.acknowledged_by = meta.position;
  consumer.acknowledged_at = meta.server_time;
}

std::optional<ConsumerEntry> View::find(std::string_view name) const {
  const auto at = consumers_.find(name);
  if (at == consumers_.end()) return std::nullopt;
  const Consumer& consumer = at->second;
  return ConsumerEntry{at->first, consumer.definition.topic,
                       EventFilter{consumer.definition.types, consumer.definition.keys},
                       consumer.next, consumer.acknowledged_at};
}

SlowestConsumer View::slowest(std::string_view topic) const {
  SlowestConsumer slowest;
  for (const auto& [name, consumer] : consumers_) {
    if (consumer.definition.topic != topic || consumer.next >= slowest.next) continue;
    slowest.next = consumer.next;
    slowest.name = name;
  }
  return slowest;
}

Position View::removable_before() const {
  Position before = Position::max();
  for (const auto& [name, consumer] : consumers_)
    if (consumer.acknowledged_by.value != 0) before = std::min(before, consumer.acknowledged_by);
  return before == Position::max() ? Position{} : before;
}

std::size_t View::memory_bytes() const {
  std::size_t bytes = sizeof(View);
  for (const auto& [name, consumer] : consumers_)
    bytes += consumer_bytes + name.capacity() + consumer.definition.memory_bytes();
  return bytes;
}

}  // namespace daybook::consumers
