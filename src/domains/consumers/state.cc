#include "domains/consumers/state.h"

namespace daybook::consumers {
namespace {
// A tree node with what it holds.
constexpr std::size_t consumer_bytes = sizeof(std::string) + sizeof(State::Consumer) + 48;

std::vector<std::string> texts_of(const TextList& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) texts.emplace_back(list[i]);
  return texts;
}
}  // namespace

Definition Definition::of(const Event& event) {
  return {std::string(event.topic), texts_of(event.types), texts_of(event.keys)};
}

std::size_t Definition::memory_bytes() const {
  std::size_t bytes = topic.capacity();
  for (const auto* texts : {&types, &keys})
    for (const std::string& text : *texts) bytes += sizeof(std::string) + text.capacity();
  return bytes;
}

const State::Consumer* State::consumer(std::string_view name) const {
  const auto at = consumers_.find(name);
  return at == consumers_.end() ? nullptr : &at->second;
}

void State::apply(const Event& event) {
  if (event.kind == Kind::defined) {
    Consumer& consumer = consumers_.try_emplace(std::string(event.name)).first->second;
    consumer.definition = Definition::of(event);
    if (event.from == From::kept) return;
    consumer.from = event.from;
    consumer.from_position = event.position;
    consumer.has_acknowledged = consumer.free = false;
    consumer.acknowledged = {};
    return;
  }
  const auto found = consumers_.find(event.name);
  if (found == consumers_.end()) return;
  if (event.kind == Kind::deleted) {
    consumers_.erase(found);
    return;
  }
  Consumer& consumer = found->second;
  consumer.has_acknowledged = true;
  consumer.acknowledged = event.position;
  consumer.free = event.free;
}

std::size_t State::memory_bytes() const {
  std::size_t bytes = sizeof(State);
  for (const auto& [name, consumer] : consumers_)
    bytes += consumer_bytes + name.capacity() + consumer.definition.memory_bytes();
  return bytes;
}

}  // namespace daybook::consumers
