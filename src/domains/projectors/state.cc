#include "domains/projectors/state.h"

namespace daybook::projectors {
namespace {
// A tree node with what it holds.
constexpr std::size_t projector_bytes = sizeof(std::string) + sizeof(State::Projector) + 48;
constexpr std::size_t letter_bytes = sizeof(Position) + sizeof(State::Letter) + 48;
}  // namespace

const State::Projector* State::projector(std::string_view name) const {
  const auto at = projectors_.find(name);
  return at == projectors_.end() ? nullptr : &at->second;
}

void State::ask(Projector& projector, Position position) {
  if (position.value == 0) {
    for (auto& [at, letter] : projector.open) letter.asked = true;
    projector.asked = projector.open.size();
    return;
  }
  const auto letter = projector.open.find(position);
  if (letter == projector.open.end() || letter->second.asked) return;
  letter->second.asked = true;
  ++projector.asked;
}

void State::close(Projector& projector, const Event& event) {
  if (const auto letter = projector.open.find(event.position); letter != projector.open.end()) {
    projector.asked -= letter->second.asked ? 1u : 0u;
    projector.open.erase(letter);
    --open_letters_;
  }
  projector.closed.insert(event.position);
  if (event.kind == Kind::letter_skipped)
    projector.skipped.insert(event.position);
  else
    projector.skipped.erase(event.position);
}

void State::apply(const Event& event) {
  if (event.kind == Kind::added) {
    Projector& added = projectors_.try_emplace(std::string(event.projector)).first->second;
    added.topic = std::string(event.topic);
    added.sink = std::string(event.sink);
    return;
  }
  const auto found = projectors_.find(event.projector);
  if (found == projectors_.end()) return;
  Projector& projector = found->second;
  switch (event.kind) {
    case Kind::added:
      return;
    case Kind::paused:
      projector.paused = true;
      return;
    case Kind::resumed:
      projector.paused = projector.disabled = false;
      return;
    case Kind::disabled:
      projector.disabled = true;
      return;
    case Kind::reset:
      projector.resets = event.reset_number;
      projector.closed.clear();  // what was closed is read again; what is open stays open
      projector.skipped.clear();
      return;
    case Kind::letter_made:
      if (projector.open.try_emplace(event.position).second) ++open_letters_;
      return;
    case Kind::letter_edited:
    case Kind::retry_asked:
      return ask(projector, event.position);
    case Kind::letter_skipped:
    case Kind::letter_delivered:
      return close(projector, event);
    case Kind::letter_failed:
      if (const auto letter = projector.open.find(event.position); letter != projector.open.end()) {
        projector.asked -= letter->second.asked ? 1u : 0u;
        letter->second = {false, event.at};
      }
      return;
  }
}

std::size_t State::memory_bytes() const {
  std::size_t bytes = sizeof(State) + open_letters_ * letter_bytes;
  for (const auto& [name, projector] : projectors_)
    bytes += projector_bytes + name.capacity() + projector.closed.memory_bytes() +
             projector.skipped.memory_bytes();
  return bytes;
}

}  // namespace daybook::projectors
