// State + command -> events, or a rejection. Guards in the documented order
// (docs/domains/consumers.md), the happy path last.
#include "domains/consumers/domain.h"

#include <algorithm>
#include <string>

namespace daybook::consumers {
namespace {

using Decision = Result<Events<Event>>;
const Events<Event> nothing{};

bool is_same(const State::Consumer& consumer, const Command& command) {
  const Definition& definition = consumer.definition;
  if (command.from &&
      (*command.from != consumer.from || command.position != consumer.from_position))
    return false;
  return definition.topic == command.topic && std::ranges::equal(definition.types, command.types) &&
         std::ranges::equal(definition.keys, command.keys);
}

Decision decide_define(const State& state, const Policy& policy, const Command& command) {
  const State::Consumer* consumer = state.consumer(command.name);
  if (consumer != nullptr && is_same(*consumer, command)) return nothing;
  if (consumer != nullptr && !command.replace)
    return Error{Errc::conflict, "the consumer is defined otherwise; \"replace\": true changes it"};
  if (consumer == nullptr && state.size() >= policy.consumers_max)
    return Error{Errc::unavailable, "too many consumers"};
  Event event;
  event.kind = Kind::defined;
  event.name = command.name;
  event.topic = command.topic;
  event.types = TextList(command.types);
  event.keys = TextList(command.keys);
  event.from = command.from.value_or(consumer == nullptr ? From::beginning : From::kept);
  event.position = command.position;
  return Events<Event>{event};
}

// The last position that is done without a word of the consumer's own.
Position done(const State::Consumer& consumer) {
  if (consumer.has_acknowledged) return consumer.acknowledged;
  if (consumer.from == From::position) return {consumer.from_position.value - 1};
  return {};
}

Decision decide_acknowledge(const State::Consumer& consumer, const Command& command) {
  const Position at = done(consumer);
  const bool is_back = command.position < at;
  if (is_back && !command.back)
    return Error{Errc::conflict, "the consumer has acknowledged " + std::to_string(at.value) +
                                     " already; \"back\": true goes back"};
  if (consumer.has_acknowledged && command.position == at) return nothing;
  Event event;
  event.kind = Kind::acknowledged;
  event.name = command.name;
  event.position = command.position;
  event.free = consumer.free || is_back || (command.back && !consumer.has_acknowledged);
  return Events<Event>{event};
}

}  // namespace

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context&) {
  if (command.kind == CommandKind::define) return decide_define(state, policy, command);
  const State::Consumer* consumer = state.consumer(command.name);
  if (consumer == nullptr) return Error{Errc::not_found, "consumer not found"};
  if (command.kind == CommandKind::acknowledge) return decide_acknowledge(*consumer, command);
  Event event;
  event.kind = Kind::deleted;
  event.name = command.name;
  return Events<Event>{event};
}

}  // namespace daybook::consumers
